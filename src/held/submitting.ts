import { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import type { Cells } from '../../domain/imports/heldRows.js';
import { type EntryNaming, entryKeyOf } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventType } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import { Uln } from '../../domain/values/uln.js';
import type { Outcome } from '../learners/deciding.js';
import type { LearnerRequest, Learners } from '../learners/learners.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import { type EntryKind, entryFields } from './cells.js';

/** Every outcome of a row of participation or achievements. */
export const entryOutcomes = [
  'created',
  'updated',
  'promoted',
  'withdrawn',
  'reinstated',
  'unchanged',
  'held',
  'rejected',
] as const;

/** What becomes of a row. */
export type EntryOutcome = (typeof entryOutcomes)[number];

/** The column that names the learner, so that a refusal names it too. */
const NamedUln = z.object({ ULN: Uln });

/** What a recorded row is called, by the events it led to; the first that is among them says it. */
const outcomesByEvent: readonly (readonly [LearnerEventType, EntryOutcome])[] = [
  ['AchievementRecorded', 'created'],
  ['ParticipationRecorded', 'created'],
  ['AchievementWithdrawn', 'withdrawn'],
  ['ParticipationWithdrawn', 'withdrawn'],
  ['AchievementReinstated', 'reinstated'],
  ['ParticipationReinstated', 'reinstated'],
  ['AchievementConfirmed', 'promoted'],
  ['AchievementCorrected', 'updated'],
  ['ParticipationCorrected', 'updated'],
];

/** How a row is submitted that waited: since when, and whether a person found that the learner is the one meant. */
export type Waited = {
  readonly since: Instant;
  readonly isSame: boolean;
  /** Since when the row waited that a command recorded; `null` where the command recorded none that had waited. */
  readonly heldSinceOf: (commandId: string) => Promise<Instant | null>;
};

/**
 * Submits one row of participation or achievements as its source's current version of the entry. A row
 * that waited is refused with `ERR_ENTRY_DIFFERS` where the source has sent the entry since: that is
 * the current version, not this one.
 */
export async function submitRow(
  learners: Learners,
  kind: EntryKind,
  cells: Cells,
  request: Request,
  waited: Waited | null = null,
): Promise<Outcome> {
  const { identity, ...fields } = entryFields(kind, cells);
  const { ULN: uln } = parseInput(NamedUln, { ULN: (cells['ULN'] ?? '').trim() });
  const submittedBy = request.by.kind === 'organisation' ? request.by.ukprn : null;
  const type = kind === 'achievements' ? 'SubmitAchievement' : 'SubmitParticipation';
  const data = { ...fields, submittedBy, identity: waited?.isSame === true ? null : identity };
  if (waited !== null) {
    // Sound: the layout names the entry by its id, and only an organisation submits one.
    const key = entryKeyOf(data as unknown as EntryNaming);
    const { streams } = await learners.personOf(uln);
    const events = streams.flatMap((one) => one.events);
    await refuseSentSince(events, key, waited, request.commandId);
  }
  // Sound: `handle` parses the data by the schema of the type.
  return learners.handle(uln, { type, data } as unknown as LearnerRequest, request);
}

/** A row is as old as its file, also one that waited itself and was recorded only now. */
async function refuseSentSince(
  events: readonly Recorded<LearnerEvent>[],
  key: string,
  { since, heldSinceOf }: Waited,
  commandId: string,
): Promise<void> {
  const ofEntry = events.filter(
    ({ event: { data } }) =>
      ('achievementId' in data || 'participationId' in data) && entryKeyOf(data) === key,
  );
  // Recorded already, by a release that was cut short: to say it again changes nothing.
  if (ofEntry.some((recorded) => recorded.commandId === commandId)) {
    return;
  }
  for (const recorded of ofEntry.filter(({ recordedAt }) => recordedAt >= since)) {
    const waitedSince = await heldSinceOf(recorded.commandId);
    if (waitedSince === null || waitedSince > since) {
      throw new DomainError(
        'ERR_ENTRY_DIFFERS',
        'expected an entry that was not sent again since the row was held, found a later version; reject the held row',
      );
    }
  }
}

/** What a row that was recorded is called. */
export function outcomeOf(recorded: readonly LearnerEventType[]): EntryOutcome {
  return outcomesByEvent.find(([type]) => recorded.includes(type))?.[1] ?? 'unchanged';
}
