import { z } from 'zod';
import { Ukprn } from './values/ukprn.js';

/**
 * Who asks: an organisation by its UKPRN, the learner the stream belongs to, or the keeper, which is
 * the service that runs the ledger. Persons within an organisation are recorded, not decided on.
 */
export const Actor = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organisation'), ukprn: Ukprn }),
  z.strictObject({ kind: z.literal('learner') }),
  z.strictObject({ kind: z.literal('keeper') }),
]);
export type Actor = z.infer<typeof Actor>;

/** True when both are the same organisation, both the learner or both the keeper. */
export function isSameActor(one: Actor, other: Actor): boolean {
  return one.kind === 'organisation' && other.kind === 'organisation'
    ? one.ukprn === other.ukprn
    : one.kind === other.kind;
}
