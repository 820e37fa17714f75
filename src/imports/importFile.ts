import { DomainError } from '../../domain/errors.js';
import { Uln } from '../../domain/values/uln.js';
import type { OutputFile } from '../../streams/output.js';
import type { EntryKind } from '../held/cells.js';
import { createHolding, type Holding } from '../held/holding.js';
import { entryOutcomes } from '../held/submitting.js';
import { followUpCommandId, importCommandId } from '../journal/identifiers.js';
import { refuseInterrupted } from '../journal/interruption.js';
import { callerOf, type Request, recordingOf } from '../request/request.js';
import { type CheckedFile, type CsvRow, checkCsvFile, csvRows } from './csvFile.js';
import type { Encoding } from './encoding.js';
import { answerEntryRow, type EntryAnswer } from './entryRows.js';
import { inFlight } from './inFlight.js';
import { type ImportKind, layouts } from './layouts.js';
import { createLearnerRows, type LearnerAnswer, learnerOutcomes } from './learnerRows.js';
import {
  answerOrganisationRow,
  type OrganisationAnswer,
  organisationOutcomes,
} from './organisationRows.js';
import type { ImportParts } from './parts.js';
import { createResultFile } from './resultFile.js';
import {
  answerVerificationRow,
  createComparing,
  NOT_COMPARED,
  type VerificationRowAnswer,
  verificationOutcomes,
} from './verificationRows.js';

/** A file to import, and where its answers go. */
export type ImportedFile = {
  readonly kind: ImportKind;
  readonly path: string;
  readonly result: OutputFile;
  readonly encoding: Encoding;
  /** How many rows the sender says there are; `null` where nobody says. */
  readonly declaredRows: number | null;
};

/** What came of a file: how many rows came to each outcome of its kind, and what looks wrong with it. */
export type ImportSummary = {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
};

/** Rows recorded at the same time: they share commits. */
const ROWS_IN_FLIGHT = 128;

/** Every outcome of a row, by kind of file. */
const outcomesOf: Readonly<Record<ImportKind, readonly string[]>> = {
  learners: learnerOutcomes,
  participation: entryOutcomes,
  achievements: entryOutcomes,
  verifications: verificationOutcomes,
  organisations: organisationOutcomes,
};

/** How many rows are answered before a look of them is recorded and they are written. */
const PAGE_ROWS = 64;

/** The answer to a row of any kind. */
type RowAnswer = LearnerAnswer | EntryAnswer | VerificationRowAnswer | OrganisationAnswer;
type AnsweredRow = { readonly row: CsvRow; readonly answered: RowAnswer };

/**
 * Imports a CSV file: a first pass refuses a malformed file whole, a second records row by row, and a
 * bad row rejects only itself. Every row is answered in the result file, in the file's order. The same
 * file again changes nothing. Memory does not grow with the file.
 */
export async function importFile(
  ledger: ImportParts,
  file: ImportedFile,
  request: Omit<Request, 'commandId'>,
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
  /** Called for each page of rows, with the ULNs that its answers tell of, before any of them is written. */
  beforeShown: (ulns: readonly Uln[]) => Promise<void> = async () => undefined,
): Promise<ImportSummary> {
  const { kind, path, encoding, declaredRows } = file;
  const { columns, keyColumn, ...limits } = layouts[kind];
  const form = { encoding, declaredRows, ...limits };
  const checked = await checkCsvFile(path, columns, form);
  const outcomes = Object.fromEntries(outcomesOf[kind].map((outcome) => [outcome, 0]));
  const { answer, finish } = answersFor(ledger, kind, checked, request);
  const result = await createResultFile(file.result, kind);
  let page: AnsweredRow[] = [];

  async function writePage(): Promise<void> {
    await beforeShown([...new Set(page.flatMap((one) => ulnsTold(kind, one)))]);
    for (const { row, answered } of page) {
      const { outcome, code, reason, uln } = answered;
      const key = row.cells[keyColumn] ?? '';
      const flags = 'failureFlags' in answered ? [answered.failureFlags.join(' ')] : [];
      await result.write([String(row.row), key, outcome, code, reason, uln, ...flags]);
    }
    page = [];
  }

  try {
    const rows = csvRows(path, columns, form, checked);
    const answers = inFlight(rows, ROWS_IN_FLIGHT, async (row) => ({
      row,
      answered: await answer(row),
    }));
    for await (const one of answers) {
      const { row, answered } = one;
      outcomes[answered.outcome] = (outcomes[answered.outcome] ?? 0) + 1;
      page.push(one);
      if (page.length === PAGE_ROWS) {
        await writePage();
      }
      onProgress(row.row, checked.rows);
      refuseInterrupted(signal);
    }
    if (page.length > 0 || checked.rows === 0) {
      await writePage();
    }
    await finish(outcomes);
    await result.keep();
  } catch (error) {
    await result.discard();
    throw error;
  } finally {
    await result.close();
  }
  const warnings = checked.endsWithoutLineEnd
    ? ['the last line of the file has no end: check that its last row is whole']
    : [];
  return { outcomes, warnings };
}

/** The ULNs that an answer tells something of: those compared, found or not, and those issued. */
function ulnsTold(kind: ImportKind, { row, answered }: AnsweredRow): readonly Uln[] {
  const told =
    kind === 'verifications' && answered.outcome !== 'rejected'
      ? row.cells['ULN']?.trim()
      : kind === 'learners'
        ? answered.uln
        : '';
  const uln = Uln.safeParse(told);
  return uln.success ? [uln.data] : [];
}

/** How the rows of a file are answered, and what is recorded when it has come to its end. */
function answersFor(
  ledger: ImportParts,
  kind: ImportKind,
  { digest, rows }: CheckedFile,
  request: Omit<Request, 'commandId'>,
): {
  readonly answer: (row: CsvRow) => Promise<RowAnswer>;
  readonly finish: (outcomes: Readonly<Record<string, number>>) => Promise<void>;
} {
  const { vault } = ledger.parts;
  const caller = callerOf(request.by, '');
  const requestFor = (row: number) => ({
    ...request,
    commandId: importCommandId(vault, { caller, digest, row }),
  });
  // Asked before any row is matched: a match says who is in the register.
  if ((kind === 'learners' || kind === 'verifications') && request.by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected an organisation or the keeper to register and verify learners, found a learner',
    );
  }
  if (kind === 'organisations') {
    return {
      answer: ({ row, cells }) => answerOrganisationRow(ledger, cells, requestFor(row)),
      finish: async () => undefined,
    };
  }
  if (kind === 'verifications') {
    const hidesRestricted = request.by.kind !== 'keeper';
    const isCompared = hidesRestricted ? createComparing() : () => true;
    return {
      answer: async ({ cells }) => {
        const fields = layouts[kind].fields(cells);
        return isCompared(fields)
          ? answerVerificationRow(ledger, fields, { hidesRestricted })
          : NOT_COMPARED;
      },
      finish: async () => undefined,
    };
  }
  if (kind === 'learners') {
    const register = createLearnerRows(ledger);
    return {
      answer: ({ row, cells }) => register(row, layouts[kind].fields(cells), requestFor(row)),
      finish: async () => undefined,
    };
  }
  const holding = holdingOf(ledger, kind, { caller, digest, rows }, request);
  return {
    answer: (row) => answerEntryRow(ledger, holding, kind, row, requestFor(row.row)),
    finish: (outcomes) => {
      const commandId = followUpCommandId(requestFor(rows).commandId, 'finished');
      return holding.finish(outcomes, recordingOf({ ...request, commandId }, ''));
    },
  };
}

function holdingOf(
  ledger: ImportParts,
  kind: EntryKind,
  file: { readonly caller: string; readonly digest: Uint8Array; readonly rows: number },
  { by }: Omit<Request, 'commandId'>,
): Holding {
  if (by.kind !== 'organisation') {
    throw new DomainError(
      'ERR_NOT_SUBMITTER',
      'expected participation and achievements to be sent by their source, found another',
    );
  }
  const { caller, digest, rows } = file;
  const started = { kind, submittedBy: by.ukprn, rows };
  return createHolding(ledger.parts, { started, caller, digest });
}
