import type { Actor } from '../actor.js';
import type { Disposed } from '../erasure/disposalEvents.js';
import { isRedacted, type Redactable } from '../redaction.js';
import type { CalendarDate } from '../values/date.js';
import type { Ukprn } from '../values/ukprn.js';
import type { Uln } from '../values/uln.js';
import { type ConfiguredViewsById, stopConfiguredViews } from './configuredView/state.js';
import type { LearnerDetails } from './details/details.js';
import { type EntryReference, entryKey } from './entry/entries.js';
import type { LearnerEventData } from './events.js';
import type { Merging } from './merge/state.js';
import type { Report, Reviews } from './review/state.js';

/** The values of an entry or of a learner by field name, each possibly redacted. */
export type Values = Readonly<Record<string, unknown>>;

/** An entry of the record as the rules need it. Participations are always final. */
export type Entry = {
  readonly reference: EntryReference;
  readonly standing: 'provisional' | 'final';
  /** From when the source took it back; `null` while it stands. */
  readonly withdrawnSince: CalendarDate | null;
  readonly values: Values;
};

/** A data challenge as the rules need it. */
export type Challenge = {
  readonly raised: LearnerEventData<'ChallengeRaised'>;
  readonly outcome: 'open' | 'withdrawn' | 'upheld' | 'rejected';
  readonly extended: LearnerEventData<'ChallengeExtended'> | null;
  /** Whether what it disputes was corrected since it was raised. */
  readonly corrected: boolean;
  /** Whether it was upheld and what it found wrong is corrected. */
  readonly resolved: boolean;
};

/** A direct link between the learner and an organisation; both dates are within it. */
export type Connection = {
  readonly ukprn: Ukprn;
  readonly startDate: CalendarDate;
  readonly endDate: CalendarDate | null;
};

/** How the record is handled, and who may see it where that is restricted. */
export type Handling = Pick<
  LearnerEventData<'HandlingChanged'>,
  'level' | 'authorised' | 'reviewDate'
>;

/** A legal hold as the rules need it. */
export type LegalHold = {
  readonly placed: LearnerEventData<'LegalHoldPlaced'>;
  readonly isReleased: boolean;
};

/** A learner with a ULN. */
export type IssuedLearner = {
  readonly status: 'issued';
  readonly uln: Uln;
  readonly details: { readonly [Name in keyof LearnerDetails]: Redactable<LearnerDetails[Name]> };
  /** From when data is not shared; `null` while it is. */
  readonly optedOutSince: CalendarDate | null;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly challenges: ReadonlyMap<string, Challenge>;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly handling: Handling;
  readonly configuredViews: ConfiguredViewsById;
  readonly reviews: Reviews;
  readonly reports: ReadonlyMap<string, Report>;
  readonly noticesShown: readonly LearnerEventData<'NoticeShown'>[];
  readonly noticesAcknowledged: ReadonlySet<number>;
  readonly merging: Merging;
  /** The last review; `null` before the first. */
  readonly review: LearnerEventData<'RetentionReviewed'> | null;
  readonly holds: ReadonlyMap<string, LegalHold>;
  readonly dateOfDeath: CalendarDate | null;
};

/** What the rules know of one learner's stream. */
export type Learner =
  | { readonly status: 'unissued' }
  | IssuedLearner
  | ({ readonly status: 'disposed' } & Disposed);

/** The entry's own date: when participation started, or the achievement was awarded. */
export function entryDate(entry: Entry): CalendarDate {
  const name =
    entry.reference.kind === 'achievement' ? 'achievementAwardDate' : 'participationStartDate';
  // Sound: both dates are required, are not redactable and were parsed when the entry was recorded.
  return entry.values[name] as CalendarDate;
}

/** The values after changes, each of which is `null`, `{to}`, or the marker where the change was redacted. */
export function applyChanges<Type extends Values>(values: Type, changes: Values): Type {
  const changed = Object.entries(changes)
    .filter(([name, change]) => name in values && change !== null)
    .map(([name, change]) => [name, isRedacted(change) ? change : (change as { to: unknown }).to]);
  return { ...values, ...Object.fromEntries(changed) };
}

/** The learner with one entry put in place or replaced. */
export function withEntry(learner: IssuedLearner, entry: Entry): IssuedLearner {
  return {
    ...learner,
    entries: new Map(learner.entries).set(entryKey(entry.reference), entry),
  };
}

/** Who a challenge is assigned to: the source of the disputed entry; the keeper for the learner's details and identity. */
export function challengeOwner(challenge: Challenge): Actor {
  const { entry } = challenge.raised;
  return entry === null ? { kind: 'keeper' } : { kind: 'organisation', ukprn: entry.submittedBy };
}

/** The learner who shares from then on, or not; an opt-out stops the views that were made before it. */
export function withOptOut(state: IssuedLearner, since: CalendarDate | null): IssuedLearner {
  const configuredViews = stopConfiguredViews(state.configuredViews, since !== null);
  return { ...state, optedOutSince: since, configuredViews };
}
