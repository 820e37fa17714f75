import { DomainError } from '../../domain/errors.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import {
  decidableQuarantine,
  personOf,
  redactionMissing,
} from '../../domain/learner/review/decisions.js';
import type { Quarantine } from '../../domain/learner/review/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { CalendarDate } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { entriesOf } from '../../projections/live/quarantine.js';
import {
  type OpenReview,
  type ReviewCounts,
  type ReviewQuery,
  reviews,
  selectReviewCounts,
  selectReviews,
} from '../../projections/views/reviews.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import { ulnOf } from '../keptViews/keptViews.js';
import type { Outcome } from '../learners/deciding.js';
import type { Learners } from '../learners/learners.js';
import { holderOf } from '../learners/persons.js';
import { ofQuarantine } from '../learners/places.js';
import type { Request } from '../request/request.js';
import type { Erasure } from './erasure.js';

/** A flag, report or quarantine that waits, with the ULN of the learner. */
export type ListedReview = OpenReview & { readonly uln: Uln };

/** What a second person decides of a quarantine. */
export type QuarantineDecision = {
  readonly quarantineId: string;
  readonly outcome: 'dismiss' | 'redact';
  readonly reason: string | null;
};

/** Work on data that should not be there. Reports, quarantines and dismissals are commands to `handle`. */
export type SensitiveReviews = {
  /**
   * Decides a quarantine that another person placed. To redact, it orders every redaction that others
   * have proposed for the entry, and shows the entry again when they are complete. Throws
   * `ERR_SAME_PERSON`, `ERR_PROPOSER_APPROVES`, `ERR_REDACTION_MISSING`, `ERR_REDACTION_WAITS`.
   */
  readonly decide: (uln: Uln, decision: QuarantineDecision, request: Request) => Promise<Outcome>;
  readonly list: (query: ReviewQuery) => Promise<readonly ListedReview[]>;
  /** How much happened from one day through another (UTC), in numbers alone. */
  readonly counts: (days: {
    readonly from: CalendarDate;
    readonly to: CalendarDate;
  }) => Promise<ReviewCounts>;
};

/** Creates the door to reviews. */
export function createReviews(parts: {
  readonly journal: Journal;
  readonly runner: Runner;
  readonly learners: Learners;
  readonly erasure: Erasure;
  readonly orders: Orders;
}): SensitiveReviews {
  const { journal, runner, learners, erasure, orders } = parts;

  async function redactEntry(uln: Uln, quarantineId: string, request: Request): Promise<void> {
    const person = await learners.personOf(uln);
    const { uln: holder, stream, events } = holderOf(person, ofQuarantine(quarantineId));
    const quarantine = placedQuarantine(events, quarantineId, request);
    if (quarantine === null) {
      return;
    }
    const entries = entriesOf(events);
    const key = entryKey(quarantine.entry);
    for (const [order, { proposed, completed }] of await orders.all()) {
      const isOfEntry = proposed.targets.some(({ event }) => entries.get(event) === key);
      if (completed || proposed.stream !== stream || !isOfEntry) {
        continue;
      }
      const commandId = followUpCommandId(request.commandId, `order ${order}`);
      const { state, waitsFor } = await erasure.order(order, { ...request, commandId });
      if (state !== 'completed') {
        throw new DomainError(
          'ERR_REDACTION_WAITS',
          `expected the redaction to be complete, found that it waits for ${waitsFor ?? 'an operator'}; decide again then`,
        );
      }
    }
    if (!wasRedacted(await learners.readAll(holder), quarantine)) {
      throw redactionMissing();
    }
  }

  return {
    decide: async (uln, decision, request) => {
      if (decision.outcome === 'redact') {
        await redactEntry(uln, decision.quarantineId, request);
      }
      return learners.handle(uln, { type: 'DecideQuarantine', data: decision }, request);
    },
    list: async (query) => {
      const open = await runner.read(reviews, (database, names) =>
        selectReviews(database, names, query),
      );
      const listed = open.map(async (review) => {
        const uln = await ulnOf(journal, review.stream);
        return uln === null ? [] : [{ ...review, uln }];
      });
      return (await Promise.all(listed)).flat();
    },
    counts: (days) =>
      runner.read(reviews, (database, names) => selectReviewCounts(database, names, days)),
  };
}

/** The quarantine to decide; `null` where it is decided already, which the rules answer. */
function placedQuarantine(
  events: readonly Recorded<LearnerEvent>[],
  quarantineId: string,
  request: Request,
): Quarantine | null {
  const state = events.reduce(
    (before, { event }) => learner.evolve(before, event),
    learner.initialState,
  );
  if (state.status !== 'issued') {
    return null;
  }
  const quarantine = decidableQuarantine(state, quarantineId, personOf(request));
  return quarantine.state === 'placed' ? quarantine : null;
}

/** Whether something of the entry was redacted since it was quarantined. */
function wasRedacted(
  events: readonly Recorded<LearnerEvent>[],
  { id: quarantineId, entry }: Quarantine,
): boolean {
  const entries = entriesOf(events);
  const placed = events.findIndex(
    ({ event }) => event.type === 'EntryQuarantined' && event.data.quarantineId === quarantineId,
  );
  return events
    .slice(placed)
    .some(
      ({ event }) =>
        event.type === 'SensitiveDataRedacted' &&
        entries.get(event.data.target) === entryKey(entry),
    );
}
