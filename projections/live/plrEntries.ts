import {
  type EntryNaming,
  type EntryReference,
  entryKey,
  entryKeyOf,
} from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import { applyChanges, type Values } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import type { PlrEntryChallenge } from './plrChallenges.js';

/** One participation or achievement of a record. */
export type PlrEntry = {
  /** Names the entry within the record. */
  readonly key: string;
  readonly reference: EntryReference;
  readonly standing: 'provisional' | 'final';
  /** Whether the grade is an achievement; `null` for a participation and where the grade is redacted. */
  readonly achieved: boolean | null;
  /** The service's mark: `Y` while a challenge is open, or upheld and not corrected yet. */
  readonly underDataChallenge: 'Y' | 'N';
  /** The numbers of those challenges. */
  readonly disputedBy: readonly number[];
  /** Every challenge of it, also those that are over. */
  readonly challenges: readonly PlrEntryChallenge[];
  readonly redactedFields: readonly string[];
  readonly recordedAt: Instant;
  readonly correctedAt: Instant | null;
  /** Every field by the service's name, redacted ones as the marker. */
  readonly values: Values;
};

/** One entry as folding keeps it. */
export type StoredEntry = Omit<
  PlrEntry,
  'achieved' | 'underDataChallenge' | 'disputedBy' | 'challenges' | 'redactedFields'
> & {
  readonly withdrawn: boolean;
};

/** What these functions need of a record: its entries, by key. */
type WithEntries = { readonly entries: ReadonlyMap<string, StoredEntry> };

/** Puts an entry in place. */
export function withNewEntry<State extends WithEntries>(
  state: State,
  { recordedAt }: Recorded<LearnerEvent>,
  reference: EntryReference,
  standing: StoredEntry['standing'],
  values: Values,
): State {
  const key = entryKey(reference);
  const added = { key, reference, standing, recordedAt, values };
  const entry = { ...added, correctedAt: null, withdrawn: false };
  return { ...state, entries: new Map(state.entries).set(key, entry) };
}

/** Changes an entry that is there. */
export function withEntryChange(change: (entry: StoredEntry) => Partial<StoredEntry>) {
  return <State extends WithEntries>(
    state: State,
    { event }: { readonly event: { readonly data: EntryNaming } },
  ): State => {
    const key = entryKeyOf(event.data);
    const entry = state.entries.get(key);
    return entry === undefined
      ? state
      : { ...state, entries: new Map(state.entries).set(key, { ...entry, ...change(entry) }) };
  };
}

/** Lays a correction over an entry. */
export function withCorrection<State extends WithEntries>(
  state: State,
  recorded: {
    readonly event: {
      readonly data: LearnerEventData<'ParticipationCorrected' | 'AchievementCorrected'>;
    };
    readonly recordedAt: Instant;
  },
): State {
  const { event, recordedAt } = recorded;
  return withEntryChange((entry) => ({
    values: applyChanges(entry.values, event.data),
    correctedAt: recordedAt,
  }))(state, recorded);
}
