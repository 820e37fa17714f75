import { isUtf8 } from 'node:buffer';
import { Transform } from 'node:stream';
import iconv from 'iconv-lite';
import { DomainError } from '../../domain/errors.js';

/** The encodings of a file that can be imported; UTF-8 is what a file is in unless another is declared. */
export const ENCODINGS = ['utf-8', 'windows-1252'] as const;

/** How the characters of a file are written as bytes. */
export type Encoding = (typeof ENCODINGS)[number];

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const UNDEFINED_IN_WINDOWS_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d];
// UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
const BYTE_ORDER_MARKS = [
  ['UTF-32', Buffer.from([0xff, 0xfe, 0x00, 0x00])],
  ['UTF-32', Buffer.from([0x00, 0x00, 0xfe, 0xff])],
  ['UTF-16', Buffer.from([0xff, 0xfe])],
  ['UTF-16', Buffer.from([0xfe, 0xff])],
  ['UTF-8', Buffer.from([0xef, 0xbb, 0xbf])],
] as const;

/**
 * The streams that turn the bytes of a file into UTF-8, for a pipeline. They fail with
 * `ERR_INPUT_INVALID`, naming the line, at a byte that the encoding does not define, at a NUL, and
 * at the byte order mark of another encoding.
 */
export function decoding(encoding: Encoding): readonly NodeJS.ReadWriteStream[] {
  switch (encoding) {
    case 'utf-8':
      return [byteCheck(encoding)];
    case 'windows-1252':
      // Not Node's decoder: it reads 0x80 to 0x9F as control characters.
      return [byteCheck(encoding), iconv.decodeStream('windows1252')];
  }
}

/** True for the bytes of which either, or the first and the second together, ends a line. */
export function isLineEnd(byte: number | undefined): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** Passes bytes on and fails before the first that cannot stand in a file of the encoding. */
function byteCheck(encoding: Encoding): Transform {
  const faultIn = encoding === 'utf-8' ? utf8Faults() : windows1252Fault;
  let line = 1;
  let lastByte: number | undefined;
  const refuse = (found: string, atLine: number) =>
    new DomainError(
      'ERR_INPUT_INVALID',
      `line ${atLine}: expected ${encoding === 'utf-8' ? 'UTF-8' : 'windows-1252, as declared'}, found ${found}; the file was not taken`,
    );
  const notOfEncoding = {
    'utf-8': 'a byte that is not (--encoding windows-1252 declares a file in that encoding)',
    'windows-1252': 'a byte that it does not define',
  }[encoding];
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const mark = lastByte === undefined ? markOf(chunk) : undefined;
      if (mark !== undefined && mark !== encoding.toUpperCase()) {
        done(refuse(`the byte order mark of ${mark}`, 1));
        return;
      }
      const nul = chunk.indexOf(0);
      const fault = faultIn(chunk);
      if (nul >= 0 && (fault === null || nul < fault)) {
        done(refuse('a NUL byte, as in UTF-16', line + countLineEnds(chunk, nul, lastByte)));
        return;
      }
      if (fault !== null) {
        done(refuse(notOfEncoding, line + countLineEnds(chunk, fault, lastByte)));
        return;
      }
      line += countLineEnds(chunk, chunk.length, lastByte);
      lastByte = chunk.at(-1);
      done(null, chunk);
    },
    flush(done) {
      done(faultIn(null) === null ? null : refuse(notOfEncoding, line));
    },
  });
}

/** The encoding whose byte order mark a file begins with. */
function markOf(start: Buffer): string | undefined {
  return BYTE_ORDER_MARKS.find(([, mark]) => start.subarray(0, mark.length).equals(mark))?.[0];
}

/** How many lines end before an offset. A carriage return and line feed are one end, also across chunks. */
function countLineEnds(bytes: Buffer, until: number, byteBefore: number | undefined): number {
  let count = 0;
  let before = byteBefore;
  for (let index = 0; index < until; index += 1) {
    const byte = bytes[index];
    if (byte === CARRIAGE_RETURN || (byte === LINE_FEED && before !== CARRIAGE_RETURN)) {
      count += 1;
    }
    before = byte;
  }
  return count;
}

/**
 * Finds the chunk that is not UTF-8, chunks ending anywhere: the offset at which its first faulty line
 * begins, or null. The end is told by null, where a character cut off is a fault at 0.
 */
function utf8Faults(): (chunk: Buffer | null) => number | null {
  let cut: Buffer = Buffer.alloc(0);
  return (chunk) => {
    if (chunk === null) {
      return cut.length === 0 ? null : 0;
    }
    const carried = cut.length;
    const bytes = carried === 0 ? chunk : Buffer.concat([cut, chunk]);
    const whole = wholeLength(bytes);
    if (isUtf8(bytes.subarray(0, whole))) {
      cut = bytes.subarray(whole);
      return null;
    }
    let start = 0;
    for (let index = 0; index < whole; index += 1) {
      if (isLineEnd(bytes[index])) {
        if (!isUtf8(bytes.subarray(start, index))) {
          break;
        }
        start = index + 1;
      }
    }
    return Math.max(start - carried, 0);
  };
}

/** Up to where the bytes hold whole characters, if they are UTF-8. */
function wholeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = byte >= 0x80 && byte < 0xc0;
    if (!isContinuation) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

/** The offset of the first byte that Windows-1252 does not define, or null. */
function windows1252Fault(chunk: Buffer | null): number | null {
  const offsets = UNDEFINED_IN_WINDOWS_1252.map((byte) => chunk?.indexOf(byte) ?? -1);
  const found = offsets.filter((offset) => offset >= 0);
  return found.length === 0 ? null : Math.min(...found);
}
