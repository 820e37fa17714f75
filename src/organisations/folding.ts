import type { OrganisationEvent } from '../../domain/organisation/events.js';
import { organisation } from '../../domain/organisation/organisation.js';
import type { Organisation } from '../../domain/organisation/state.js';
import type { Recorded } from '../../domain/recorded.js';

/** The stream of an organisation. */
export function organisationStream(ukprn: string): string {
  return `organisation-${ukprn}`;
}

/** The organisation that its events make. */
export function foldOrganisation(events: readonly Recorded<OrganisationEvent>[]): Organisation {
  return events.reduce(
    (state, { event }) => organisation.evolve(state, event),
    organisation.initialState,
  );
}
