import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatVectors } from './formatVectors.js';

// A second implementation, from `docs/format.md` alone: it shares no code with the product.

type Disclosure = { name: string; salt: string; disclosure: string; digest: string };
type Sealed = {
  type: string;
  id: string;
  fields: Record<string, unknown>;
  seed: string;
  disclosures: Disclosure[];
  commitment: string;
  header: string;
  eventHash: string;
  streamKey: string;
  eventKey: string;
  nonce: string;
  data: string;
};
type Clear = { type: string; data: string; commitment: string; header: string; eventHash: string };

const page = readFileSync(new URL('../../docs/format.md', import.meta.url), 'utf8');
const block = /<!-- vectors -->\s*```json\n([\s\S]*?)\n```/.exec(page)?.[1] ?? '{}';
const vectors = JSON.parse(block) as ReturnType<typeof formatVectors>;
const sealed = vectors.sealed as unknown as Sealed[];
const clear = vectors.clear as unknown as Clear[];

const sha256 = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const hex = (text: string) => Buffer.from(text, 'hex');

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(sortedJson).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
    return `{${fields.map(([name, part]) => `${JSON.stringify(name)}:${sortedJson(part)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

test('the page shows what the product computes', () => {
  expect(JSON.parse(JSON.stringify(formatVectors()))).toEqual(vectors);
});

describe.each(sealed.map((vector) => [vector.type, vector] as const))('sealed %s', (_, vector) => {
  const names = Object.keys(vector.fields).sort();

  test('has its salts from the seed', () => {
    const salts = createHash('shake256', { outputLength: 32 * names.length })
      .update(hex(vector.seed))
      .update('salts/v1')
      .digest();
    const expected = names.map((name, index) => [
      name,
      salts.subarray(index * 32, index * 32 + 32).toString('base64url'),
    ]);
    expect(vector.disclosures.map(({ name, salt }) => [name, salt])).toEqual(expected);
  });

  test('has its disclosures and digests as RFC 9901 says', () => {
    for (const { name, salt, disclosure, digest } of vector.disclosures) {
      const json = `["${salt}","${name}",${sortedJson(vector.fields[name])}]`;
      expect(Buffer.from(disclosure, 'base64url').toString()).toBe(json);
      expect(sha256(disclosure).toString('base64url')).toBe(digest);
    }
  });

  test('commits to the sorted digests', () => {
    const digests = vector.disclosures.map(({ digest }) => digest).sort();
    const commitment = sha256('learning-record-ledger/fields/v1\n', digests.join('\n'));
    expect(vector.commitment).toBe(commitment.toString('base64url'));
    expect(JSON.parse(vector.header)).toMatchObject({ commitment: vector.commitment });
  });

  test('has the hash of its exact header', () => {
    expect(sortedJson(JSON.parse(vector.header))).toBe(vector.header);
    const hash = sha256('learning-record-ledger/event/v1\n', vector.header);
    expect(vector.eventHash).toBe(hash.toString('base64url'));
  });

  test('has its data encrypted under the event key, bound to the hash', () => {
    const eventKey = createHmac('sha256', hex(vector.streamKey))
      .update(`event-key/v1\n${vector.id}`)
      .digest();
    expect(vector.eventKey).toBe(eventKey.toString('hex'));
    const data = hex(vector.data);
    const decipher = createDecipheriv('aes-256-gcm', eventKey, hex(vector.nonce));
    decipher.setAAD(Buffer.from(vector.eventHash, 'base64url')).setAuthTag(data.subarray(-16));
    const plain = Buffer.concat([decipher.update(data.subarray(12, -16)), decipher.final()]);
    const json = sortedJson(vector.fields);
    const length = 32 + Buffer.byteLength(json);
    expect(data.subarray(0, 12).toString('hex')).toBe(vector.nonce);
    expect(plain.length).toBe(Math.ceil((4 + length) / 64) * 64);
    expect(plain.readUInt32BE()).toBe(length);
    expect(plain.subarray(4, 36).toString('hex')).toBe(vector.seed);
    expect(plain.subarray(36, 4 + length).toString()).toBe(json);
    expect(plain.subarray(4 + length).every((byte) => byte === 0)).toBe(true);
  });
});

describe.each(clear.map((vector) => [vector.type, vector] as const))('clear %s', (_, vector) => {
  test('commits to its data bytes and has the hash of its header', () => {
    const commitment = sha256('learning-record-ledger/clear/v1\n', vector.data);
    expect(vector.commitment).toBe(commitment.toString('base64url'));
    expect(JSON.parse(vector.header)).toMatchObject({ commitment: vector.commitment, key: null });
    const hash = sha256('learning-record-ledger/event/v1\n', vector.header);
    expect(vector.eventHash).toBe(hash.toString('base64url'));
  });
});

describe('names', () => {
  const { names } = vectors;
  const hmac = (...parts: (string | Buffer)[]) =>
    parts
      .reduce((mac, part) => mac.update(part), createHmac('sha256', hex(names.indexKey)))
      .digest();

  test('a stream is the base32 tag of its ULN', () => {
    const bits = [...hmac('learner\n', names.uln)]
      .map((byte) => byte.toString(2).padStart(8, '0'))
      .join('');
    const tag = Array.from({ length: 26 }, (_, index) =>
      'abcdefghijklmnopqrstuvwxyz234567'.charAt(
        Number.parseInt(bits.slice(index * 5, index * 5 + 5), 2),
      ),
    ).join('');
    expect(names.stream).toBe(`learner-1${tag}`);
  });

  test('candidate ULNs come from the request', () => {
    const candidates = [0, 1, 2].map((attempt) => {
      const mac = hmac(
        `uln\norganisation:10000003\n0b7c9a52-6f0e-4c4e-8f55-0a6d5f1f7d01\n${attempt}`,
      );
      const prefix = String(100_000_000n + (mac.readBigUInt64BE() % 900_000_000n));
      const sum = [...prefix].reduce((total, digit, i) => total + Number(digit) * (10 - i), 0);
      return sum % 11 === 0 ? null : `${prefix}${10 - (sum % 11)}`;
    });
    expect(names.candidateUlns).toEqual(candidates);
  });

  test('the command of an imported row is a UUIDv8 of file and row', () => {
    const { digest, row, commandId } = names.importedRow;
    const mac = hmac('import\norganisation:10000003\n', hex(digest), `\n${row}`).subarray(0, 16);
    mac[6] = ((mac[6] ?? 0) & 0x0f) | 0x80;
    mac[8] = ((mac[8] ?? 0) & 0x3f) | 0x80;
    expect(commandId.replaceAll('-', '')).toBe(mac.toString('hex'));
  });

  test('an event id is a UUIDv5 of caller, command, stream and index', () => {
    const namespace = hex('e2c535ef444440d6ab0a5c7eb4ee2fde');
    const name = `organisation:10000003\n0b7c9a52-6f0e-4c4e-8f55-0a6d5f1f7d01\n${names.stream}\n0`;
    const digest = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
    digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
    digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
    expect(names.eventId.replaceAll('-', '')).toBe(digest.toString('hex'));
  });
});

test('keys are wrapped by AES-256-KW (RFC 3394)', () => {
  const { wrappingKey, key, wrapped } = vectors.wrapping;
  const cipher = createCipheriv('id-aes256-wrap', hex(wrappingKey), Buffer.alloc(8, 0xa6));
  expect(Buffer.concat([cipher.update(hex(key)), cipher.final()]).toString('hex')).toBe(wrapped);
});
