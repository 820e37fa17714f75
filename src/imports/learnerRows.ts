import type { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import { LearnerDetailsInput } from '../../domain/learner/details.js';
import { compareDemographics } from '../../domain/learner/matching.js';
import { Uln } from '../../domain/uln.js';
import { type Candidate, register, searchRegister } from '../../projections/register.js';
import { NOW, plrAt } from '../../projections/replay.js';
import { createQueues } from '../inOrder.js';
import { parseInput } from '../input.js';
import type { Ledger } from '../openLedger.js';
import type { DetailsInput } from '../registration.js';
import type { Request } from '../request.js';
import { createFileMatches } from './fileMatches.js';

type Details = z.output<typeof LearnerDetailsInput>;

/** What became of a row of a registration batch. */
export type LearnerAnswer = {
  readonly outcome: 'new' | 'already-exists' | 'possible-match' | 'rejected';
  readonly reason: string;
  readonly uln: string;
  readonly code?: string;
};

/** Every outcome of such a row. */
export const learnerOutcomes = ['new', 'already-exists', 'possible-match', 'rejected'] as const;

/** After how many rows the register is brought up to date: others may be registering too. */
const ROWS_BETWEEN_CATCH_UPS = 250;

/**
 * Creates the registration of a file's rows. Rows are matched in the order in which they are given,
 * against the register and against the rows already taken; what is new is issued while the next ones
 * are matched.
 */
export function createLearnerRows(
  ledger: Ledger,
): (row: number, fields: Record<string, unknown>, request: Request) => Promise<LearnerAnswer> {
  const { runner } = ledger.parts;
  const taken = createFileMatches();
  const inOrder = createQueues();
  let matched = 0;

  /** Decides what a row is; a new one is taken before the next row's turn, and issued meanwhile. */
  async function match(
    row: number,
    details: Details,
    request: Request,
  ): Promise<LearnerAnswer | { readonly issuing: Promise<LearnerAnswer> }> {
    const inRegister = runner.peek(register, (database, names) =>
      searchRegister(database, names, details),
    );
    const [exact, ...more] = inRegister.filter(({ kind }) => kind === 'exact');
    if (exact !== undefined && more.length === 0) {
      return { outcome: 'already-exists', reason: '', uln: exact.learner.uln };
    }
    // Those that came to nothing were not taken after all.
    const inFile = [];
    for (const found of taken.search(details)) {
      const uln = await found.uln;
      if (uln !== null) {
        inFile.push({ ...found, uln });
      }
    }
    const same = inFile.find(({ kind }) => kind === 'exact');
    if (same !== undefined && more.length === 0) {
      return {
        outcome: 'already-exists',
        reason: `the same learner as in row ${same.row}`,
        uln: same.uln,
      };
    }
    if (inRegister.length + inFile.length > 0) {
      const earlier = await ledger.registered(request);
      return earlier === null
        ? possibleMatch(inRegister, inFile)
        : { outcome: 'already-exists', reason: 'issued to this row before', uln: earlier };
    }
    const issuing = issue(details, request);
    const uln = issuing.then((answer) => (answer.uln === '' ? null : answer.uln));
    // A failure ends the import where the row is answered; until then it is not unhandled.
    uln.catch(() => undefined);
    taken.take({ row, details, uln });
    return { issuing };
  }

  async function issue(details: Details, request: Request): Promise<LearnerAnswer> {
    try {
      const { uln, repeated, warnings } = await ledger.register(details, request);
      const reason = [...(repeated ? ['issued to this row before'] : []), ...warnings].join('; ');
      return { outcome: repeated ? 'already-exists' : 'new', reason, uln };
    } catch (error) {
      return rejected(error);
    }
  }

  /** A row that names a ULN asks whether that is this learner; nothing is issued. */
  async function verify(named: string, details: Details): Promise<LearnerAnswer> {
    const uln = parseInput(Uln, named);
    const known = plrAt(await ledger.read(uln), NOW).details;
    if (known === null) {
      throw new TypeError('an issued ULN has details');
    }
    const { kind, differing } = compareDemographics(details, known);
    return kind === 'exact'
      ? { outcome: 'already-exists', reason: '', uln }
      : {
          outcome: 'possible-match',
          reason: `the learner of this ULN differs in ${fieldsOf(differing)}`,
          uln: '',
        };
  }

  async function decide(
    row: number,
    { uln: named, ...fields }: Record<string, unknown>,
    request: Request,
  ): ReturnType<typeof match> {
    if (matched % ROWS_BETWEEN_CATCH_UPS === 0) {
      await runner.catchUp(register);
    }
    matched += 1;
    try {
      // Sound: the schema parses what it is given.
      const details = parseInput(LearnerDetailsInput, fields as DetailsInput);
      return await (typeof named === 'string'
        ? verify(named, details)
        : match(row, details, request));
    } catch (error) {
      return rejected(error);
    }
  }

  return async (row, fields, request) => {
    const decided = await inOrder('matching', () => decide(row, fields, request));
    return 'issuing' in decided ? decided.issuing : decided;
  };
}

function possibleMatch(
  inRegister: readonly Candidate[],
  inFile: readonly { readonly row: number }[],
): LearnerAnswer {
  const differing = [...new Set(inRegister.flatMap((candidate) => candidate.differing))];
  const parts = [
    ...(inRegister.length === 0
      ? []
      : [
          `${inRegister.length} in the register, differing in ${fieldsOf(differing)}; "plr find" shows who`,
        ]),
    ...(inFile.length === 0 ? [] : [`row ${inFile.map(({ row }) => row).join(', ')} of this file`]),
  ];
  return { outcome: 'possible-match', reason: `like ${parts.join(' and ')}`, uln: '' };
}

function fieldsOf(differing: readonly string[]): string {
  return differing.length === 0 ? 'nothing that can be compared' : differing.join(', ');
}

/** A refusal is the row's answer; anything else ends the import. */
function rejected(error: unknown): LearnerAnswer {
  if (!(error instanceof DomainError)) {
    throw error;
  }
  return { outcome: 'rejected', code: error.code, reason: error.message, uln: '' };
}
