import type { Uln } from '../domain/uln.js';
import { type Candidate, searchedOf } from '../projections/register.js';
import { NOW, plrAt } from '../projections/replay.js';
import { foldLearner, learnerFactsOf } from './access/facts.js';
import type { Records } from './records.js';

/** A learner who is like the one searched for, under the ULN that answers; without who else may find them. */
export type FoundCandidate = Omit<Candidate, 'restrictedTo'> & {
  /** The superseded ULN that was found, for which the master stands here; `null` where it was found itself. */
  readonly linked: Uln | null;
};

/** More than this are far too many matches, whatever their masters are. */
const MAX_LINKED = 50;

/** Whether somebody may be found, by who else may find them. */
export type IsShown = (candidate: Candidate) => boolean;

/**
 * Puts the master in the place of every superseded learner found. Where several of one person's ULNs
 * were found, the closest of them speaks for all. Who may not be shown is left out: where one of a
 * person's ULNs is hidden, the person is, by whichever of them they were found.
 */
export async function withMasters(
  candidates: readonly Candidate[],
  { readRecord }: Pick<Records, 'readRecord'>,
  isShown: IsShown,
): Promise<readonly FoundCandidate[]> {
  const shown = candidates.filter(isShown);
  if (shown.length > MAX_LINKED) {
    return shown.map((candidate) => ({ ...foundOf(candidate), linked: null }));
  }
  const byUln = new Map<Uln, FoundCandidate>();
  for (const candidate of shown) {
    const linked = await linkedCandidate(candidate, readRecord);
    if (!isShown(linked)) {
      continue;
    }
    const found = { ...foundOf(linked), linked: linked.linked };
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
): Promise<Candidate & Pick<FoundCandidate, 'linked'>> {
  const asked = candidate.learner.uln;
  const { found, events, merged } = await readRecord(asked);
  const { details } = plrAt(events, NOW);
  const [first] = events;
  const states = [events, ...merged.map((other) => other.events)].map(foldLearner);
  const handling = learnerFactsOf(states, null)?.handling;
  const restrictedTo = handling?.level === 'restricted' ? handling.authorised : null;
  if (found === asked || details === null || first === undefined) {
    return { ...candidate, restrictedTo, linked: null };
  }
  const learner = { uln: found, ...searchedOf(details) };
  return { ...candidate, stream: first.stream, learner, restrictedTo, linked: asked };
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
