import { z } from 'zod';
import { lineOf, paragraphOf } from '../../values/text.js';
import { Uln } from '../../values/uln.js';
import { missingAsNull } from '../details/details.js';
import { MergeId, RetirementCause, UnmergeCause } from './events.js';

/**
 * What can be asked about two ULNs of one person. `MergeLearner` and `UnmergeLearner` go to the
 * master's stream; `RefuseMerge`, `Supersede` and `EndSupersession` are how the ledger itself carries
 * a decision out.
 */
export const mergeCommands = {
  MergeLearner: missingAsNull({
    mergeId: MergeId,
    superseded: Uln,
    reason: paragraphOf(2000),
    evidenceReference: lineOf(255).nullable(),
  }),
  UnmergeLearner: z.strictObject({ mergeId: MergeId, reason: paragraphOf(2000) }),
  RefuseMerge: missingAsNull({
    mergeId: MergeId,
    cause: UnmergeCause.exclude(['reversed']),
    reason: paragraphOf(2000).nullable(),
  }),
  Supersede: z.strictObject({ mergeId: MergeId, master: Uln }),
  EndSupersession: z.strictObject({ mergeId: MergeId }),
  RetireUln: z.strictObject({ cause: RetirementCause, reason: paragraphOf(2000) }),
} as const;

/** A command about two streams: it goes through the door that writes both, never to one stream alone. */
export type MergeStep = Exclude<keyof typeof mergeCommands, 'RetireUln'>;

/** True for a command about two streams. */
export function isMergeStep(type: string): type is MergeStep {
  return type !== 'RetireUln' && Object.hasOwn(mergeCommands, type);
}
