import type { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import { learnerDetailsShape, missingAsNull } from '../domain/learner/details.js';
import { differingFields, type KnownLearner } from '../domain/learner/matching.js';
import { checkIdentity, type IdentityCheck } from '../domain/learner/verification.js';
import { Uln } from '../domain/uln.js';
import { searchedOf } from '../projections/register.js';
import { NOW, plrAt } from '../projections/replay.js';
import { parseInput } from './input.js';
import type { FindAnswer } from './keptViews.js';
import type { Learners } from './ledger.js';

const shape = learnerDetailsShape;

/** Whom somebody takes the learner of a ULN to be; what is left out is not compared. */
const Identity = missingAsNull({
  givenName: shape.givenName.nullable(),
  familyName: shape.familyName.nullable(),
  dateOfBirth: shape.dateOfBirth.nullable(),
  gender: shape.gender.nullable(),
});

/** What a verification is asked with. Source: the service, which needs both names, and takes the rest to be stricter. */
const Verification = missingAsNull({
  uln: Uln,
  givenName: shape.givenName,
  familyName: shape.familyName,
  dateOfBirth: shape.dateOfBirth.nullable(),
  gender: shape.gender.nullable(),
});

/** The names of the fields that can be given beside a ULN. */
export const identityFields: readonly string[] = Object.keys(Identity.shape);

/** An identity beside a ULN, as a caller may write it. */
export type IdentityInput = z.input<typeof Identity>;
/** What to verify, as a caller may write it. */
export type VerificationInput = z.input<typeof Verification>;

/** Whether the learner of a ULN is who somebody takes them to be. No value of the learner is in it. */
export type VerificationAnswer =
  | IdentityCheck
  | { readonly kind: 'not-found'; readonly code: 'WSVRC006'; readonly failureFlags: readonly [] };

/** Questions about the learner of one ULN. Nothing is recorded. */
export type Lookup = {
  /**
   * The learner of a ULN: `exact` where everything that was given is the same, `possible` with what
   * differs where not, `none` where the ULN was not issued here. Throws `ERR_INPUT_INVALID`.
   */
  readonly findByUln: (uln: Uln, identity?: IdentityInput) => Promise<FindAnswer>;
  /** Throws `ERR_INPUT_INVALID`. */
  readonly verifyLearner: (input: VerificationInput) => Promise<VerificationAnswer>;
};

/** Creates the questions about one ULN over the learners' streams. */
export function createLookup(learners: Learners): Lookup {
  async function learnerOf(uln: Uln): Promise<KnownLearner | null> {
    try {
      const { details } = plrAt(await learners.read(uln), NOW);
      return details === null ? null : searchedOf(details);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_LEARNER_NOT_FOUND') {
        return null;
      }
      throw error;
    }
  }

  return {
    findByUln: async (uln, input = {}) => {
      const identity = parseInput(Identity, input);
      const known = await learnerOf(uln);
      if (known === null) {
        return { kind: 'none', code: 'WSRC0001' };
      }
      const stream = await learners.streamOf(uln);
      const differing = differingFields({ ...identity, lastKnownPostCode: null }, known);
      // Whoever asks by the ULN has been let in or kept out before.
      const learner = { uln, ...known };
      const candidate = { differing, mistyped: null, stream, learner, restrictedTo: null };
      return differing.length === 0
        ? { kind: 'exact', code: 'WSRC0004', candidates: [{ kind: 'exact', ...candidate }] }
        : {
            kind: 'possible',
            code: 'WSRC0003',
            candidates: [{ kind: 'possible', ...candidate }],
            leftOut: 0,
          };
    },
    verifyLearner: async (input) => {
      const { uln, ...identity } = parseInput(Verification, input);
      const known = await learnerOf(uln);
      return known === null
        ? { kind: 'not-found', code: 'WSVRC006', failureFlags: [] }
        : checkIdentity(identity, known);
    },
  };
}
