import { createHash } from 'node:crypto';
import { canonicalize } from './canonicalJson.js';
import { StreamError } from './errors.js';

/** The only suite so far: the hash, sealing and names described in `docs/format.md`. */
export const SUITE = 'S1';

/** The header of one event, field by field; its canonical JSON is what is stored and hashed. */
export type Header = {
  /** Recorded time, UTC, three decimals and `Z`. */
  readonly at: string;
  /** UUID of the command. */
  readonly causation: string;
  /** 32 bytes in base64url: commits to the data, sealed or in clear. */
  readonly commitment: string;
  readonly correlation: string;
  readonly id: string;
  /** Number of the stream key the data is sealed under; `null` for public streams. */
  readonly key: number | null;
  /** The ledger's origin. */
  readonly ledger: string;
  /** The event hash of version − 1 in base64url, `null` at version 1. */
  readonly prev: string | null;
  /** Schema version of the type, from 1. */
  readonly schema: number;
  readonly stream: string;
  readonly suite: typeof SUITE;
  readonly type: string;
  readonly version: number;
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HASH = /^[A-Za-z0-9_-]{43}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

const fieldChecks: { readonly [Name in keyof Header]: (value: unknown) => boolean } = {
  at: (value) => matches(value, INSTANT) && !Number.isNaN(Date.parse(String(value))),
  causation: (value) => matches(value, UUID),
  commitment: (value) => matches(value, HASH),
  correlation: (value) => matches(value, UUID),
  id: (value) => matches(value, UUID),
  key: (value) => value === null || isCount(value),
  ledger: (value) => typeof value === 'string',
  prev: (value) => value === null || matches(value, HASH),
  schema: (value) => isCount(value) && value !== 0,
  stream: (value) => typeof value === 'string',
  suite: (value) => value === SUITE,
  type: (value) => typeof value === 'string',
  version: (value) => isCount(value) && value !== 0,
};

/** The exact text that is stored and hashed. */
export function headerText(header: Header): string {
  return canonicalize(header);
}

/**
 * The header a text holds. Throws `ERR_HEADER_MALFORMED` unless the text is the canonical form of
 * exactly the fields of suite S1; that comparison also finds a key given twice.
 */
export function parseHeader(text: string): Header {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed('JSON', cause);
  }
  if (typeof value !== 'object' || value === null) {
    throw malformed('an object');
  }
  const fields = value as Record<string, unknown>;
  const wrong = Object.entries(fieldChecks).find(([name, check]) => !check(fields[name]));
  if (wrong !== undefined) {
    throw malformed(`a valid ${wrong[0]}`);
  }
  if (Object.keys(fields).length !== Object.keys(fieldChecks).length) {
    throw malformed('no field besides those of suite S1');
  }
  if (canonicalize(value) !== text) {
    throw malformed('canonical JSON');
  }
  // Sound: every field of Header was checked above, and there is no other.
  return value as Header;
}

/** The event hash: SHA-256 over a label and the header's bytes. 32 bytes. */
export function eventHash(header: string): Buffer {
  return createHash('sha256')
    .update('learning-record-ledger/event/v1\n')
    .update(header, 'utf8')
    .digest();
}

/** Where a stream's chain has come to: what the next event must continue. */
export type ChainEnd = {
  readonly version: number;
  readonly hash: Uint8Array | null;
  readonly at: string;
  readonly key: number | null;
};

/** Before the first event of a stream. */
export const START: ChainEnd = { version: 0, hash: null, at: '', key: null };

/** Where the chain has come to with an event. */
export function chainEnd(event: { readonly hash: Uint8Array }, header: Header): ChainEnd {
  return { version: header.version, hash: event.hash, at: header.at, key: header.key };
}

type Place = { readonly type: string; readonly stream: string; readonly version: number };

/** Checks that an event is what it says: ledger, stream, type and version. Throws `ERR_CHAIN_BROKEN`. */
export function checkPlace(event: Place, header: Header, ledger: string): void {
  const broken =
    (header.ledger !== ledger && 'ledger') ||
    (header.stream !== event.stream && 'stream') ||
    (header.type !== event.type && 'type') ||
    (header.version !== event.version && 'version');
  if (broken !== false) {
    throw chainBroken(event, broken);
  }
}

/**
 * Checks that an event is what it says and continues a stream's chain: the version and hash before
 * it, a time that is not earlier, a key number that is not smaller. Throws `ERR_CHAIN_BROKEN`.
 */
export function checkLink(event: Place, header: Header, before: ChainEnd, ledger: string): void {
  checkPlace(event, header, ledger);
  const prev = before.hash === null ? null : Buffer.from(before.hash).toString('base64url');
  const broken =
    (header.version !== before.version + 1 && 'version') ||
    (header.prev !== prev && 'prev') ||
    (header.at < before.at && 'time') ||
    ((header.key ?? 0) < (before.key ?? 0) && 'key');
  if (broken !== false) {
    throw chainBroken(event, broken);
  }
}

function chainBroken({ stream, version }: Place, broken: string): StreamError {
  return new StreamError(
    'ERR_CHAIN_BROKEN',
    `expected event ${version} of ${stream} to continue its chain, found another ${broken}`,
  );
}

function malformed(expected: string, cause?: unknown): StreamError {
  return new StreamError(
    'ERR_HEADER_MALFORMED',
    `expected a header of suite ${SUITE} to be ${expected}, found something else`,
    { cause },
  );
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
