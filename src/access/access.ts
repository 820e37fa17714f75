import type { Merging } from '../learners/merging.js';
import type { AccessParts } from './asked.js';
import { type Changing, createChanging } from './changing.js';
import { type Explanation, explain } from './explain.js';
import { createFinding, type Finding } from './finding.js';
import { createListing, type Listing } from './listing.js';
import { createOpening, type Opening } from './opening.js';
import { createReading, type Reading } from './reading.js';
import { createSharing, type Sharing } from './sharing.js';

/**
 * The doors through which records are seen and changed: each decides by the rules in force, records
 * the decision in the access ledger, and only then shows or does anything.
 */
export type Access = Reading &
  Finding &
  Opening &
  Sharing &
  Listing &
  Changing & {
    /** Decides a recorded request again, on what was known then. Throws `ERR_LOOK_NOT_FOUND`. */
    readonly explain: (look: string) => Promise<Explanation>;
  };

/** Creates the doors. */
export function createAccess(
  parts: AccessParts & { readonly merging: Pick<Merging, 'changes'> },
): Access {
  return {
    ...createReading(parts),
    ...createFinding(parts),
    ...createChanging(parts),
    ...createOpening(parts),
    ...createSharing(parts),
    ...createListing(parts),
    explain: (look) => explain(parts, look),
  };
}
