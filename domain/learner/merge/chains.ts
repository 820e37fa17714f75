import type { Uln } from '../../values/uln.js';
import type { UnmergeCause } from './events.js';

/** One merge: the master answers for the other. */
export type MergeEdge = { readonly master: Uln; readonly superseded: Uln };

/** The most ULNs that one chain may have, from the lowest superseded one to the master. Ours. */
export const MAX_CHAIN_ULNS = 8;

/** Why a merge cannot be carried out beside those that stand and were decided before it; `null` where it can. */
export function obstacleTo(
  { master, superseded }: MergeEdge,
  standing: readonly MergeEdge[],
): Extract<UnmergeCause, 'cycle' | 'too-long'> | null {
  const above = longest(master, (uln) =>
    standing.filter((edge) => edge.superseded === uln).map((edge) => edge.master),
  );
  const below = longest(superseded, (uln) =>
    standing.filter((edge) => edge.master === uln).map((edge) => edge.superseded),
  );
  if (above.reached.has(superseded)) {
    return 'cycle';
  }
  return above.length + below.length > MAX_CHAIN_ULNS ? 'too-long' : null;
}

/** The ULNs reached from one by steps in a direction, and how many the longest way there has. */
function longest(
  start: Uln,
  next: (uln: Uln) => readonly Uln[],
): { readonly reached: ReadonlySet<Uln>; readonly length: number } {
  const reached = new Set([start]);
  let length = 0;
  for (let level: readonly Uln[] = [start]; level.length > 0; length += 1) {
    level = level.flatMap(next).filter((uln) => !reached.has(uln));
    for (const uln of level) {
      reached.add(uln);
    }
  }
  return { reached, length };
}
