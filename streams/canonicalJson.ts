import serialize from 'canonicalize';
import { StreamError } from './errors.js';

/** A JSON value the ledger can hold: no fractions, no numbers that a double cannot hold exactly. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * Canonical JSON (RFC 8785). Throws `ERR_VALUE_NOT_STORABLE` for anything but strings, safe
 * integers, booleans, `null`, arrays and plain objects, and for lone surrogates.
 */
export function canonicalize(value: unknown): string {
  checkStorable(value);
  try {
    const text = serialize(value);
    if (text !== undefined) {
      return text;
    }
  } catch (cause) {
    throw new StreamError(
      'ERR_VALUE_NOT_STORABLE',
      'expected text without broken surrogates, found one',
      { cause },
    );
  }
  throw notStorable('undefined');
}

function checkStorable(value: unknown): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return;
  }
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) {
      throw notStorable('a number that is none');
    }
    return;
  }
  if (Array.isArray(value)) {
    value.forEach(checkStorable);
    return;
  }
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    throw notStorable(`a value of type ${typeof value}`);
  }
  Object.values(value).forEach(checkStorable);
}

function notStorable(found: string): StreamError {
  return new StreamError(
    'ERR_VALUE_NOT_STORABLE',
    `expected strings, safe integers, booleans, null, arrays and plain objects, found ${found}`,
  );
}
