import type { z } from 'zod';
import { recordDisposed } from '../../domain/erasure/disposal.js';
import { LearnerDetailsInput } from '../../domain/learner/details/details.js';
import { compareDemographics } from '../../domain/learner/details/matching.js';
import { Uln } from '../../domain/values/uln.js';
import { NOW } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import { register, searchRegister } from '../../projections/views/register.js';
import { createQueues } from '../journal/inOrder.js';
import { isRestricted } from '../learners/facts.js';
import { type FoundCandidate, type IsShown, withMasters } from '../learners/linking.js';
import { learnerNotFound } from '../learners/persons.js';
import { SUBSTITUTED } from '../learners/records.js';
import type { DetailsInput } from '../learners/registration.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import { type Answer, refusalOf, rejected } from './answers.js';
import { createFileMatches } from './fileMatches.js';
import type { ImportParts } from './parts.js';

type Details = z.output<typeof LearnerDetailsInput>;

/** Every outcome of a row of a registration batch. */
export const learnerOutcomes = ['new', 'already-exists', 'possible-match', 'rejected'] as const;

/** What became of such a row. */
export type LearnerAnswer = Answer<(typeof learnerOutcomes)[number]>;

const ISSUED_BEFORE = 'issued to this row before';

/** After how many rows the register is brought up to date: others may be registering too. */
const ROWS_BETWEEN_CATCH_UPS = 250;

/**
 * Creates the registration of a file's rows. Rows are matched in the order in which they are given,
 * against the register and against the rows already taken; what is new is issued while the next ones
 * are matched.
 */
export function createLearnerRows(
  ledger: ImportParts,
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
    // Who is handled as restricted is not found, and not confirmed either.
    const isShown: IsShown = ({ restrictedTo }) => restrictedTo === null;
    const candidates = runner.peek(register, (database, names) =>
      searchRegister(database, names, details),
    );
    const inRegister = await withMasters(candidates, ledger, isShown);
    const [exact, ...more] = inRegister.filter(({ kind }) => kind === 'exact');
    if (exact !== undefined && more.length === 0) {
      return exact.linked === null
        ? alreadyExists(exact.learner.uln, '')
        : answeredByMaster(exact.learner.uln);
    }
    // Those that came to nothing were not taken after all.
    const inFile = [];
    for (const found of taken.search(details)) {
      const uln = await found.uln;
      if (uln !== null) {
        inFile.push({ ...found, uln });
      }
    }
    const sameInFile = inFile.find(({ kind }) => kind === 'exact');
    if (sameInFile !== undefined && more.length === 0) {
      return alreadyExists(sameInFile.uln, `the same learner as in row ${sameInFile.row}`);
    }
    if (inRegister.length + inFile.length > 0) {
      const earlier = await ledger.registered(request);
      return earlier === null
        ? possibleMatch(inRegister, inFile)
        : alreadyExists(earlier, ISSUED_BEFORE);
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
      const reason = [...(repeated ? [ISSUED_BEFORE] : []), ...warnings].join('; ');
      return repeated ? alreadyExists(uln, reason) : { outcome: 'new', code: '', reason, uln };
    } catch (error) {
      return rejected(refusalOf(error));
    }
  }

  /** A row that names a ULN asks whether that is this learner, its master's where it is superseded; nothing is issued. */
  async function verify(named: string, details: Details): Promise<LearnerAnswer> {
    const uln = parseInput(Uln, named);
    const record = await ledger.readRecord(uln);
    const { found, events } = record;
    if (isRestricted(record)) {
      throw learnerNotFound();
    }
    const { details: known, disposed } = plrAt(events, NOW);
    if (disposed !== null) {
      throw recordDisposed();
    }
    if (known === null) {
      throw new TypeError('an issued ULN has details');
    }
    const { kind, differing } = compareDemographics(details, known);
    if (kind === 'exact') {
      return found === uln ? alreadyExists(uln, '') : answeredByMaster(found);
    }
    return mayBe(`the learner of this ULN differs in ${fieldsOf(differing)}`);
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
      return rejected(refusalOf(error));
    }
  }

  return async (row, fields, request) => {
    const decided = await inOrder('matching', () => decide(row, fields, request));
    return 'issuing' in decided ? decided.issuing : decided;
  };
}

function possibleMatch(
  inRegister: readonly FoundCandidate[],
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
  return mayBe(`like ${parts.join(' and ')}`);
}

function alreadyExists(uln: string, reason: string): LearnerAnswer {
  return { outcome: 'already-exists', code: '', reason, uln };
}

function answeredByMaster(uln: string): LearnerAnswer {
  const reason = 'master record substituted for the learner';
  return { outcome: 'already-exists', code: SUBSTITUTED, reason, uln };
}

function mayBe(reason: string): LearnerAnswer {
  return { outcome: 'possible-match', code: '', reason, uln: '' };
}

function fieldsOf(differing: readonly string[]): string {
  return differing.length === 0 ? 'nothing that can be compared' : differing.join(', ');
}
