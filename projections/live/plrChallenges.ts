import { entryKey } from '../../domain/learner/entry/entries.js';
import type { ChallengeSubject, LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { CalendarDate, Instant } from '../../domain/values/date.js';

/** A data challenge as the record shows it. */
export type PlrChallenge = {
  readonly key: string;
  readonly number: number;
  readonly concerning: ChallengeSubject;
  /** The key of the disputed entry; `null` where details or identity are disputed. */
  readonly entry: string | null;
  /** The learner's other ULN, where one was named. */
  readonly duplicateOf: unknown;
  /** `upheld` with `resolvedAt` still `null` waits for the correction. */
  readonly state: 'open' | 'withdrawn' | 'upheld' | 'rejected';
  readonly raisedAt: Instant;
  /** Until when it is to be answered; the later date where that was extended. */
  readonly dueDate: CalendarDate;
  readonly extended: boolean;
  readonly reason: unknown;
  /** Why the answer takes longer; `null` where it was not extended. */
  readonly extension: unknown;
  readonly answer: unknown;
  readonly decidedAt: Instant | null;
  readonly resolvedAt: Instant | null;
};

/** A challenge as it stands beside the entry it disputes. */
export type PlrEntryChallenge = Pick<
  PlrChallenge,
  'key' | 'number' | 'state' | 'raisedAt' | 'dueDate' | 'extended' | 'decidedAt' | 'resolvedAt'
>;

/** The challenges of a record by their ids. */
export type PlrChallenges = ReadonlyMap<string, PlrChallenge>;

/** What happens to a challenge. */
type ChallengeEvent = Extract<
  LearnerEvent,
  {
    type:
      | 'ChallengeRaised'
      | 'ChallengeWithdrawn'
      | 'ChallengeUpheld'
      | 'ChallengeRejected'
      | 'ChallengeExtended'
      | 'ChallengeResolved';
  }
>;

/** The challenges after one of their events. One on what is not there leaves them as they are. */
export function withChallengeEvent(
  challenges: PlrChallenges,
  { event, recordedAt }: Pick<Recorded<ChallengeEvent>, 'event' | 'recordedAt'>,
): PlrChallenges {
  if (event.type === 'ChallengeRaised') {
    const { challengeId: key, challengeNumber: number, entry, ...data } = event.data;
    return new Map(challenges).set(key, {
      key,
      number,
      concerning: data.concerning,
      entry: entry === null ? null : entryKey(entry),
      duplicateOf: data.duplicateOf,
      state: 'open',
      raisedAt: recordedAt,
      dueDate: data.dueDate,
      extended: false,
      reason: data.reason,
      extension: null,
      answer: null,
      decidedAt: null,
      resolvedAt: null,
    });
  }
  const challenge = challenges.get(event.data.challengeId);
  return challenge === undefined
    ? challenges
    : new Map(challenges).set(challenge.key, { ...challenge, ...changeOf(event, recordedAt) });
}

/** True while an entry is under data challenge: it is not decided, or upheld and not corrected yet. */
export function isUnderWay({ state, resolvedAt }: PlrChallenge): boolean {
  return state === 'open' || (state === 'upheld' && resolvedAt === null);
}

/** The challenges of an entry as they stand beside it, by number. */
export function challengesOf(
  challenges: PlrChallenges,
  entry: string,
): readonly PlrEntryChallenge[] {
  return [...challenges.values()]
    .filter((challenge) => challenge.entry === entry)
    .map(({ key, number, state, raisedAt, dueDate, extended, decidedAt, resolvedAt }) => ({
      key,
      number,
      state,
      raisedAt,
      dueDate,
      extended,
      decidedAt,
      resolvedAt,
    }));
}

function changeOf(
  event: Exclude<ChallengeEvent, { type: 'ChallengeRaised' }>,
  at: Instant,
): Partial<PlrChallenge> {
  switch (event.type) {
    case 'ChallengeWithdrawn':
      return { state: 'withdrawn', answer: event.data.reason, decidedAt: at };
    case 'ChallengeUpheld':
      return { state: 'upheld', answer: event.data.reason, decidedAt: at };
    case 'ChallengeRejected':
      return { state: 'rejected', answer: event.data.reason, decidedAt: at };
    case 'ChallengeExtended':
      return { dueDate: event.data.dueDate, extended: true, extension: event.data.reason };
    case 'ChallengeResolved':
      return { resolvedAt: at };
  }
}
