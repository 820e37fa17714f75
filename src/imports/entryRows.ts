import { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import { HoldCode } from '../../domain/imports/events.js';
import type { Cells } from '../../domain/imports/heldRows.js';
import { type EntryNaming, entryKeyOf } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventType } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import { Uln } from '../../domain/values/uln.js';
import type { Recording } from '../journal/journal.js';
import type { Outcome } from '../learners/deciding.js';
import type { LearnerRequest, Learners } from '../learners/learners.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import { type Answer, refusalOf, rejected } from './answers.js';
import type { Holding } from './holding.js';
import { type EntryKind, layouts } from './layouts.js';

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

/** What became of such a row. */
export type EntryAnswer = Answer<(typeof entryOutcomes)[number]>;

/** The column that names the learner, so that a refusal names it too. */
const NamedUln = z.object({ ULN: Uln });

const RECORDED_BEFORE = 'recorded from this file before';

/** What a recorded row is called, by the events it led to; the first that is among them says it. */
const outcomesByEvent: readonly (readonly [LearnerEventType, EntryAnswer['outcome']])[] = [
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
  const { identity, ...fields } = layouts[kind].fields(cells);
  const { ULN: uln } = parseInput(NamedUln, { ULN: (cells['ULN'] ?? '').trim() });
  const submittedBy = request.by.kind === 'organisation' ? request.by.ukprn : null;
  const type = kind === 'achievements' ? 'SubmitAchievement' : 'SubmitParticipation';
  const data = { ...fields, submittedBy, identity: waited?.isSame === true ? null : identity };
  if (waited !== null) {
    // Sound: the layout names the entry by its id, and only an organisation submits one.
    const key = entryKeyOf(data as unknown as EntryNaming);
    await refuseSentSince(await learners.readAll(uln), key, waited, request.commandId);
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

/** Answers a row: recorded, held until it can be, or rejected with the reason. */
export async function answerEntryRow(
  learners: Learners,
  holding: Holding,
  kind: EntryKind,
  { row, cells }: { readonly row: number; readonly cells: Cells },
  request: Request,
): Promise<EntryAnswer> {
  const recording = recordingOf(request, '');
  const uln = (cells['ULN'] ?? '').trim();
  const earlier = await holding.stateOf(row);
  if (earlier === 'rejected' || earlier === 'redacted') {
    const reason = `the row was held and then ${earlier}`;
    return { outcome: 'rejected', code: 'ERR_HELD_ROW_DECIDED', reason, uln: '' };
  }
  if (earlier === 'released') {
    // Not sent to the record again: what the source has sent since would be undone.
    return { outcome: 'unchanged', code: '', reason: RECORDED_BEFORE, uln };
  }
  const since = earlier === 'held' ? await holding.heldSince(row) : null;
  const { heldSinceOf } = holding;
  const waited = since === null ? null : { since, isSame: false, heldSinceOf };
  try {
    const { recorded, repeated, warnings } = await submitRow(
      learners,
      kind,
      cells,
      request,
      waited,
    );
    if (earlier === 'held') {
      await holding.release(row, recording);
    }
    const outcome = repeated ? 'unchanged' : outcomeOf(recorded);
    const reason = [...(repeated ? [RECORDED_BEFORE] : []), ...warnings];
    return { outcome, code: '', reason: reason.join('; '), uln };
  } catch (error) {
    const refusal = refusalOf(error);
    const held = HoldCode.safeParse(refusal.code);
    return held.success
      ? hold(holding, { row, cells }, { code: held.data, reason: refusal.message }, recording)
      : rejected(refusal);
  }
}

/** A row that cannot even be held, because the format cannot store it, rejects only itself. */
async function hold(
  holding: Holding,
  { row, cells }: { readonly row: number; readonly cells: Cells },
  { code, reason }: { readonly code: HoldCode; readonly reason: string },
  recording: Recording,
): Promise<EntryAnswer> {
  try {
    await holding.hold(row, { code, cells }, recording);
    return { outcome: 'held', code, reason, uln: '' };
  } catch (error) {
    return rejected(refusalOf(error));
  }
}

/** What a row that was recorded is called. */
export function outcomeOf(recorded: readonly LearnerEventType[]): EntryAnswer['outcome'] {
  return outcomesByEvent.find(([type]) => recorded.includes(type))?.[1] ?? 'unchanged';
}
