import type { LearnerEventData } from '../../domain/learner/events.js';
import type { Uln } from '../../domain/values/uln.js';
import { NOW } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import { type Candidate, MAX_CANDIDATES, searchedOf } from '../../projections/views/register.js';
import { foldLearner, learnerFactsOf } from './facts.js';
import type { Records, SUBSTITUTED } from './records.js';

/** A learner who is like the one searched for, under the ULN that answers; without who else may find them. */
export type FoundCandidate = Omit<Candidate, 'restrictedTo'> & {
  /** The superseded ULN that was found, for which the master stands here; `null` where it was found itself. */
  readonly linked: Uln | null;
  /** Why the ULN is not used any more; `null` while it is. A search finds none that is not. */
  readonly retired: LearnerEventData<'UlnRetired'>['cause'] | null;
};

/**
 * What a search found, with the service's code for it. `exact` is one learner who is the same in
 * everything, `possible` up to 10 who are alike, closest first; more than that is `too-many`, with no
 * learner's data. Those who are alike only if something was mistyped are left out, and counted, where
 * the others alone come to 10 at most and all together do not. For a superseded ULN its master is
 * found; where that is the one exact answer, it is `linked`.
 */
export type FindAnswer =
  | { readonly kind: 'none'; readonly code: 'WSRC0001' }
  | { readonly kind: 'too-many'; readonly code: 'WSRC0002' }
  | {
      readonly kind: 'exact';
      readonly code: 'WSRC0004';
      readonly candidates: readonly FoundCandidate[];
    }
  | {
      readonly kind: 'possible';
      readonly code: 'WSRC0003';
      readonly candidates: readonly FoundCandidate[];
      readonly leftOut: number;
    }
  | {
      readonly kind: 'linked';
      readonly code: typeof SUBSTITUTED;
      readonly candidates: readonly FoundCandidate[];
    };

/**
 * Of whom the masters are looked up; the rest are only counted. More alike than can be listed are too
 * many whoever the rest are; of those with something mistyped, how many were left out is told.
 */
const MAX_LINKED = { exact: Number.POSITIVE_INFINITY, alike: MAX_CANDIDATES, mistyped: 50 };

/** Whether somebody may be found, by who else may find them. */
export type IsShown = (candidate: Candidate) => boolean;

/**
 * Puts the master in the place of every superseded learner found. Where several of one person's ULNs
 * were found, the closest of them speaks for all. Who may not be shown is left out: where one of a
 * person's ULNs is hidden, the person is, by whichever of them they were found. A ULN that was retired
 * is nobody's any more, and left out too.
 */
export async function withMasters(
  candidates: readonly Candidate[],
  { readRecord }: Pick<Records, 'readRecord'>,
  isShown: IsShown,
): Promise<readonly FoundCandidate[]> {
  const byUln = new Map<Uln, FoundCandidate>();
  const counted: FoundCandidate[] = [];
  const people = { exact: new Set<Uln>(), alike: new Set<Uln>(), mistyped: new Set<Uln>() };
  for (const candidate of candidates.filter(isShown)) {
    const likeness = likenessOf(candidate);
    // Who is the same in everything can be shown however many are alike, and who is alike however many
    // would be if something was mistyped.
    if (people[likeness].size > MAX_LINKED[likeness]) {
      counted.push(foundOf(candidate, null));
      continue;
    }
    const linked = await linkedCandidate(candidate, readRecord);
    if (linked === null || !isShown(linked)) {
      continue;
    }
    const found = foundOf(linked, linked.linked);
    const { uln } = found.learner;
    people[likeness].add(uln);
    const known = byUln.get(uln);
    if (known === undefined || closeness(found) < closeness(known)) {
      byUln.set(uln, found);
    }
  }
  return [...byUln.values(), ...counted];
}

function likenessOf({ kind, mistyped }: Candidate): 'exact' | 'alike' | 'mistyped' {
  return mistyped !== null ? 'mistyped' : kind === 'exact' ? 'exact' : 'alike';
}

/** The master in the place of who was found; `null` where the ULN that answers was retired. */
async function linkedCandidate(
  candidate: Candidate,
  readRecord: Records['readRecord'],
): Promise<(Candidate & Pick<FoundCandidate, 'linked'>) | null> {
  const asked = candidate.learner.uln;
  const { found, events, merged } = await readRecord(asked);
  const { details, merging } = plrAt(events, NOW);
  const [first] = events;
  if (merging.retired !== null) {
    return null;
  }
  const states = [events, ...merged.map((other) => other.events)].map(foldLearner);
  const handling = learnerFactsOf(states, null)?.handling;
  const restrictedTo = handling?.level === 'restricted' ? handling.authorised : null;
  if (found === asked || details === null || first === undefined) {
    return { ...candidate, restrictedTo, linked: null };
  }
  const learner = { uln: found, ...searchedOf(details) };
  return { ...candidate, stream: first.stream, learner, restrictedTo, linked: asked };
}

function foundOf({ restrictedTo: _, ...found }: Candidate, linked: Uln | null): FoundCandidate {
  return { ...found, linked, retired: null };
}

/**
 * Exact before possible, and the fewer fields differ the closer; at the same distance the master is
 * found as itself. As a text that sorts so, and leaves nothing to the order of the search.
 */
function closeness({ kind, differing, linked }: FoundCandidate): string {
  const distance = kind === 'exact' ? 0 : differing.length + 1;
  return `${distance} ${linked === null ? '' : `by ${differing} of ${linked}`}`;
}
