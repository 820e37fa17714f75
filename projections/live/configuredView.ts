import { viewDetailFields, viewEntryFields } from '../../domain/learner/configuredView/commands.js';
import type { ViewSelection } from '../../domain/learner/configuredView/events.js';
import { type EntryReference, entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import type { Values } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted } from '../../domain/redaction.js';
import type { Instant } from '../../domain/values/date.js';
import { fold } from '../projection.js';
import { type PlrState, plrProjection } from './plr.js';
import { NOW } from './point.js';
import type { ShowableEvents } from './quarantine.js';
import { eventsAt } from './replay.js';

/**
 * What stands for a value that was redacted. Why and by which order it was is the learner's business:
 * a third party sees that there was a value, and that it is gone.
 */
type Gone = { readonly redacted: true };

/** Picked fields by the service's names, each with its value. */
type PickedValues = Readonly<Record<string, string | number | null | Gone>>;

/** One picked entry as a recipient sees it; of one that the source has taken back, only that. */
export type ViewedEntry =
  | { readonly kind: EntryReference['kind']; readonly state: 'withdrawn' }
  | {
      readonly kind: EntryReference['kind'];
      readonly state: 'standing';
      readonly underDataChallenge: boolean;
      readonly values: PickedValues;
    };

/** What a recipient sees of a record: what was picked, and whether it is disputed. */
export type ConfiguredViewAnswer = {
  readonly purpose: string;
  readonly expiresAt: Instant;
  readonly mode: 'live' | 'frozen';
  /** Of when the record is: when it was read, or for a frozen view when the view was made. */
  readonly asAt: Instant;
  /** `null` where no details were picked. */
  readonly details: {
    readonly underDataChallenge: boolean;
    readonly values: PickedValues;
  } | null;
  /** In an order that follows from what they show, so that it tells nothing of what was not picked. */
  readonly entries: readonly ViewedEntry[];
};

/**
 * What a view shows of a learner's events at an instant. It is a function of the picked fields of the
 * picked entries, and of nothing else in the record. Redactions are in the events already, so a
 * frozen view shows them too, and of an entry that is quarantined now there is nothing in them.
 */
export function configuredViewAnswer(
  events: ShowableEvents,
  view: LearnerEventData<'ConfiguredViewCreated'>,
  now: Instant,
): ConfiguredViewAnswer {
  const { viewId, purpose, expiresAt, mode, frozenVersion, selection } = view;
  const state = fold(plrProjection, eventsAt(events, { ...NOW, version: frozenVersion }));
  return {
    purpose,
    expiresAt,
    mode,
    asAt: mode === 'frozen' ? madeAt(events, viewId, now) : now,
    details: viewedDetails(selection, state),
    entries: selection.entries
      .flatMap((picked) => viewedEntry(picked, state))
      .map((entry) => ({ entry, text: JSON.stringify(entry) }))
      .sort((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : 0))
      .map(({ entry }) => entry),
  };
}

/** The names of the fields that a view can show, each once, in alphabetical order. */
export function fieldsOfSelection({ entries, details }: ViewSelection): readonly string[] {
  return [...new Set([...details, ...entries.flatMap(({ fields }) => fields)])].sort();
}

function madeAt(events: readonly Recorded<LearnerEvent>[], viewId: string, now: Instant): Instant {
  const made = events.find(
    ({ event }) => event.type === 'ConfiguredViewCreated' && event.data.viewId === viewId,
  );
  return made?.recordedAt ?? now;
}

function viewedDetails(
  { details: names }: ViewSelection,
  { uln, details, challenges }: PlrState,
): ConfiguredViewAnswer['details'] {
  return names.length === 0
    ? null
    : {
        underDataChallenge: isDisputed(challenges, null),
        values: pick({ uln, ...details }, viewDetailFields, names),
      };
}

/** An entry as a recipient sees it; nothing of one that is under quarantine, as if it had not been picked. */
function viewedEntry(
  { entry: reference, fields }: ViewSelection['entries'][number],
  { entries, challenges }: PlrState,
): readonly ViewedEntry[] {
  const { kind } = reference;
  const key = entryKey(reference);
  const entry = entries.get(key);
  if (entry === undefined) {
    return [];
  }
  if (entry.withdrawn) {
    return [{ kind, state: 'withdrawn' }];
  }
  const { values, standing } = entry;
  return [
    {
      kind,
      state: 'standing',
      underDataChallenge: isDisputed(challenges, key),
      values: pick({ ...values, standing }, viewEntryFields[kind], fields),
    },
  ];
}

function isDisputed(challenges: PlrState['challenges'], entry: string | null): boolean {
  return [...challenges.values()].some(
    (challenge) => challenge.state === 'open' && challenge.entry === entry,
  );
}

/** The picked values in the order of all names, which is not the order in which they were picked. */
function pick(values: Values, all: readonly string[], names: readonly string[]): PickedValues {
  const shown = all
    .filter((name) => names.includes(name))
    .map((name) => [name, isRedacted(values[name]) ? { redacted: true } : (values[name] ?? null)]);
  // Sound: the values of entries and details are texts, whole numbers, `null` or the marker.
  return Object.fromEntries(shown) as PickedValues;
}
