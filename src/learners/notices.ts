import { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import {
  type Notice,
  type NoticeEvent,
  type NoticeLanguage,
  NoticeTexts,
} from '../../domain/notice/events.js';
import { decidePublish, noticeInForce } from '../../domain/notice/notice.js';
import { CalendarDate, dateOf, daysAfter, type Instant } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { type NoticeStatus, noticeStatuses } from '../../projections/live/notices.js';
import { isConflict } from '../../streams/errors.js';
import type { Clock } from '../clock.js';
import { eventId } from '../journal/identifiers.js';
import { EMPTY_STREAM, type Journal } from '../journal/journal.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import type { Outcome } from './deciding.js';
import type { Learners } from './learners.js';
import { type Records, ulnsOf } from './records.js';

const NoticeInput = z.strictObject({ effectiveDate: CalendarDate, texts: NoticeTexts });

/** A notice as it is given to be published: from when, and its texts in both languages. */
export type NoticeInput = z.input<typeof NoticeInput>;

/** A notice, and when the ledger learnt of it. */
export type PublishedNotice = Notice & { readonly publishedAt: Instant };

/** What publishing led to: the number of the notice, and whether it was published before. */
export type Publication = { readonly notice: number; readonly repeated: boolean };

/** Which notice, in which language. `null` is the one in force today. */
export type NoticeChoice = { readonly notice: number | null; readonly language: NoticeLanguage };

/** Privacy notices: for the public, and to be shown to every learner. */
export type Notices = {
  /** Publishes the next notice; only the keeper can. Throws `ERR_INPUT_INVALID`, `ERR_NOT_PERMITTED`. */
  readonly publish: (input: NoticeInput, request: Request) => Promise<Publication>;
  /** Every notice, in the order of their numbers. */
  readonly list: () => Promise<readonly PublishedNotice[]>;
  /** The notice in force on a date, today where none is given; `null` before the first. */
  readonly inForce: (on?: CalendarDate) => Promise<Notice | null>;
  /**
   * The number of the notice that organisations must have attested to give by an instant: the one that
   * was in force 90 days before, so that a new one does not stop everybody on its first day.
   */
  readonly requiredAt: (at: Instant) => Promise<number | null>;
  /** What the learner is to be shown at their next access: the notice in force, until they acknowledged it. */
  readonly toShow: (uln: Uln) => Promise<Notice | null>;
  /**
   * Records that a notice is shown to the learner; to be called before it is. By the learner, the
   * service shows it; an organisation gave it to them. Throws `ERR_NOTICE_NOT_FOUND`.
   */
  readonly shown: (uln: Uln, choice: NoticeChoice, request: Request) => Promise<Outcome>;
  /** Records that the learner has seen it. Throws `ERR_NOTICE_NOT_FOUND`, `ERR_NOTICE_NOT_SHOWN`. */
  readonly acknowledge: (uln: Uln, choice: NoticeChoice, request: Request) => Promise<Outcome>;
  /** Which notices the learner was shown and has acknowledged, and when. */
  readonly status: (uln: Uln) => Promise<readonly NoticeStatus[]>;
};

/** Ours: the time an organisation has to begin giving a new notice. */
const DAYS_TO_ATTEST = 90;
const MAX_NOTICES = 9999;
const MAX_CONFLICTS = 3;

/** Creates the door to notices. */
export function createNotices(parts: {
  readonly journal: Journal;
  readonly learners: Learners;
  readonly records: Pick<Records, 'readRecord'>;
  readonly clock: Clock;
}): Notices {
  const { journal, learners, records, clock } = parts;

  async function recorded() {
    const all = [];
    for (let number = 1; number <= MAX_NOTICES; number += 1) {
      const { events } = await journal.read<NoticeEvent>(noticeStream(number));
      const [first] = events;
      if (first === undefined) {
        break;
      }
      all.push(first);
    }
    return all;
  }

  async function list(): Promise<readonly PublishedNotice[]> {
    return (await recorded()).map(({ event, recordedAt }) => ({
      ...event.data,
      publishedAt: recordedAt,
    }));
  }

  async function publish(input: NoticeInput, request: Request): Promise<Publication> {
    const asked = parseInput(NoticeInput, input);
    const recording = recordingOf(request, '');
    for (let conflicts = 1; ; conflicts += 1) {
      const published = await recorded();
      const earlier = published.find(
        ({ id, stream }) => id === eventId({ ...recording, stream, index: 0 }),
      );
      if (earlier !== undefined) {
        return { notice: earlier.event.data.notice, repeated: true };
      }
      const notices = published.map(({ event }) => event.data);
      const events = decidePublish(asked, request.by, notices);
      const [event] = events;
      if (event === undefined) {
        return { notice: notices.length, repeated: true };
      }
      const { notice } = event.data;
      try {
        await journal.append(noticeStream(notice), EMPTY_STREAM, events, recording);
        return { notice, repeated: false };
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  async function inForce(on: CalendarDate = dateOf(clock())): Promise<Notice | null> {
    return noticeInForce(await list(), on);
  }

  async function chosen({ notice, language }: NoticeChoice) {
    const found =
      notice === null
        ? await inForce()
        : (await list()).find((published) => published.notice === notice);
    if (!found) {
      throw new DomainError(
        'ERR_NOTICE_NOT_FOUND',
        `expected a privacy notice ${notice === null ? 'in force' : 'of this number'}, found none`,
      );
    }
    return { notice: found.notice, language };
  }

  /** A person who has several ULNs is shown a notice once, whatever ULN it was shown under. */
  async function status(uln: Uln): Promise<readonly NoticeStatus[]> {
    return ulnsOf(await records.readRecord(uln))
      .flatMap(({ events }) => noticeStatuses(events))
      .toSorted((one, other) => one.at.localeCompare(other.at));
  }

  return {
    publish,
    list,
    inForce,
    requiredAt: async (at) => {
      const known = (await list()).filter(({ publishedAt }) => publishedAt <= at);
      return noticeInForce(known, daysAfter(dateOf(at), -DAYS_TO_ATTEST))?.notice ?? null;
    },
    toShow: async (uln) => {
      const notice = await inForce();
      const statuses = await status(uln);
      const isAcknowledged = statuses.some(
        (status) => status.what === 'acknowledged' && status.notice === notice?.notice,
      );
      return isAcknowledged ? null : notice;
    },
    shown: async (uln, choice, request) =>
      learners.handle(uln, { type: 'ShowNotice', data: await chosen(choice) }, request),
    acknowledge: async (uln, choice, request) =>
      learners.handle(uln, { type: 'AcknowledgeNotice', data: await chosen(choice) }, request),
    status,
  };
}

function noticeStream(number: number): string {
  return `notice-${number}`;
}
