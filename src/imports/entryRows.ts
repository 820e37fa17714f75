import { HoldCode } from '../../domain/imports/events.js';
import type { Cells } from '../../domain/imports/heldRows.js';
import type { EntryKind } from '../held/cells.js';
import type { Holding } from '../held/holding.js';
import { type EntryOutcome, outcomeOf, submitRow } from '../held/submitting.js';
import type { Recording } from '../journal/recording.js';
import type { Learners } from '../learners/learners.js';
import { type Request, recordingOf } from '../request/request.js';
import { type Answer, refusalOf, rejected } from './answers.js';

/** What became of such a row. */
export type EntryAnswer = Answer<EntryOutcome>;

const RECORDED_BEFORE = 'recorded from this file before';

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
