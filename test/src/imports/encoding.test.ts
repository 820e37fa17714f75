import { describe, expect, test } from 'vitest';
import { readAbc } from './files.js';

const WINDOWS = { encoding: 'windows-1252' } as const;
/** How many bytes are read at a time. */
const CHUNK_BYTES = 65_536;

/** A file with one row, of which the first cell is these bytes. */
function cellOf(...bytes: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from('A,B,C\n'), Buffer.from(bytes), Buffer.from(',b,c\n')]);
}

/** A file in which something begins at an offset, in the first cell of the second row. */
function cellAt(offset: number, content: Buffer, lineEnd = '\n'): Buffer {
  const start = `A,B,C${lineEnd}`;
  const first = `${'x'.repeat(offset - start.length - `,b,c${lineEnd}`.length)},b,c${lineEnd}`;
  return Buffer.concat([Buffer.from(`${start}${first}`), content, Buffer.from(`,b,c${lineEnd}`)]);
}

describe('a file in UTF-8', () => {
  test.each([
    ['a byte order mark', '\uFEFFA,B,C\nÉ,b,c\n'],
    ['a byte order mark before a quote', '\uFEFF"A",B,C\nÉ,b,c\n'],
    ['no byte order mark', 'A,B,C\nÉ,b,c\n'],
  ])('is read with %s', async (_, content) => {
    expect((await readAbc(content)).rows).toEqual([['É', 'b', 'c']]);
  });

  test.each([-4, -3, -2, -1, 0, 1])(
    'is read where a character begins %i bytes from the end of what is read at a time',
    async (shift) => {
      const { rows } = await readAbc(cellAt(CHUNK_BYTES + shift, Buffer.from('🎓é€')));
      expect(rows[1]).toEqual(['🎓é€', 'b', 'c']);
    },
  );

  test.each([
    ['a character of Windows-1252', [0xc9]],
    ['a continuation without a beginning', [0x80]],
    ['a character longer than need be', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
    ['a character cut off by the end of the cell', [0xf0, 0x9f, 0x8e]],
  ])('is refused with %s, in words that say how to declare another', async (_, bytes) => {
    await expect(readAbc(cellOf(...bytes))).rejects.toThrow(
      /^line 2: expected UTF-8, found a byte that is not \(--encoding windows-1252 declares .*not taken$/,
    );
  });

  test('is refused when its last character is cut off', async () => {
    const content = Buffer.from('A,B,C\na,b,c\na,b,é').subarray(0, -1);
    await expect(readAbc(content)).rejects.toThrow(/^line 3: expected UTF-8/);
  });
});

describe('a line that is not in the encoding', () => {
  test.each([
    ['\n', 0],
    ['\r', 0],
    ['\r\n', 0],
    // Here the carriage return is the last byte that is read at a time, and the line feed the first.
    ['\r\n', 1],
    ['\r\n', 2],
    ['\n', CHUNK_BYTES],
  ])('is named, with lines that end in %j, %i bytes into what is read next', async (end, shift) => {
    const content = cellAt(CHUNK_BYTES + shift, Buffer.from([0xc9]), end);
    await expect(readAbc(content)).rejects.toThrow(/^line 3: expected UTF-8/);
  });

  test.each([-2, -1])('is named after a character that a chunk cuts at %i bytes', async (shift) => {
    const content = Buffer.concat([Buffer.from('€,b,c\n'), Buffer.from([0xff, 0x0a])]);
    await expect(readAbc(cellAt(CHUNK_BYTES + shift, content))).rejects.toThrow(
      /^line 4: expected UTF-8/,
    );
  });

  test.each([
    ['a NUL before another byte', 'A,B,C\n\0\n\xff\n', 'a NUL byte'],
    ['another byte before a NUL', 'A,B,C\n\xff\n\0\n', 'a byte that is not'],
  ])('is the first of two, %s', async (_, content, found) => {
    await expect(readAbc(Buffer.from(content, 'latin1'))).rejects.toThrow(
      `line 2: expected UTF-8, found ${found}`,
    );
  });

  test('is the first of two with undefined bytes of Windows-1252', async () => {
    const content = Buffer.from('A,B,C\n\x9d\n\x81\n', 'latin1');
    await expect(readAbc(content, WINDOWS)).rejects.toThrow(/^line 2: expected windows-1252/);
  });

  test('is the second with an undefined byte of Windows-1252', async () => {
    const content = Buffer.concat([cellOf(0xc9), Buffer.from([0x81])]);
    await expect(readAbc(content, WINDOWS)).rejects.toThrow(/^line 3: expected windows-1252/);
  });
});

describe('a file in Windows-1252', () => {
  test('holds in 0x80 to 0x9F what Microsoft put there, not control characters', async () => {
    const undefinedBytes = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
    const bytes = Array.from({ length: 32 }, (_, index) => 0x80 + index);
    const defined = bytes.filter((byte) => !undefinedBytes.includes(byte));
    const { rows } = await readAbc(cellOf(...defined), WINDOWS);
    // Source: Unicode's table MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT.
    expect(rows[0]?.[0]).toBe('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');
  });

  test('holds from 0xA0 on what Unicode has there', async () => {
    const codes = Array.from({ length: 96 }, (_, index) => 0xa0 + index);
    const { rows } = await readAbc(cellOf(...codes), WINDOWS);
    expect(rows[0]?.[0]).toBe(String.fromCodePoint(...codes));
  });

  test.each([0x81, 0x8d, 0x8f, 0x90, 0x9d])('is refused with the byte %i', async (byte) => {
    await expect(readAbc(cellOf(0x53, byte), WINDOWS)).rejects.toThrow(
      'line 2: expected windows-1252, as declared, found a byte that it does not define; the file was not taken',
    );
  });

  test('is refused with the byte order mark of UTF-8', async () => {
    await expect(readAbc('\uFEFFA,B,C\n', WINDOWS)).rejects.toThrow(
      'line 1: expected windows-1252, as declared, found the byte order mark of UTF-8; the file was not taken',
    );
  });

  test('may hold further on what would be a byte order mark at its beginning', async () => {
    const { rows } = await readAbc(cellAt(CHUNK_BYTES, Buffer.from('\uFEFF')), WINDOWS);
    expect(rows[1]?.[0]).toBe('ï»¿');
  });

  test('has the digest of its characters: converted to UTF-8 it is the same file', async () => {
    const windows = await readAbc(cellOf(0xc9), WINDOWS);
    const converted = await readAbc('A,B,C\nÉ,b,c\n');
    expect(windows.checked.digest).toEqual(converted.checked.digest);
  });

  test('is another file when it is read in a wrong encoding', async () => {
    const content = Buffer.from('A,B,C\nÉ,b,c\n');
    const right = await readAbc(content);
    const wrong = await readAbc(content, WINDOWS);
    expect(wrong.checked.digest).not.toEqual(right.checked.digest);
  });
});

describe.each(['utf-8', 'windows-1252'] as const)('a file declared %s', (encoding) => {
  test.each([
    ['UTF-16', [0xff, 0xfe, 0x41, 0x00]],
    ['UTF-16', [0xfe, 0xff, 0x00, 0x41]],
    ['UTF-32', [0xff, 0xfe, 0x00, 0x00]],
    ['UTF-32', [0x00, 0x00, 0xfe, 0xff]],
  ])('is refused with the byte order mark of %s, %j', async (name, bytes) => {
    await expect(readAbc(Buffer.from(bytes), { encoding })).rejects.toThrow(
      new RegExp(`^line 1: .*found the byte order mark of ${name}; the file was not taken$`),
    );
  });

  test.each([
    ['within a cell', 'A,B,C\na,b,c\na,b\0,c\n', 3],
    ['after a closing quote', 'A,B,C\na,b,"c"\0\n', 2],
    ['of UTF-16 without a mark', Buffer.from('A,B,C\n', 'utf16le').toString('latin1'), 1],
  ])('is refused with a NUL %s', async (_, content, line) => {
    await expect(readAbc(content, { encoding })).rejects.toThrow(
      new RegExp(`^line ${line}: .*found a NUL byte, as in UTF-16; the file was not taken$`),
    );
  });
});
