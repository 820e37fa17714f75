import type { Basis } from '../../domain/access/events.js';
import type { OrganisationEvent } from '../../domain/organisation/events.js';
import { organisation } from '../../domain/organisation/organisation.js';
import type { Organisation } from '../../domain/organisation/state.js';
import type { Journal } from '../journal/journal.js';
import { foldOrganisation, organisationStream } from '../organisations/folding.js';
import type { Asker } from './accessLedger.js';

/** What an access decision is made on, and the streams it was folded from. */
export type GatheredFacts = {
  readonly organisation: Organisation;
  readonly basis: readonly Basis[];
};

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
