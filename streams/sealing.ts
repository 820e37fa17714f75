import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  randomFillSync,
} from 'node:crypto';
import { canonicalize, type JsonValue } from './canonicalJson.js';
import { StreamError } from './errors.js';

/** The fields of one event by name: the unit of redaction and of disclosure is one field. */
export type Fields = { readonly [name: string]: JsonValue };

/** A field with the salt it is committed under: 32 bytes in base64url, and its value. */
export type SaltedValue = readonly [salt: string, value: JsonValue];

/** Fields committed to, before they are encrypted. */
export type CommittedFields = {
  /** 32 random bytes from which every salt is derived. */
  readonly seed: Uint8Array;
  /** 32 bytes in base64url, for the header. */
  readonly commitment: string;
  /** Canonical JSON of the fields. */
  readonly json: string;
};

const SALTS_LABEL = 'salts/v1';
const FIELDS_LABEL = 'learning-record-ledger/fields/v1\n';
const CLEAR_LABEL = 'learning-record-ledger/clear/v1\n';
const EVENT_KEY_LABEL = 'event-key/v1\n';
const FIELD_NAME = /^[a-z_][A-Za-z0-9_]*$/;
// An SD-JWT library would let a disclosure of one of these override the issuer's own claim.
const RESERVED = new Set('_sd _sd_alg iss sub aud iat nbf exp jti cnf vct status'.split(' '));
const SEED_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;
const PADDING_BYTES = 64;

/**
 * Commits to the fields of one event under salts that a fresh seed gives. Throws
 * `ERR_VALUE_NOT_STORABLE` for a name or value that the format does not allow.
 */
export function commitFields(fields: Fields, seed: Uint8Array = randomSeed()): CommittedFields {
  const names = sortedNames(fields);
  const salts = saltsOf(seed, names.length);
  const values = names.map((name) => canonicalize(fields[name]));
  const digests = names.map((name, index) =>
    digestOf(disclosureText(salts[index] ?? '', name, values[index] ?? '')),
  );
  return {
    seed,
    commitment: commitmentOf(digests),
    json: `{${names.map((name, index) => `"${name}":${values[index]}`).join(',')}}`,
  };
}

/** The commitment of a public event: over its data bytes as they are stored. */
export function commitClear(data: Uint8Array): string {
  return createHash('sha256').update(CLEAR_LABEL).update(data).digest('base64url');
}

/** The commitment over the digests of all fields, in any order. */
export function commitmentOf(digests: readonly string[]): string {
  const text = FIELDS_LABEL + [...digests].sort().join('\n');
  return createHash('sha256').update(text).digest('base64url');
}

/** Every field with the salt that the seed gives it. */
export function saltedValues(seed: Uint8Array, fields: Fields): Record<string, SaltedValue> {
  const names = sortedNames(fields);
  const salts = saltsOf(seed, names.length);
  return Object.fromEntries(
    names.map((name, index) => [name, [salts[index] ?? '', fields[name] ?? null]]),
  );
}

/** The Disclosure of one field, as RFC 9901 (SD-JWT) section 4.2.1 has it: base64url of `[salt, name, value]`. */
export function disclosureOf(name: string, [salt, value]: SaltedValue): string {
  return disclosureText(salt, name, canonicalize(value));
}

/** The digest of a Disclosure: SHA-256 in base64url. */
export function digestOf(disclosure: string): string {
  return createHash('sha256').update(disclosure).digest('base64url');
}

/** The key of one event under its stream's key: 32 bytes. */
export function eventKeyOf(streamKey: Uint8Array, eventId: string): Buffer {
  return createHmac('sha256', streamKey).update(EVENT_KEY_LABEL).update(eventId).digest();
}

/** The data of a sealed event: nonce, ciphertext and tag, bound to the event's hash. */
export function sealFields(
  committed: CommittedFields,
  eventKey: Uint8Array,
  eventHash: Uint8Array,
  nonce: Uint8Array = randomFillSync(Buffer.alloc(NONCE_BYTES)),
): Buffer {
  const json = Buffer.from(committed.json);
  const plain = Buffer.alloc(paddedLength(json.length));
  plain.writeUInt32BE(SEED_BYTES + json.length);
  plain.set(committed.seed, LENGTH_BYTES);
  json.copy(plain, LENGTH_BYTES + SEED_BYTES);
  const cipher = createCipheriv('aes-256-gcm', eventKey, nonce).setAAD(eventHash);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Opens the data of a sealed event. Throws `ERR_DATA_UNREADABLE` when key, hash and bytes do not
 * belong together, or the padding is not the one the format prescribes.
 */
export function openFields(
  data: Uint8Array,
  eventKey: Uint8Array,
  eventHash: Uint8Array,
): { readonly seed: Uint8Array; readonly fields: Fields } {
  const plain = decrypt(data, eventKey, eventHash);
  const length = plain.length < LENGTH_BYTES + SEED_BYTES ? 0 : plain.readUInt32BE();
  const end = LENGTH_BYTES + length;
  if (
    length < SEED_BYTES ||
    plain.length !== paddedLength(length - SEED_BYTES) ||
    plain.subarray(end).some((byte) => byte !== 0)
  ) {
    throw new StreamError(
      'ERR_DATA_UNREADABLE',
      'expected sealed data with the padding of the format, found another',
    );
  }
  return {
    seed: plain.subarray(LENGTH_BYTES, LENGTH_BYTES + SEED_BYTES),
    // Sound: authenticated bytes, written by `sealFields` from canonical JSON of an object.
    fields: JSON.parse(plain.toString('utf8', LENGTH_BYTES + SEED_BYTES, end)) as Fields,
  };
}

function decrypt(data: Uint8Array, eventKey: Uint8Array, eventHash: Uint8Array): Buffer {
  try {
    const tagStart = data.length - TAG_BYTES;
    const decipher = createDecipheriv('aes-256-gcm', eventKey, data.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(eventHash).setAuthTag(data.subarray(tagStart));
    return Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, tagStart)), decipher.final()]);
  } catch (cause) {
    throw new StreamError(
      'ERR_DATA_UNREADABLE',
      'expected sealed data that belongs to its header and key, found other bytes',
      { cause },
    );
  }
}

function paddedLength(jsonBytes: number): number {
  return Math.ceil((LENGTH_BYTES + SEED_BYTES + jsonBytes) / PADDING_BYTES) * PADDING_BYTES;
}

/** Names in UTF-16 code-unit order, as RFC 8785 sorts them, after checking that the format allows them. */
function sortedNames(fields: Fields): readonly string[] {
  const names = Object.keys(fields).sort();
  const refused = names.find((name) => !FIELD_NAME.test(name) || RESERVED.has(name));
  if (refused !== undefined) {
    throw new StreamError(
      'ERR_VALUE_NOT_STORABLE',
      `expected field names of letters and digits that SD-JWT does not reserve, found "${refused}"`,
    );
  }
  return names;
}

function saltsOf(seed: Uint8Array, count: number): readonly string[] {
  const bytes = createHash('shake256', { outputLength: Math.max(count, 1) * SEED_BYTES })
    .update(seed)
    .update(SALTS_LABEL)
    .digest();
  return Array.from({ length: count }, (_, index) =>
    bytes.toString('base64url', index * SEED_BYTES, (index + 1) * SEED_BYTES),
  );
}

function disclosureText(salt: string, name: string, valueJson: string): string {
  return Buffer.from(`["${salt}","${name}",${valueJson}]`).toString('base64url');
}

const SEEDS_PER_POOL = 256;
const pool = Buffer.alloc(SEEDS_PER_POOL * SEED_BYTES);
let nextSeed = SEEDS_PER_POOL;

// One call for random bytes per event would cost more than its hash.
function randomSeed(): Uint8Array {
  if (nextSeed === SEEDS_PER_POOL) {
    randomFillSync(pool);
    nextSeed = 0;
  }
  const start = nextSeed * SEED_BYTES;
  nextSeed += 1;
  const seed = Buffer.from(pool.subarray(start, start + SEED_BYTES));
  pool.fill(0, start, start + SEED_BYTES);
  return seed;
}
