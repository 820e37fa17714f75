import type { Basis } from '../../domain/access/events.js';
import type { AccessFacts, LearnerFacts } from '../../domain/access/request.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Learner } from '../../domain/learner/state.js';
import type { OrganisationEvent } from '../../domain/organisation/events.js';
import { organisation } from '../../domain/organisation/organisation.js';
import type { Organisation } from '../../domain/organisation/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Journal } from '../journal.js';
import type { Asker } from './accessLedger.js';

/** What an access decision is made on, and the streams it was folded from. */
export type GatheredFacts = {
  readonly organisation: Organisation;
  readonly basis: readonly Basis[];
};

/** The stream of an organisation. */
export function organisationStream(ukprn: string): string {
  return `organisation-${ukprn}`;
}

/**
 * Folds the organisation that asks, at the moment of the request: no view's lag. `through` folds its
 * first events alone, to decide again as it was decided then.
 */
export async function organisationFacts(
  journal: Journal,
  { by }: Pick<Asker, 'by'>,
  through: number | null = null,
): Promise<GatheredFacts> {
  if (by.kind !== 'organisation') {
    return { organisation: organisation.initialState, basis: [] };
  }
  const stream = organisationStream(by.ukprn);
  const { events } = await journal.read<OrganisationEvent>(stream);
  const known = events.slice(0, through ?? events.length);
  return {
    organisation: foldOrganisation(known),
    basis: [{ stream, version: known.length }],
  };
}

/** The organisation that its events make. */
export function foldOrganisation(events: readonly Recorded<OrganisationEvent>[]): Organisation {
  return events.reduce(
    (state, { event }) => organisation.evolve(state, event),
    organisation.initialState,
  );
}

/** The learner that its events make. */
export function foldLearner(events: readonly Recorded<LearnerEvent>[]): Learner {
  return events.reduce((state, { event }) => learner.evolve(state, event), learner.initialState);
}

/** What the rules need of a learner; `null` for one of whom nothing is known. */
export function learnerFactsOf(
  state: Learner,
  identityMatches: boolean | null,
): AccessFacts['learner'] {
  if (state.status === 'unissued') {
    return null;
  }
  const { optedOutSince, handling, connections, entries } = state;
  return {
    optedOutSince,
    handling,
    connections: [...connections.values()],
    sources: [...new Set([...entries.values()].map(({ reference }) => reference.submittedBy))],
    identityMatches,
  } satisfies LearnerFacts;
}
