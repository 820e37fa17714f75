import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Ukprn } from '../../../domain/values/ukprn.js';
import { Uln } from '../../../domain/values/uln.js';
import {
  type CheckedFile,
  checkCsvFile,
  csvRows,
  type FileForm,
} from '../../../src/imports/csvFile.js';
import { importFile } from '../../../src/imports/importFile.js';
import type { ImportKind } from '../../../src/imports/layouts.js';
import { resultHead } from '../../../src/imports/resultFile.js';
import type { Registration } from '../../../src/learners/registration.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { outputFile } from '../../../streams/output.js';
import { temporaryFolder } from '../../support/ledger.js';

/** One answered row of a result file. */
export type ResultRow = {
  readonly Row: string;
  readonly Key: string;
  readonly Outcome: string;
  readonly Code: string;
  readonly Reason: string;
  readonly ULN: string;
};

/** Every column that a registration file must have, and the caller's own key. */
export const LEARNER_HEADER =
  'MISIdentifier,GivenName,FamilyName,DateOfBirth,Gender,LastKnownPostCode,AbilityToShare,VerificationType,Notes';
/** The columns of participation files that the tests use. */
export const PARTICIPATION_HEADER =
  'ULN,ParticipationId,Source,SubjectCode,ParticipationStartDate,ParticipationEndDate';
/** The columns of achievement files that the tests use. */
export const ACHIEVEMENT_HEADER =
  'ULN,AchievementId,Status,Source,SubjectCode,AchievementAwardDate,Credits,Grade';

let learners = 0;

/** A row of a registration file for a made-up learner, another one each time. */
export function learnerRow(key: string, notes = ''): string {
  learners += 1;
  return `${key},Amber${learners},Sampleton,2003-04-17,2,ZZ99 9ZZ,1,1,${notes}`;
}

/** A file of made-up learners with keys L-1, L-2 and so on; other learners each time. */
export function learnersCsv(count: number): string {
  const rows = Array.from({ length: count }, (_, index) => learnerRow(`L-${index + 1}`));
  return [LEARNER_HEADER, ...rows, ''].join('\n');
}

/** A row of an achievement file: A-1, final, unless other cells are given. */
export function achievementRow(
  uln: string,
  cells: Partial<Record<'id' | 'status' | 'awarded' | 'credits' | 'grade', string>> = {},
): string {
  const { id, status, awarded, credits, grade } = {
    ...{ id: 'A-1', status: 'F', awarded: '2026-07-01', credits: '12', grade: 'Pass' },
    ...cells,
  };
  return `${uln},${id},${status},AO,601/0143/X,${awarded},${credits},${grade}`;
}

let files = 0;

/** A file of a header and rows which is another file each time: so many empty lines are in it. */
export function freshFile(header: string, ...rows: readonly string[]): string {
  files += 1;
  return fileOf([header, ...rows, ...Array(files).fill(''), ''].join('\n'));
}

/** Writes a file of its own folder and returns its path. */
export function fileOf(content: string | Buffer): string {
  const path = join(temporaryFolder(), 'rows.csv');
  writeFileSync(path, content);
  return path;
}

/** Who imports in the tests, as an organisation's member of staff. */
export function importer(ukprn = '10000002'): Omit<Request, 'commandId'> {
  return {
    by: { kind: 'organisation', ukprn: Ukprn.parse(ukprn) },
    user: 'staff1',
    purpose: 'service-operation',
  };
}

/** A file of which nothing is declared, and of which no number of rows is demanded. */
export const PLAIN_FORM: FileForm = {
  encoding: 'utf-8',
  declaredRows: null,
  countCode: null,
  maxRows: null,
  minRows: 0,
};

/** Imports a file and returns the summary and the answers that the result file holds. */
export async function importRows(
  ledger: Ledger,
  kind: ImportKind,
  path: string,
  request = importer(),
  form: Pick<FileForm, 'encoding' | 'declaredRows'> = PLAIN_FORM,
  resultPath = `${path}.result.csv`,
) {
  const summary = await importFile(
    ledger,
    {
      kind,
      path,
      result: outputFile(resultPath, resultHead(kind), []),
      encoding: form.encoding,
      declaredRows: form.declaredRows,
    },
    request,
    () => undefined,
  );
  return { summary, answers: readResult(resultPath), resultPath };
}

/** The answers in a result file, in its order. */
export function readResult(path: string): readonly ResultRow[] {
  // Sound: the columns are those that the tests then look at.
  return parse(readFileSync(path), { columns: true }) as unknown as ResultRow[];
}

/** What a registration might have led to, for tests in which nobody is registered. */
export function registrationOf(commandId: string): Registration {
  const receipt = {
    stream: 'learner-1aaaaaaaaaaaaaaaaaaaaaaaaaa',
    commandId,
    eventIds: [commandId],
    version: 1,
    position: null,
    recordedAt: null,
  };
  return {
    uln: Uln.parse('1000000000'),
    receipt,
    repeated: false,
    recorded: ['UlnIssued'],
    elsewhere: [],
    warnings: [],
  };
}

/** The columns of files that only the form matters of. */
export const ABC = { known: ['A', 'B', 'C'], required: ['A', 'B', 'C'] } as const;

/** Reads a file of columns A, B and C twice, as an import does: the rows, and what the check found. */
export async function readAbc(
  content: string | Buffer,
  form: Partial<FileForm> = {},
): Promise<{ readonly rows: readonly (readonly string[])[]; readonly checked: CheckedFile }> {
  const path = fileOf(content);
  const checked = await checkCsvFile(path, ABC, { ...PLAIN_FORM, ...form });
  const rows: (readonly string[])[] = [];
  for await (const { cells } of csvRows(path, ABC, { ...PLAIN_FORM, ...form }, checked)) {
    rows.push(ABC.known.map((name) => cells[name] ?? ''));
  }
  return { rows, checked };
}
