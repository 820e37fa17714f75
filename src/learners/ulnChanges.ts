import type { LearnerDetails } from '../../domain/learner/details/details.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import type { Redactable } from '../../domain/redaction.js';
import { type CalendarDate, dateOf } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { mergingAt } from '../../projections/live/merging.js';
import { NOW } from '../../projections/live/point.js';
import { type ChangeRow, merges, selectChanges } from '../../projections/views/merges.js';
import type { Journal } from '../journal/journal.js';
import { stateOf } from './mergeWorker.js';

/** A ULN with whom it is of, as known now. */
export type NamedUln = { readonly uln: Uln } & {
  readonly [Name in 'givenName' | 'familyName' | 'dateOfBirth']: Redactable<LearnerDetails[Name]>;
};

/** A ULN that was merged into another, is so no more, or is not used any more. */
export type UlnChange = {
  readonly kind: ChangeRow['kind'];
  readonly date: CalendarDate;
  /** Who answers, or answered, for it; `null` for a retirement. */
  readonly master: NamedUln | null;
  readonly other: NamedUln;
  /** Why it was retired; `null` for a merge and its end. */
  readonly cause: LearnerEventData<'UlnRetired'>['cause'] | null;
};

/** The changes of a period, oldest first: from the view the streams, from the streams who it is. */
export async function readChanges(
  runner: Runner,
  journal: Journal,
  { from, to }: { readonly from: CalendarDate; readonly to: CalendarDate },
): Promise<readonly UlnChange[]> {
  const rows = await runner.read(merges, (database, names) =>
    selectChanges(database, names, { from: `${from}T00:00:00.000Z`, to: `${to}T23:59:59.999Z` }),
  );
  const read = async (stream: string) => (await journal.read<LearnerEvent>(stream)).events;
  const changes: UlnChange[] = [];
  for (const { kind, at, master, other } of rows) {
    const events = await read(other);
    changes.push({
      kind,
      date: dateOf(at),
      master: master === null ? null : named(await read(master)),
      other: named(events),
      cause: kind === 'retired' ? (mergingAt(events, NOW).retired?.cause ?? null) : null,
    });
  }
  return changes;
}

function named(events: Parameters<typeof stateOf>[0]): NamedUln {
  const { uln, details } = stateOf(events);
  const { givenName, familyName, dateOfBirth } = details;
  return { uln, givenName, familyName, dateOfBirth };
}
