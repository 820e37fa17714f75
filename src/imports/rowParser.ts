import { CsvError, type Parser, parse } from 'csv-parse';
import { DomainError } from '../../domain/errors.js';

/** Which columns a file may and must have. */
export type Columns = { readonly known: readonly string[]; readonly required: readonly string[] };

/** A parser from UTF-8 to rows, as objects by column, and what it knows of the file so far. */
export type RowParser = {
  readonly stream: Parser;
  readonly hasHeader: () => boolean;
  /** The error to show for one that the stream failed with. */
  readonly refusal: (error: unknown) => unknown;
};

type Cells = Readonly<Record<string, string>>;

const MAX_ROW_KIB = 128;

/**
 * A parser that fails with `ERR_INPUT_INVALID` where the header is not one of the layout or comes
 * again, and with the errors of its library, for `refusal`, where the form is not that of CSV. Calls
 * `onRow` for every row, with the line on which it begins; what that throws, the stream fails with.
 */
export function createRowParser(columns: Columns, onRow: (line: number) => void): RowParser {
  let header: readonly string[] | null = null;
  let lastLine = 0;
  let emptyLines = 0;
  // The library's own count of lines takes a carriage return and line feed within quotes for two, and
  // names the line at which it gave up: for an open quote, that is the end of the file.
  const currentLine = () => lastLine + 1 + stream.info.empty_lines - emptyLines;
  const goOn = (cells: readonly string[]) => {
    lastLine = currentLine() + cells.reduce((sum, cell) => sum + countLineEnds(cell), 0);
    emptyLines = stream.info.empty_lines;
  };
  const stream = parse<Cells, Cells>({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    columns: (cells: readonly string[]) => {
      header = checkHeader(cells, columns, currentLine());
      goOn(cells);
      return [...header];
    },
    on_record: (cells) => {
      const line = currentLine();
      if (header?.every((name) => cells[name]?.trim() === name)) {
        throw refused(line, 'a row', 'the header again');
      }
      onRow(line);
      goOn(Object.values(cells));
      return cells;
    },
    skip_empty_lines: true,
    max_record_size: MAX_ROW_KIB * 1024,
  });
  return {
    stream,
    hasHeader: () => header !== null,
    refusal: (error) => (error instanceof CsvError ? refusalOf(error, currentLine()) : error),
  };
}

function checkHeader(
  cells: readonly string[],
  { known, required }: Columns,
  line: number,
): readonly string[] {
  const names = cells.map((name) => name.trim());
  const [first = ''] = names;
  if (names.length === 1 && /[;\t]/.test(first)) {
    const found = first.includes(';') ? 'semicolons' : 'tabs';
    throw refused(line, 'commas between the names of the columns', found);
  }
  const missing = required.filter((name) => !names.includes(name));
  const strange = names.filter((name) => !known.includes(name));
  const faults = [
    ...(missing.length > 0 ? [`${missing.join(', ')} missing`] : []),
    ...(strange.length > 0 ? [`${strange.length} unknown`] : []),
    ...(new Set(names).size < names.length ? ['one twice'] : []),
  ];
  if (faults.length > 0) {
    const expected = 'a header with the names of the columns (docs/imports.md lists them)';
    throw refused(line, expected, faults.join(' and '));
  }
  return names;
}

function countLineEnds(cell: string): number {
  return cell.match(/\r\n|\r|\n/g)?.length ?? 0;
}

// The library's own messages repeat cells, which are personal data: only its codes are passed on.
function refusalOf({ code }: CsvError, line: number): DomainError {
  const expected: Readonly<Record<string, string>> = {
    CSV_RECORD_INCONSISTENT_COLUMNS: 'as many cells as the header has columns',
    CSV_QUOTE_NOT_CLOSED: 'every quote to be closed',
    CSV_INVALID_CLOSING_QUOTE: 'a comma or the end of the line after a closing quote',
    INVALID_OPENING_QUOTE: 'quotes around a whole cell',
    CSV_MAX_RECORD_SIZE: `a row of at most ${MAX_ROW_KIB} KiB, with every quote closed`,
  };
  return refused(line, expected[code] ?? 'a CSV file (RFC 4180)', 'otherwise');
}

function refused(line: number, expected: string, found: string): DomainError {
  return new DomainError(
    'ERR_INPUT_INVALID',
    `line ${line}: expected ${expected}, found ${found}; the file was not taken`,
  );
}
