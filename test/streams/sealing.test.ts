import { createHash, randomBytes } from 'node:crypto';
import { SDJwtInstance } from '@sd-jwt/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalize } from '../../streams/canonicalJson.js';
import {
  commitFields,
  commitmentOf,
  digestOf,
  disclosureOf,
  type Fields,
  openFields,
  saltedValues,
  sealFields,
} from '../../streams/sealing.js';

const fields: Fields = { grade: 'Merit', credits: 12, subject: null, tags: ['a', { b: true }] };
const eventKey = randomBytes(32);
const eventHash = randomBytes(32);

const name = fc
  .stringMatching(/^[a-z_][A-Za-z0-9_]{0,8}$/)
  .filter((text) => !/^(_sd|_sd_alg|iss|sub|aud|iat|nbf|exp|jti|cnf|vct|status)$/.test(text));
const value = fc.letrec((tie) => ({
  json: fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json'), { maxLength: 3 }),
    fc.dictionary(name, tie('json'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).json as fc.Arbitrary<Fields[string]>;
const anyFields = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true });

describe('sealed fields', () => {
  test('open to what was sealed, in any shape', () => {
    fc.assert(
      fc.property(anyFields, (some) => {
        const data = sealFields(commitFields(some), eventKey, eventHash);
        expect(canonicalize(openFields(data, eventKey, eventHash).fields)).toBe(canonicalize(some));
      }),
    );
  });

  test('commit to the same when they are committed again under the seed they carry', () => {
    fc.assert(
      fc.property(anyFields, (some) => {
        const committed = commitFields(some);
        const { seed, fields: opened } = openFields(
          sealFields(committed, eventKey, eventHash),
          eventKey,
          eventHash,
        );
        expect(commitFields(opened, seed).commitment).toBe(committed.commitment);
      }),
    );
  });

  test('commit to the same from the digests of their salted values', () => {
    const committed = commitFields(fields);
    const digests = Object.entries(saltedValues(committed.seed, fields)).map(([key, salted]) =>
      digestOf(disclosureOf(key, salted)),
    );
    expect(commitmentOf(digests)).toBe(committed.commitment);
  });

  test('have another commitment every time, so that equal data does not show', () => {
    expect(commitFields(fields).commitment).not.toBe(commitFields(fields).commitment);
  });

  test('hide their length within 64 bytes', () => {
    const lengths = [1, 2, 3, 10].map(
      (count) => sealFields(commitFields({ a: 'x'.repeat(count) }), eventKey, eventHash).length,
    );
    expect(new Set(lengths).size).toBe(1);
  });

  test.each([
    ['the nonce', 0],
    ['the ciphertext', 30],
    ['the tag', -1],
  ])('do not open when %s was altered', (_, index) => {
    const data = sealFields(commitFields(fields), eventKey, eventHash);
    const at = index < 0 ? data.length + index : index;
    data.writeUInt8(data.readUInt8(at) ^ 1, at);
    expect(() => openFields(data, eventKey, eventHash)).toThrow(
      expect.objectContaining({ code: 'ERR_DATA_UNREADABLE' }),
    );
  });

  test.each([
    ['another key', randomBytes(32), eventHash],
    ['another header', eventKey, randomBytes(32)],
  ])('do not open under %s', (_, key, hash) => {
    const data = sealFields(commitFields(fields), eventKey, eventHash);
    expect(() => openFields(data, key, hash)).toThrow(
      expect.objectContaining({ code: 'ERR_DATA_UNREADABLE' }),
    );
  });

  test.each([
    ['a fraction', { a: 1.5 }],
    ['a number no double holds', { a: 2 ** 53 }],
    ['a broken surrogate', { a: '\ud800' }],
    ['a date object', { a: new Date(0) }],
    ['nothing', { a: undefined }],
    ['a reserved name', { exp: 1 }],
    ['a name with a capital first', { Grade: 'A' }],
    ['a name with a quote', { 'a"b': 1 }],
  ])('refuse %s', (_, some) => {
    expect(() => commitFields(some as unknown as Fields)).toThrow(
      expect.objectContaining({ code: 'ERR_VALUE_NOT_STORABLE' }),
    );
  });
});

test('disclosures are accepted by an SD-JWT library of another author', async () => {
  const committed = commitFields(fields);
  const disclosures = Object.entries(saltedValues(committed.seed, fields)).map(([key, salted]) =>
    disclosureOf(key, salted),
  );
  const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'sd-jwt' })).toString('base64url');
  const payload = Buffer.from(
    JSON.stringify({ _sd: disclosures.map(digestOf).sort(), _sd_alg: 'sha-256' }),
  ).toString('base64url');
  const signature = Buffer.from('unsigned').toString('base64url');
  const library = new SDJwtInstance({
    hasher: async (data: string | ArrayBuffer) =>
      createHash('sha256')
        .update(typeof data === 'string' ? data : Buffer.from(data))
        .digest(),
    hashAlg: 'sha-256',
    verifier: async () => true,
  });
  const compact = `${header}.${payload}.${signature}~${disclosures.join('~')}~`;
  const { payload: disclosed } = await library.verify(compact);
  expect(disclosed).toEqual(fields);
});
