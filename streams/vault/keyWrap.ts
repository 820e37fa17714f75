import { createCipheriv, createDecipheriv } from 'node:crypto';
import { StreamError } from '../errors.js';

/** Every key of the ledger is this long. */
export const KEY_BYTES = 32;

const ALGORITHM = 'id-aes256-wrap';
// The initial value that RFC 3394 prescribes; unwrapping checks it.
const INITIAL_VALUE = Buffer.alloc(8, 0xa6);

/** Wraps a key under another by AES-256-KW (RFC 3394): 32 bytes become 40. */
export function wrapKey(wrappingKey: Uint8Array, key: Uint8Array): Buffer {
  const cipher = createCipheriv(ALGORITHM, wrappingKey, INITIAL_VALUE);
  return Buffer.concat([cipher.update(key), cipher.final()]);
}

/** Unwraps a key. Throws `ERR_MASTER_MISMATCH` when it was wrapped under another. */
export function unwrapKey(wrappingKey: Uint8Array, wrapped: Uint8Array): Buffer {
  try {
    const decipher = createDecipheriv(ALGORITHM, wrappingKey, INITIAL_VALUE);
    return Buffer.concat([decipher.update(wrapped), decipher.final()]);
  } catch (cause) {
    throw new StreamError(
      'ERR_MASTER_MISMATCH',
      'expected a key wrapped under the one at hand, found one wrapped under another',
      { cause },
    );
  }
}
