import { StreamError } from './errors.js';
import type { Position } from './eventStore.js';

/** A position's number within its scheme, and the first 16 hex digits of the hash of the event there. */
export type ParsedPosition = { readonly number: number; readonly hash: string };

/** The position text of one event. */
export function formatPosition(scheme: string, number: number, hash: Uint8Array): Position {
  return `${scheme}.${number}.${Buffer.from(hash.buffer, hash.byteOffset, 8).toString('hex')}`;
}

/** Reads a position text. Throws `ERR_POSITION_FOREIGN` when another kind of store wrote it. */
export function parsePosition(scheme: string, position: Position): ParsedPosition {
  const parts = /^([a-z]+)\.([1-9]\d{0,15})\.([0-9a-f]{16})$/.exec(position);
  if (parts?.[1] !== scheme || parts[2] === undefined || parts[3] === undefined) {
    throw foreignPosition(`a position that begins ${scheme}.`);
  }
  return { number: Number(parts[2]), hash: parts[3] };
}

/** A position's number whatever its scheme; `null` for a text of another form. */
export function numberOf(position: Position): number | null {
  const [, number] = /^[a-z]+\.([1-9]\d{0,15})\.[0-9a-f]{16}$/.exec(position) ?? [];
  return number === undefined ? null : Number(number);
}

/** Where a position stands among others of its log: 0 for `null`, the beginning, and for a text of another form. */
export function orderOf(position: Position | null): number {
  return position === null ? 0 : (numberOf(position) ?? 0);
}

/** The error for a position that this store never gave, or gave on a timeline it has left. */
export function foreignPosition(expected: string): StreamError {
  return new StreamError(
    'ERR_POSITION_FOREIGN',
    `expected ${expected}, found one of another store or of a timeline it has left`,
  );
}

/** The error for a position past the last event. */
export function positionBeyondHead(number: number, head: number): StreamError {
  return new StreamError(
    'ERR_POSITION_BEYOND_HEAD',
    `expected a position up to ${head}, found ${number}`,
  );
}
