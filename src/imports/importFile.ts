import { existsSync, realpathSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DomainError } from '../../domain/errors.js';
import { Uln } from '../../domain/uln.js';
import { StreamError } from '../../streams/errors.js';
import type { Outcome } from '../deciding.js';
import { importCommandId } from '../identifiers.js';
import { parseInput } from '../input.js';
import { refuseInterrupted } from '../interruption.js';
import type { LearnerRequest } from '../ledger.js';
import type { Ledger } from '../openLedger.js';
import type { DetailsInput, Registration } from '../registration.js';
import { callerOf, type Request } from '../request.js';
import { type CsvRow, checkCsvFile, csvRows } from './csvFile.js';
import { inFlight } from './inFlight.js';
import { type ImportKind, layouts } from './layouts.js';

/** What became of a row. */
type RowOutcome = 'created' | 'recorded-before' | 'rejected';

/** How many rows came to each outcome. */
export type ImportSummary = Readonly<Record<RowOutcome, number>>;

type Answer = {
  readonly row: number;
  readonly key: string;
  readonly outcome: RowOutcome;
  readonly code: string;
  readonly reason: string;
  readonly uln: string;
};

/** Rows recorded at the same time: they share commits. */
const ROWS_IN_FLIGHT = 128;
const RESULT_COLUMNS = ['Row', 'Key', 'Outcome', 'Code', 'Reason', 'ULN'];

/**
 * Imports a CSV file: a first pass refuses a malformed file whole, a second records row by row, and a
 * bad row rejects only itself. Every row is answered in the result file, in the file's order. The same
 * file again changes nothing. Memory does not grow with the file.
 */
export async function importFile(
  ledger: Ledger,
  file: { readonly kind: ImportKind; readonly path: string; readonly resultPath: string },
  request: Omit<Request, 'commandId'>,
  onProgress: (done: number, total: number) => void,
  signal?: AbortSignal,
): Promise<ImportSummary> {
  const { columns } = layouts[file.kind];
  refuseSameFile(file);
  const checked = await checkCsvFile(file.path, columns);
  const { digest, rows } = checked;
  const summary = { created: 0, 'recorded-before': 0, rejected: 0 };
  const partPath = `${file.resultPath}.part`;
  await rm(partPath, { force: true });
  const result = await open(partPath, 'wx', 0o600);
  try {
    await result.write(csvLine(RESULT_COLUMNS));
    const caller = callerOf(request.by, '');
    const answers = inFlight(csvRows(file.path, columns, checked), ROWS_IN_FLIGHT, (row) => {
      const { vault } = ledger.parts;
      const commandId = importCommandId(vault, { caller, digest, row: row.row });
      return answerRow(ledger, file.kind, row, { ...request, commandId });
    });
    for await (const answer of answers) {
      summary[answer.outcome] += 1;
      const { row, key, outcome, code, reason, uln } = answer;
      await result.write(csvLine([String(row), key, outcome, code, reason, uln]));
      onProgress(row, rows);
      refuseInterrupted(signal);
    }
    await result.sync();
  } finally {
    await result.close();
  }
  await rename(partPath, file.resultPath);
  return summary;
}

/** Answers written over the file would leave neither. */
function refuseSameFile({ path, resultPath }: { path: string; resultPath: string }): void {
  const isSame =
    resolve(path) === resolve(resultPath) ||
    (existsSync(resultPath) && realpathSync(resultPath) === realpathSync(path));
  if (isSame) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'expected the answers to go to another file than the one that is imported, found the same',
    );
  }
}

async function answerRow(
  ledger: Ledger,
  kind: ImportKind,
  { row, cells }: CsvRow,
  request: Request,
): Promise<Answer> {
  const layout = layouts[kind];
  const key = cells[layout.keyColumn] ?? '';
  try {
    const outcome = await recordRow(ledger, kind, cells, request);
    const isNew = !outcome.repeated && outcome.receipt.eventIds.length > 0;
    return {
      row,
      key,
      outcome: isNew ? 'created' : 'recorded-before',
      code: '',
      reason: outcome.warnings.join('; '),
      uln: 'uln' in outcome ? outcome.uln : (cells['ULN'] ?? '').trim(),
    };
  } catch (error) {
    // A refusal is this row's answer. Anything else ends the import: what was recorded stays, and the
    // same file again goes on from there.
    if (!(error instanceof DomainError) && !isAboutRow(error)) {
      throw error;
    }
    return { row, key, outcome: 'rejected', code: error.code, reason: error.message, uln: '' };
  }
}

function isAboutRow(error: unknown): error is StreamError {
  return (
    error instanceof StreamError &&
    ['ERR_APPEND_TOO_LARGE', 'ERR_VALUE_NOT_STORABLE', 'ERR_VERSION_CONFLICT'].includes(error.code)
  );
}

function recordRow(
  ledger: Ledger,
  kind: ImportKind,
  cells: Readonly<Record<string, string>>,
  request: Request,
): Promise<Outcome | Registration> {
  const fields = layouts[kind].fields(cells);
  if (kind === 'learners') {
    // Sound: `register` parses what it is given.
    return ledger.register(fields as DetailsInput, request);
  }
  const uln = parseInput(Uln, (cells['ULN'] ?? '').trim());
  const submittedBy = request.by.kind === 'organisation' ? request.by.ukprn : null;
  const type = kind === 'achievements' ? 'RecordAchievement' : 'RecordParticipation';
  // Sound: `handle` parses the data by the schema of the type.
  const command = { type, data: { ...fields, submittedBy } } as unknown as LearnerRequest;
  return ledger.handle(uln, command, request);
}

function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${quoted.join(',')}\n`;
}
