import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError } from 'csv-parse';
import { DomainError } from '../../domain/errors.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import { decoding, type Encoding, isLineEnd } from './encoding.js';
import { type Columns, createRowParser } from './rowParser.js';

/** One data row: its number in the file, from 1 for the first after the header, and its cells by column. */
export type CsvRow = { readonly row: number; readonly cells: Readonly<Record<string, string>> };

/** What is declared of a file or demanded of it, beyond its columns. Rows are those after the header. */
export type FileForm = {
  readonly encoding: Encoding;
  /** How many rows the sender says there are; null where nobody says. */
  readonly declaredRows: number | null;
  /** The service's code for another number of rows than declared; null where it has none. */
  readonly countCode: ServiceCode | null;
  /** The most rows that a file may have; null for no limit. */
  readonly maxRows: number | null;
  /** The fewest rows that a file may have. */
  readonly minRows: number;
};

/** What the first pass found out about a file. */
export type CheckedFile = {
  /** SHA-256 of its text in UTF-8, so that a file read in a wrong encoding is not the same file as read in the right one. */
  readonly digest: Buffer;
  readonly rows: number;
  /** True where the last line has no end: the file may have been cut off within its last cell. */
  readonly endsWithoutLineEnd: boolean;
};

/**
 * Reads a file once without recording anything, and refuses it whole when it is not in its encoding,
 * its header is not one of the layout or comes again, a row has another number of cells, a quote
 * stays open, or the number of rows is not as its form says. Throws `ERR_INPUT_INVALID` naming the
 * line, where there is one.
 */
export async function checkCsvFile(
  path: string,
  columns: Columns,
  form: FileForm,
): Promise<CheckedFile> {
  const bytes = watchBytes();
  let rows = 0;
  const parser = createRowParser(columns, (line) => {
    rows += 1;
    refuseTooMany(rows, form, line);
  });
  // The rows themselves are for the second pass.
  parser.stream.resume();
  try {
    await pipeline([
      createReadStream(path),
      ...decoding(form.encoding),
      bytes.stream,
      parser.stream,
    ]);
  } catch (error) {
    throw parser.refusal(error);
  }
  if (!parser.hasHeader()) {
    throw refused(
      'line 1: expected a header with the names of the columns, found an empty file; it was not taken',
    );
  }
  refuseOtherCount(rows, form);
  return { digest: bytes.digest(), rows, endsWithoutLineEnd: !isLineEnd(bytes.last()) };
}

/**
 * Yields the rows of a file that `checkCsvFile` has passed with the same form. Throws
 * `ERR_INPUT_INVALID` when it is not the same file any more: what was recorded until then stays.
 */
export async function* csvRows(
  path: string,
  columns: Columns,
  { encoding }: FileForm,
  checked: CheckedFile,
): AsyncGenerator<CsvRow> {
  const source = createReadStream(path);
  const bytes = watchBytes();
  const parser = createRowParser(columns, () => undefined);
  const output = new PassThrough({ objectMode: true });
  const streams = [source, ...decoding(encoding), bytes.stream, parser.stream, output];
  const done = pipeline(streams).catch((error: unknown) => {
    output.destroy(error instanceof Error ? error : undefined);
  });
  let row = 0;
  try {
    for await (const cells of output) {
      row += 1;
      if (row > checked.rows) {
        throw fileChanged();
      }
      yield { row, cells: cells as Record<string, string> };
    }
    if (Buffer.compare(bytes.digest(), checked.digest) !== 0) {
      throw fileChanged();
    }
  } catch (error) {
    // A file that has passed the check has this form: where it does not any more, it has changed.
    throw error instanceof CsvError || error instanceof DomainError ? fileChanged() : error;
  } finally {
    source.destroy();
    await done;
  }
}

function refuseTooMany(rows: number, { maxRows }: FileForm, line: number): void {
  if (maxRows !== null && rows > maxRows) {
    throw refused(
      `line ${line}: expected ${countOf(maxRows)} at most, found another; the file was not taken`,
    );
  }
}

function refuseOtherCount(rows: number, { declaredRows, countCode, minRows }: FileForm): void {
  if (declaredRows !== null && rows !== declaredRows) {
    throw refused(
      `expected ${countOf(declaredRows)}, as declared, found ${rows}; the file was not taken`,
      countCode,
    );
  }
  if (rows < minRows) {
    throw refused(`expected ${countOf(minRows)} at least, found ${rows}; the file was not taken`);
  }
}

function countOf(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`;
}

function fileChanged(): DomainError {
  return refused(
    'expected the file to stay as it is while it is imported, found it changed; what was recorded stays',
  );
}

function refused(message: string, serviceCode: ServiceCode | null = null): DomainError {
  return new DomainError('ERR_INPUT_INVALID', message, { serviceCode });
}

/** A stream that passes bytes on, and what it can tell of them afterwards. */
function watchBytes() {
  const hash = createHash('sha256');
  let last: number | undefined;
  const stream = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      last = chunk.at(-1);
      done(null, chunk);
    },
  });
  return { stream, digest: () => hash.digest(), last: () => last };
}
