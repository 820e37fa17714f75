import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { DomainError } from '../../domain/errors.js';

/** One data row: its number in the file, from 1 for the first after the header, and its cells by column. */
export type CsvRow = { readonly row: number; readonly cells: Readonly<Record<string, string>> };

/** What the first pass found out about a file. */
export type CheckedFile = {
  /** SHA-256 of its bytes. */
  readonly digest: Buffer;
  readonly rows: number;
};

/** Which columns a file may and must have. */
export type Columns = { readonly known: readonly string[]; readonly required: readonly string[] };

const MAX_ROW_BYTES = 128 * 1024;

/**
 * Reads a file once without recording anything, and refuses it whole when it is not UTF-8, its header
 * is not one of the layout, a row has another number of cells, or a quote stays open. Throws
 * `ERR_INPUT_INVALID` naming the line.
 */
export async function checkCsvFile(path: string, columns: Columns): Promise<CheckedFile> {
  const hash = createHash('sha256');
  let rows = 0;
  await readInto(path, columns, hash, () => {
    rows += 1;
  });
  return { digest: hash.digest(), rows };
}

/**
 * Yields the rows of a file that `checkCsvFile` has passed. Throws `ERR_INPUT_INVALID` when it is not
 * the same file any more: what was recorded until then stays.
 */
export async function* csvRows(
  path: string,
  columns: Columns,
  checked: CheckedFile,
): AsyncGenerator<CsvRow> {
  const hash = createHash('sha256');
  const source = createReadStream(path);
  const output = new PassThrough({ objectMode: true });
  const done = pipeline(source, hashing(hash), utf8Check(), parserFor(columns), output).catch(
    (error: unknown) => {
      output.destroy(error instanceof Error ? error : undefined);
    },
  );
  let row = 0;
  try {
    for await (const cells of output) {
      row += 1;
      yield { row, cells: cells as Record<string, string> };
    }
    if (Buffer.compare(hash.digest(), checked.digest) !== 0) {
      throw fileChanged();
    }
  } catch (error) {
    throw error instanceof CsvError ? fileChanged() : error;
  } finally {
    source.destroy();
    await done;
  }
}

function fileChanged(): DomainError {
  return new DomainError(
    'ERR_INPUT_INVALID',
    'expected the file to stay as it is while it is imported, found it changed; what was recorded stays',
  );
}

function hashing(hash: ReturnType<typeof createHash>): Transform {
  return new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
}

async function readInto(
  path: string,
  columns: Columns,
  hash: ReturnType<typeof createHash>,
  onRow: () => void,
): Promise<void> {
  let hasHeader = false;
  const parser = parserFor(columns, () => {
    hasHeader = true;
  });
  parser.on('data', onRow);
  try {
    await pipeline(createReadStream(path), hashing(hash), utf8Check(), parser);
  } catch (error) {
    throw refusal(error);
  }
  if (!hasHeader) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'line 1: expected a header with the names of the columns, found an empty file; it was not taken',
    );
  }
}

function parserFor({ known, required }: Columns, onHeader: () => void = () => undefined) {
  return parse({
    bom: true,
    columns: (header: readonly string[]) => {
      const names = header.map((name) => name.trim());
      const missing = required.filter((name) => !names.includes(name));
      const duplicate = names.find((name, index) => names.indexOf(name) !== index);
      const strange = names.filter((name) => !known.includes(name));
      if (missing.length > 0 || strange.length > 0 || duplicate !== undefined) {
        throw new DomainError(
          'ERR_INPUT_INVALID',
          `line 1: expected each of the columns ${known.join(', ')} at most once and ${required.join(', ')} among them, found ${[
            ...(missing.length > 0 ? [`${missing.join(', ')} missing`] : []),
            ...(strange.length > 0 ? [`${strange.length} unknown`] : []),
            ...(duplicate === undefined ? [] : ['one twice']),
          ].join(' and ')}; the file was not taken`,
        );
      }
      onHeader();
      return names;
    },
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  });
}

/** Passes bytes on and fails on the first that is not UTF-8. */
function utf8Check(): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const refused = () =>
    new DomainError(
      'ERR_INPUT_INVALID',
      'expected a file in UTF-8, found other bytes; it was not taken',
    );
  return new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        decoder.decode(chunk, { stream: true });
        done(null, chunk);
      } catch {
        done(refused());
      }
    },
    flush(done) {
      try {
        decoder.decode();
        done();
      } catch {
        done(refused());
      }
    },
  });
}

// The parser's own messages repeat cells, which are personal data: only its codes are passed on.
function refusal(error: unknown): unknown {
  if (!(error instanceof CsvError)) {
    return error;
  }
  const { code, lines } = error as CsvError & { readonly lines?: number };
  const expected: Readonly<Record<string, string>> = {
    CSV_RECORD_INCONSISTENT_COLUMNS: 'as many cells as the header has columns',
    CSV_QUOTE_NOT_CLOSED: 'every quote to be closed',
    CSV_INVALID_CLOSING_QUOTE: 'a comma or the end of the line after a closing quote',
    INVALID_OPENING_QUOTE: 'quotes around a whole cell',
    CSV_MAX_RECORD_SIZE: `a row of at most ${MAX_ROW_BYTES} bytes`,
  };
  const what = expected[code] ?? 'a CSV file (RFC 4180)';
  return new DomainError(
    'ERR_INPUT_INVALID',
    `line ${lines ?? 'unknown'}: expected ${what}, found otherwise; the file was not taken`,
  );
}
