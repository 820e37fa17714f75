import type { Actor } from '../../actor.js';
import type { Redactable } from '../../redaction.js';
import { type EntryReference, entryKey } from '../entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../events.js';

/** A flag or a report, and what became of it. Plain JSON, because views keep it. */
type Review = {
  readonly kind: 'flag' | 'report';
  readonly id: string;
  readonly entry: EntryReference | null;
  readonly state: 'open' | 'dismissed' | 'redacted';
  /** The event flagged and its fields that are not redacted yet; `null` for a report. */
  readonly flagged: Pick<
    LearnerEventData<'ReviewFlagged'>,
    'event' | 'fields' | 'categories'
  > | null;
};

/** An entry hidden, until a second person decided. */
export type Quarantine = {
  readonly id: string;
  readonly entry: EntryReference;
  readonly cause: string | null;
  readonly placedBy: string;
  readonly state: 'placed' | 'dismissed' | 'redacted';
  /** Whether anything of the learner was redacted since it was placed. */
  readonly redactedSince: boolean;
};

/** What is looked at, was looked at and is hidden, each by its id. */
export type Reviews = {
  readonly reviews: Readonly<Record<string, Review>>;
  readonly quarantines: Readonly<Record<string, Quarantine>>;
};

/** What a report said, to tell the same again from another. */
export type Report = {
  readonly entry: EntryReference | null;
  readonly raisedBy: Actor;
  readonly reason: Redactable<string>;
};

/** Nothing flagged, reported or hidden. */
export const NO_REVIEWS: Reviews = { reviews: {}, quarantines: {} };

/** What an event changes in the reviews of a learner. */
export function evolveReviews(state: Reviews, event: LearnerEvent): Reviews {
  if (event.type === 'ReviewFlagged') {
    const { flagId: id, entry, event: flaggedEvent, fields, categories } = event.data;
    const flagged = { event: flaggedEvent, fields, categories };
    return withReview(state, { kind: 'flag', id, entry, state: 'open', flagged });
  }
  if (event.type === 'ReviewReported') {
    const { reportId: id, entry } = event.data;
    return withReview(state, { kind: 'report', id, entry, state: 'open', flagged: null });
  }
  if (event.type === 'ReviewDismissed') {
    const review = state.reviews[event.data.reviewId];
    return review === undefined ? state : withReview(state, { ...review, state: 'dismissed' });
  }
  if (event.type === 'EntryQuarantined') {
    const { quarantineId: id, ...data } = event.data;
    return withQuarantine(state, { id, ...data, state: 'placed', redactedSince: false });
  }
  if (event.type === 'QuarantineLifted') {
    return lifted(state, event.data);
  }
  return event.type === 'SensitiveDataRedacted' ? redacted(state, event.data) : state;
}

/** The quarantine that hides an entry; `undefined` where none does. */
export function quarantineOn(state: Reviews, entry: EntryReference): Quarantine | undefined {
  return Object.values(state.quarantines).find(
    (quarantine) => quarantine.state === 'placed' && entryKey(quarantine.entry) === entryKey(entry),
  );
}

function lifted(
  state: Reviews,
  { quarantineId, entry, outcome }: LearnerEventData<'QuarantineLifted'>,
): Reviews {
  const quarantine = state.quarantines[quarantineId];
  const answered = Object.values(state.reviews)
    .filter(
      (review) =>
        review.state === 'open' &&
        review.entry !== null &&
        entryKey(review.entry) === entryKey(entry),
    )
    .reduce((before, review) => withReview(before, { ...review, state: outcome }), state);
  return quarantine === undefined
    ? answered
    : withQuarantine(answered, { ...quarantine, state: outcome });
}

/** A flag is answered when all its fields are gone, whoever redacted them and why. */
function redacted(
  state: Reviews,
  { target, digests }: LearnerEventData<'SensitiveDataRedacted'>,
): Reviews {
  const reviews = Object.entries(state.reviews).map(([id, review]) => {
    const { flagged } = review;
    if (flagged === null || flagged.event !== target || review.state !== 'open') {
      return [id, review];
    }
    const fields = flagged.fields.filter((field) => !Object.hasOwn(digests, field));
    const answered = { ...review, flagged: { ...flagged, fields } };
    return [id, fields.length === 0 ? { ...answered, state: 'redacted' } : answered];
  });
  const quarantines = Object.entries(state.quarantines).map(([id, quarantine]) => [
    id,
    quarantine.state === 'placed' ? { ...quarantine, redactedSince: true } : quarantine,
  ]);
  // Sound: the entries are those of the state, each of its own type.
  return {
    reviews: Object.fromEntries(reviews) as Reviews['reviews'],
    quarantines: Object.fromEntries(quarantines) as Reviews['quarantines'],
  };
}

function withReview(state: Reviews, review: Review): Reviews {
  return { ...state, reviews: { ...state.reviews, [review.id]: review } };
}

function withQuarantine(state: Reviews, quarantine: Quarantine): Reviews {
  return { ...state, quarantines: { ...state.quarantines, [quarantine.id]: quarantine } };
}
