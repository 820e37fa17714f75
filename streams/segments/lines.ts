import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, dirname } from 'node:path';
import { StreamError } from '../errors.js';

/** The first line of a segment: what it is, of which ledger, and where in the log it begins. */
export type SegmentHead = {
  readonly format: typeof SEGMENT_FORMAT;
  readonly origin: string;
  /** The ordinal of its first event in the log, from 0: as many as the segments before it hold. */
  readonly first: number;
};

/** One line of a segment: the exact header text, and the data in base64, `null` where its key is destroyed. */
export type SegmentLine = { readonly header: string; readonly data: string | null };

/** The last line: how far the log reaches with this segment, and what proves it. */
export type SegmentEnd = {
  readonly events: number;
  /** The number of events of this and all earlier segments. */
  readonly size: number;
  /** The RFC 6962 root of their event hashes, in base64. */
  readonly root: string;
  /** The roots of the tree's complete subtrees, largest first, from which it grows on. */
  readonly subtrees: readonly string[];
  /** SHA-256 of every byte before this line, in hexadecimal. */
  readonly sha256: string;
};

/** The name of the form; another form has another name. */
export const SEGMENT_FORMAT = 'learning-record-ledger/segment/v1';

/**
 * Reads a segment's lines: the head, the events, the end. Throws `ERR_SEGMENT_BROKEN`, naming file and
 * line, where a line is none of these or the digest is another.
 */
export async function* readSegment(
  path: string,
): AsyncGenerator<
  | { readonly kind: 'head'; readonly head: SegmentHead }
  | { readonly kind: 'event'; readonly line: SegmentLine; readonly number: number }
  | { readonly kind: 'end'; readonly end: SegmentEnd }
> {
  const digest = createHash('sha256');
  let number = 0;
  let isEnded = false;
  for await (const bytes of linesOf(path)) {
    number += 1;
    const text = bytes.toString();
    const value = parsed(path, number, text);
    if (isEnded) {
      throw brokenSegment(path, number, 'nothing after the last line', 'more');
    }
    if (isEnd(value)) {
      if (digest.digest('hex') !== value.sha256) {
        throw brokenSegment(path, number, 'the SHA-256 of the lines before', 'another');
      }
      isEnded = true;
      yield { kind: 'end', end: value };
      continue;
    }
    digest.update(bytes).update('\n');
    if (number === 1) {
      yield { kind: 'head', head: headOf(path, value) };
    } else if (isLine(value)) {
      yield { kind: 'event', line: value, number };
    } else {
      throw brokenSegment(path, number, 'an event', 'something else');
    }
  }
  if (!isEnded) {
    throw brokenSegment(path, number + 1, 'the last line of a segment', 'the end of the file');
  }
}

/** The lines of a file without their ends; a file that ends in another way is refused. */
async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  // Sound: without an encoding a file is read in buffers.
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_END); at !== -1; at = chunk.indexOf(LINE_END, from)) {
      yield Buffer.concat([...rest, chunk.subarray(from, at)]);
      [rest, from] = [[], at + 1];
    }
    rest.push(chunk.subarray(from));
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) {
    throw brokenSegment(path, 0, 'a line end at the end', 'none');
  }
}

const LINE_END = 0x0a;

/** The error for a segment that is not what it should be. */
export function brokenSegment(
  path: string,
  line: number,
  expected: string,
  found: string,
  cause?: unknown,
): StreamError {
  const name = `${basename(dirname(path))}/${basename(path)}`;
  return new StreamError(
    'ERR_SEGMENT_BROKEN',
    `expected ${expected} in line ${line} of ${name}, found ${found}`,
    { cause },
  );
}

function parsed(path: string, number: number, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) {
      // Sound: an object; its fields are looked at one by one.
      return value as Record<string, unknown>;
    }
  } catch {
    // Said below, without the parser's words, which repeat the line.
  }
  throw brokenSegment(path, number, 'a JSON object', 'something else');
}

function headOf(path: string, value: Record<string, unknown>): SegmentHead {
  const { format, origin, first } = value;
  if (format !== SEGMENT_FORMAT || typeof origin !== 'string' || !isCount(first)) {
    throw brokenSegment(path, 1, `a segment of the form ${SEGMENT_FORMAT}`, 'another');
  }
  return { format, origin, first };
}

function isLine(value: Record<string, unknown>): value is SegmentLine {
  const { header, data } = value;
  const isBase64 = (text: unknown) =>
    typeof text === 'string' && Buffer.from(text, 'base64').toString('base64') === text;
  return typeof header === 'string' && (data === null || isBase64(data));
}

function isEnd(value: Record<string, unknown>): value is SegmentEnd {
  const { events, size, root, subtrees, sha256 } = value;
  return (
    isCount(events) &&
    isCount(size) &&
    typeof root === 'string' &&
    typeof sha256 === 'string' &&
    Array.isArray(subtrees) &&
    subtrees.every((text) => typeof text === 'string')
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
