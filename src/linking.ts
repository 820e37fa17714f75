import type { Uln } from '../domain/uln.js';
import { type Candidate, searchedOf } from '../projections/register.js';
import { NOW, plrAt } from '../projections/replay.js';
import type { Records } from './records.js';

/** A learner who is like the one searched for, under the ULN that answers; without who else may find them. */
export type FoundCandidate = Omit<Candidate, 'restrictedTo'> & {
  /** The superseded ULN that was found, for which the master stands here; `null` where it was found itself. */
  readonly linked: Uln | null;
};

/** More than this are far too many matches, whatever their masters are. */
const MAX_LINKED = 50;

/**
 * Puts the master in the place of every superseded learner found. Where several of one person's ULNs
 * were found, the closest of them speaks for all.
 */
export async function withMasters(
  candidates: readonly Candidate[],
  { readRecord }: Pick<Records, 'readRecord'>,
): Promise<readonly FoundCandidate[]> {
  if (candidates.length > MAX_LINKED) {
    return candidates.map((candidate) => ({ ...foundOf(candidate), linked: null }));
  }
  const byUln = new Map<Uln, FoundCandidate>();
  for (const candidate of candidates) {
    const found = await linkedCandidate(candidate, readRecord);
    const { uln } = found.learner;
    const known = byUln.get(uln);
    if (known === undefined || closeness(found) < closeness(known)) {
      byUln.set(uln, found);
    }
  }
  return [...byUln.values()];
}

async function linkedCandidate(
  candidate: Candidate,
  readRecord: Records['readRecord'],
): Promise<FoundCandidate> {
  const asked = candidate.learner.uln;
  const { found, events } = await readRecord(asked);
  const { details } = plrAt(events, NOW);
  const [first] = events;
  if (found === asked || details === null || first === undefined) {
    return { ...foundOf(candidate), linked: null };
  }
  const learner = { uln: found, ...searchedOf(details) };
  return { ...foundOf(candidate), stream: first.stream, learner, linked: asked };
}

function foundOf({ restrictedTo: _, ...found }: Candidate): Omit<FoundCandidate, 'linked'> {
  return found;
}

/**
 * Exact before possible, and the fewer fields differ the closer; at the same distance the master is
 * found as itself. As a text that sorts so, and leaves nothing to the order of the search.
 */
function closeness({ kind, differing, linked }: FoundCandidate): string {
  const distance = kind === 'exact' ? 0 : differing.length + 1;
  return `${distance} ${linked === null ? '' : `by ${differing} of ${linked}`}`;
}
