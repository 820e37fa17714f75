import type { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import { learnerDetailsShape, missingAsNull } from '../../domain/learner/details/details.js';
import { differingFields, type KnownLearner } from '../../domain/learner/details/matching.js';
import { checkIdentity, type IdentityCheck } from '../../domain/learner/details/verification.js';
import { Uln } from '../../domain/values/uln.js';
import { mergingAt } from '../../projections/live/merging.js';
import { NOW } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import { searchedOf } from '../../projections/views/register.js';
import { parseInput } from '../request/input.js';
import { isRestricted } from './facts.js';
import type { FindAnswer } from './linking.js';
import { type ReadRecord, type Records, SUBSTITUTED } from './records.js';

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

/** Parses an identity beside a ULN. Throws `ERR_INPUT_INVALID`. */
export function parseIdentity(input: IdentityInput): z.output<typeof Identity> {
  return parseInput(Identity, input);
}

/** Parses what is to be verified. Throws `ERR_INPUT_INVALID`. */
export function parseVerification(input: VerificationInput): z.output<typeof Verification> {
  return parseInput(Verification, input);
}

/** Whether the learner of a ULN is who somebody takes them to be. No value of the learner is in it. */
export type VerificationAnswer =
  | IdentityCheck
  | (Omit<IdentityCheck, 'code'> & { readonly code: 'WSVRC002' | 'WSVRC004' })
  | { readonly kind: 'not-found'; readonly code: 'WSVRC006'; readonly failureFlags: readonly [] };

/** Questions about the learner of one ULN. Nothing is recorded. */
export type Lookup = {
  /**
   * The learner of a ULN: `exact` where everything that was given is the same, `possible` with what
   * differs where not, `none` where the ULN was not issued here. Throws `ERR_INPUT_INVALID`.
   */
  readonly findByUln: (uln: Uln, identity?: IdentityInput) => Promise<FindAnswer>;
  /** Throws `ERR_INPUT_INVALID`. */
  readonly verifyLearner: (
    input: VerificationInput,
    /** A learner handled as restricted is then answered like one who is not there. */
    options?: { readonly hidesRestricted: boolean },
  ) => Promise<VerificationAnswer>;
};

/** Creates the questions about one ULN over the records of learners. */
export function createLookup({ readRecord }: Pick<Records, 'readRecord'>): Lookup {
  /** Everybody whom the ULN answers for, the master first; nobody where it was not issued. */
  async function read(uln: Uln): Promise<ReadRecord | null> {
    try {
      return await readRecord(uln);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_LEARNER_NOT_FOUND') {
        return null;
      }
      throw error;
    }
  }

  return {
    findByUln: async (uln, input = {}) => {
      const identity = parseIdentity(input);
      const record = await read(uln);
      const [first] = record?.events ?? [];
      const known = record === null ? null : knownBy(record.events);
      if (record === null || first === undefined || known === null) {
        return { kind: 'none', code: 'WSRC0001' };
      }
      const differing = differingFields({ ...identity, lastKnownPostCode: null }, known);
      // Whoever asks by the ULN has been let in or kept out before.
      const candidate = {
        differing,
        mistyped: null,
        stream: first.stream,
        learner: { uln: record.found, ...known },
        linked: record.found === uln ? null : uln,
        retired: mergingAt(record.events, NOW).retired?.cause ?? null,
      };
      if (differing.length > 0) {
        const candidates = [{ kind: 'possible', ...candidate } as const];
        return { kind: 'possible', code: 'WSRC0003', candidates, leftOut: 0 };
      }
      const candidates = [{ kind: 'exact', ...candidate } as const];
      return record.found === uln
        ? { kind: 'exact', code: 'WSRC0004', candidates }
        : { kind: 'linked', code: SUBSTITUTED, candidates };
    },
    verifyLearner: async (input, { hidesRestricted } = { hidesRestricted: false }) => {
      const { uln, ...identity } = parseVerification(input);
      const record = await read(uln);
      const known = record === null ? null : knownBy(record.events);
      // A ULN that was retired is nobody's: there is nobody to match.
      const isRetired = record !== null && mergingAt(record.events, NOW).retired !== null;
      const isHidden = record !== null && hidesRestricted && isRestricted(record);
      if (record === null || known === null || isRetired || isHidden) {
        return { kind: 'not-found', code: 'WSVRC006', failureFlags: [] };
      }
      const check = checkIdentity(identity, known);
      return record.found === uln ? check : linkedCheck(check);
    },
  };
}

function knownBy(events: ReadRecord['events']): KnownLearner | null {
  const { details } = plrAt(events, NOW);
  return details === null ? null : searchedOf(details);
}

/** The check of the master of a superseded ULN, by the service's codes for linked learners. */
function linkedCheck(check: IdentityCheck): VerificationAnswer {
  switch (check.kind) {
    case 'match':
      return { ...check, code: 'WSVRC002' };
    case 'similar':
      return { ...check, code: 'WSVRC004' };
    case 'different':
      return check;
  }
}
