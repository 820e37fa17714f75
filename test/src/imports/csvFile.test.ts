import { appendFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { checkCsvFile, csvRows, type FileForm } from '../../../src/imports/csvFile.js';
import type { Encoding } from '../../../src/imports/encoding.js';
import { ABC, fileOf, PLAIN_FORM, readAbc } from './files.js';

/** How many bytes are read at a time. */
const CHUNK_BYTES = 65_536;

describe('lines', () => {
  test.each([
    ['line feeds', 'A,B,C\na,b,c\nd,e,f\n'],
    ['carriage returns and line feeds', 'A,B,C\r\na,b,c\r\nd,e,f\r\n'],
    ['carriage returns', 'A,B,C\ra,b,c\rd,e,f\r'],
    ['one of each', 'A,B,C\ra,b,c\r\nd,e,f\n'],
    ['one of each, the other way', 'A,B,C\na,b,c\r\n\rd,e,f\r'],
    ['one of each after quotes', 'A,B,"C"\n"a",b,"c"\r\nd,e,"f"\r'],
  ])('may end with %s', async (_, content) => {
    const { rows } = await readAbc(content);
    expect(rows).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
  });

  const ends = ['c\r\n', '"c"\r\n', '"c""\r\n"\r\n', '"\r\n"\r\n'];
  const shifts = [-4, -3, -2, -1, 0, 1];
  test.each(ends.flatMap((end) => shifts.map((shift) => [end, shift] as const)))(
    'may end with %j, %i bytes from the end of what is read at a time',
    async (end, shift) => {
      const start = 'A,B,C\n';
      const cell = 'x'.repeat(CHUNK_BYTES + shift - start.length - ',b,'.length);
      const { rows } = await readAbc(`${start}${cell},b,${end}d,e,f\r\n`);
      const last = {
        'c\r\n': 'c',
        '"c"\r\n': 'c',
        '"c""\r\n"\r\n': 'c"\r\n',
        '"\r\n"\r\n': '\r\n',
      };
      expect(rows).toEqual([
        [cell, 'b', last[end as keyof typeof last]],
        ['d', 'e', 'f'],
      ]);
    },
  );
});

describe('a row of another length than the header', () => {
  test.each([
    ['after a cell of two lines', 'A,B,C\n"a\na",b,c\nd,e\n', 4],
    ['after a cell of two lines with two bytes between', 'A,B,C\r\n"a\r\na",b,c\r\nd,e\r\n', 4],
    ['after empty lines', 'A,B,C\n\n\na,b,c\n\r\n\rd,e\n', 7],
    ['on several lines itself', 'A,B,C\na,b,c\nd,"e\n\n"\n', 3],
    ['after a header of several lines', '"A\n",B,C\nd,e\n', 3],
  ])('is named by the line on which it begins, %s', async (_, content, line) => {
    await expect(readAbc(content)).rejects.toThrow(
      `line ${line}: expected as many cells as the header has columns`,
    );
  });
});

describe('a quote that stays open', () => {
  test('is named by the line on which its row begins, not by the end of the file', async () => {
    const content = `A,B,C\na,b,c\nd,"e,f\n${'a,b,c\n'.repeat(20)}`;
    await expect(readAbc(content)).rejects.toThrow('line 3: expected every quote to be closed');
  });

  test('is named so too in a file that is longer than a row may be', async () => {
    const content = `A,B,C\na,b,c\nd,"e,f\n${'a,b,c\n'.repeat(50_000)}`;
    await expect(readAbc(content)).rejects.toThrow(/^line 3: .*with every quote closed/);
  });
});

describe('a header', () => {
  test('is named by its line, after empty ones', async () => {
    await expect(readAbc('\n\nA,B\n')).rejects.toThrow(
      'line 3: expected a header with the names of the columns (docs/imports.md lists them), found C missing; the file was not taken',
    );
  });

  test('is refused with everything that is wrong with it', async () => {
    await expect(readAbc('A,A,Amber,Bryn\n')).rejects.toThrow(
      'found B, C missing and 2 unknown and one twice; the file was not taken',
    );
  });

  test('may have semicolons where it has commas too', async () => {
    await expect(readAbc('A;,B,C\n')).rejects.toThrow('found A missing and 1 unknown');
  });

  test.each([
    ['as it was', 'A,B,C\na,b,c\nA,B,C\n', 3],
    ['with spaces and quotes', 'A,B,C\na,b,c\n"A", B ,C\n', 3],
    ['after a byte order mark, as of two files in one', '\uFEFFA,B,C\na,b,c\n\uFEFFA,B,C\n', 3],
    ['at once', 'A,B,C\r\nA,B,C\r\n', 2],
  ])('is refused when it comes again %s', async (_, content, line) => {
    await expect(readAbc(content)).rejects.toThrow(
      `line ${line}: expected a row, found the header again; the file was not taken`,
    );
  });

  test.each(['A,B,c', 'A,C,B', 'a,b,c'])('is not what the row %s is', async (row) => {
    expect((await readAbc(`A,B,C\n${row}\n`)).rows).toEqual([row.split(',')]);
  });
});

describe('a file of three rows', () => {
  const content = `A,B,C\n${'a,b,c\n'.repeat(3)}`;

  test.each<[string, Partial<FileForm>]>([
    ['three are declared', { declaredRows: 3 }],
    ['three are the most', { maxRows: 3 }],
    ['three are the fewest', { minRows: 3 }],
  ])('is taken where %s', async (_, form) => {
    expect((await readAbc(content, form)).checked.rows).toBe(3);
  });

  test.each<[string, Partial<FileForm>, string]>([
    ['fewer are declared', { declaredRows: 2 }, 'expected 2 rows, as declared, found 3'],
    ['more are declared', { declaredRows: 4 }, 'expected 4 rows, as declared, found 3'],
    ['none are declared', { declaredRows: 0 }, 'expected 0 rows, as declared, found 3'],
    ['two are the most', { maxRows: 2 }, 'line 4: expected 2 rows at most, found another'],
    ['one is the most', { maxRows: 1 }, 'line 3: expected 1 row at most, found another'],
    ['four are the fewest', { minRows: 4 }, 'expected 4 rows at least, found 3'],
  ])('is refused whole where %s', async (_, form, words) => {
    await expect(readAbc(content, form)).rejects.toMatchObject({
      code: 'ERR_INPUT_INVALID',
      message: `${words}; the file was not taken`,
    });
  });
});

describe('the last line', () => {
  test.each([
    ['a line feed', 'A,B,C\na,b,c\n', false],
    ['a carriage return', 'A,B,C\ra,b,c\r', false],
    ['a carriage return and line feed', 'A,B,C\r\na,b,c\r\n', false],
    ['a cell', 'A,B,C\na,b,c', true],
    ['a quote', 'A,B,C\na,b,"c\n"', true],
    ['a header alone', 'A,B,C', true],
    ['a line feed, far on', `A,B,C\n${'x'.repeat(CHUNK_BYTES)},b,c\n`, false],
    ['a cell, far on', `A,B,C\n${'x'.repeat(CHUNK_BYTES - 11)},b,c\n\na,b,c`, true],
  ])('ends with %s', async (_, content, endsWithoutLineEnd) => {
    expect((await readAbc(content)).checked).toMatchObject({ endsWithoutLineEnd });
  });
});

describe('a file that is read again after its check', () => {
  const content = 'A,B,C\na,b,c\nd,e,f\n';
  const changed =
    'expected the file to stay as it is while it is imported, found it changed; what was recorded stays';

  /** Checks a file, changes it, and reads its rows for as long as that goes. */
  async function readChanged(change: (path: string) => void, before: string | Buffer = content) {
    const path = fileOf(before);
    const form = { ...PLAIN_FORM, encoding: 'windows-1252' } as const;
    const checked = await checkCsvFile(path, ABC, form);
    change(path);
    const rows: number[] = [];
    const read = async () => {
      for await (const { row } of csvRows(path, ABC, form, checked)) {
        rows.push(row);
      }
    };
    const message = await read().then(
      () => 'taken',
      (error: unknown) => (error instanceof Error ? error.message : 'no error'),
    );
    return { rows, message };
  }

  test('is read to its end where it is the same', async () => {
    const read = await readChanged(() => undefined);
    expect(read).toEqual({ rows: [1, 2], message: 'taken' });
  });

  test.each<[string, string | Buffer]>([
    ['other cells', content.replace('e', 'E')],
    ['a byte that changes no cell', content.replaceAll('\n', '\r\n')],
    ['a row less', 'A,B,C\na,b,c\n'],
    ['another header', content.replace('B', 'D')],
    ['the header again', `${content}A,B,C\n`],
    ['a half-written line', `${content}a,b`],
    ['bytes of no encoding', Buffer.from(content.replace('e', '\x81'), 'latin1')],
    ['nothing', ''],
  ])('is refused as changed where it has %s', async (_, after) => {
    const { message } = await readChanged((path) => writeFileSync(path, after));
    expect(message).toBe(changed);
  });

  test('yields no more rows than were checked', async () => {
    const read = await readChanged((path) => appendFileSync(path, 'g,h,i\n'));
    expect(read).toEqual({ rows: [1, 2], message: changed });
  });
});

type Written = { readonly content: string; readonly rows: readonly (readonly string[])[] };

const windows1252 = Array.from({ length: 255 }, (_, index) =>
  iconv.decode(Buffer.from([index + 1]), 'windows1252'),
).filter((character) => character !== '\uFFFD');
const characters: Readonly<Record<Encoding, fc.Arbitrary<string>>> = {
  'utf-8': fc.oneof(
    fc.constantFrom(...',;"\r\n\t '),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((unit) => unit !== '\0'),
  ),
  'windows-1252': fc.oneof(fc.constantFrom(...',;"\r\n\t '), fc.constantFrom(...windows1252)),
};

/** Rows, and a file that says them with any line ends, quotes where there must be and elsewhere. */
function written(character: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  const cell = fc.record({
    text: fc.string({ unit: character, maxLength: 8 }),
    quoted: fc.boolean(),
  });
  const lineEnd = fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\n\r');
  const line = fc.record({ cells: fc.tuple(cell, cell, cell), lineEnd });
  return fc
    .record({
      headerEnd: lineEnd,
      lines: fc.array(line, { maxLength: 12 }),
      hasLastEnd: fc.boolean(),
    })
    .map(({ headerEnd, lines, hasLastEnd }) => {
      const rows = lines.map(({ cells }) => cells.map(({ text }) => text));
      const text = lines.map((each, index) => {
        const cells = each.cells.map((one) =>
          one.quoted || /[,"\r\n]/.test(one.text)
            ? `"${one.text.replaceAll('"', '""')}"`
            : one.text,
        );
        const end = hasLastEnd || index < lines.length - 1 ? each.lineEnd : '';
        return `${cells.join(',')}${end}`;
      });
      return { content: `A,B,C${headerEnd}${text.join('')}`, rows };
    });
}

describe.each(['utf-8', 'windows-1252'] as const)('rows written in %s', (encoding) => {
  test('with any line ends, quotes and byte order mark come back as they were', async () => {
    const hasMark = encoding === 'utf-8' ? fc.boolean() : fc.constant(false);
    await fc.assert(
      fc.asyncProperty(
        written(characters[encoding]),
        hasMark,
        async ({ content, rows }, marked) => {
          const bytes = iconv.encode(`${marked ? '\uFEFF' : ''}${content}`, encoding);
          const read = await readAbc(bytes, { encoding });
          expect(read.rows).toEqual(rows);
          expect(read.checked.endsWithoutLineEnd).toBe(!/[\r\n]$/.test(content));
        },
      ),
    );
  });
});
