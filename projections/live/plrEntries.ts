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
import type { PlrEntry, PlrState } from './plr.js';

/** One entry as folding keeps it. */
export type StoredEntry = Omit<
  PlrEntry,
  'achieved' | 'underDataChallenge' | 'disputedBy' | 'challenges' | 'redactedFields'
> & {
  readonly withdrawn: boolean;
};

/** Puts an entry in place. */
export function withNewEntry(
  state: PlrState,
  { recordedAt }: Recorded<LearnerEvent>,
  reference: EntryReference,
  standing: StoredEntry['standing'],
  values: Values,
): PlrState {
  const key = entryKey(reference);
  const added = { key, reference, standing, recordedAt, values };
  const entry = { ...added, correctedAt: null, withdrawn: false };
  return { ...state, entries: new Map(state.entries).set(key, entry) };
}

/** Changes an entry that is there. */
export function withEntryChange(change: (entry: StoredEntry) => Partial<StoredEntry>) {
  return (state: PlrState, { event }: { readonly event: { readonly data: EntryNaming } }) => {
    const key = entryKeyOf(event.data);
    const entry = state.entries.get(key);
    return entry === undefined
      ? state
      : { ...state, entries: new Map(state.entries).set(key, { ...entry, ...change(entry) }) };
  };
}

/** Lays a correction over an entry. */
export function withCorrection(
  state: PlrState,
  recorded: {
    readonly event: {
      readonly data: LearnerEventData<'ParticipationCorrected' | 'AchievementCorrected'>;
    };
    readonly recordedAt: Instant;
  },
): PlrState {
  const { event, recordedAt } = recorded;
  return withEntryChange((entry) => ({
    values: applyChanges(entry.values, event.data),
    correctedAt: recordedAt,
  }))(state, recorded);
}
