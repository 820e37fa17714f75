import { createHmac } from 'node:crypto';
import { Uln } from '../../domain/values/uln.js';
import {
  candidateUln,
  eventId,
  importCommandId,
  learnerStream,
} from '../../src/journal/identifiers.js';
import { canonicalize } from '../../streams/canonicalJson.js';
import { eventHash, type Header, headerText, SUITE } from '../../streams/envelope.js';
import {
  commitClear,
  commitFields,
  digestOf,
  disclosureOf,
  eventKeyOf,
  type Fields,
  saltedValues,
  sealFields,
} from '../../streams/sealing.js';
import { wrapKey } from '../../streams/vault/keyWrap.js';
import type { Vault } from '../../streams/vault/vault.js';

const LEDGER = 'ledger.example/vectors';
const COMMAND = '0b7c9a52-6f0e-4c4e-8f55-0a6d5f1f7d01';
const CALLER = 'organisation:10000003';

const indexKey = bytes(0x00);
const streamKeys = [bytes(0x40), bytes(0x80)];

/** Only the index key of a vault, as names and ids need it. */
const vault = {
  indexGenerations: () => [1],
  indexHmac: (_: number, ...parts: readonly (string | Uint8Array)[]) =>
    parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', indexKey)).digest(),
} as unknown as Vault;

/** Every vector of `docs/format.md`, from fixed inputs: what the page must show. */
export function formatVectors() {
  const uln = Uln.parse('1000000043');
  const stream = learnerStream(vault, 1, uln);
  const recorded = sealedVector(stream, 1, null, 0, 'AchievementRecorded', achievement);
  const salted = saltedValues(hex(recorded.seed), recorded.fields);
  const { grade, ...kept } = salted;
  const redacted = sealedVector(stream, 2, recorded.eventHash, 1, 'SensitiveDataRedacted', {
    ...keeper,
    order: '3f1c2f5e-93a5-4f43-9a7e-1d6c9a0b7e11',
    on: '2026-03-01T10:00:00.000Z',
    basis: 'recorded-in-error',
    target: recorded.id,
    digests: { grade: digestOf(disclosureOf('grade', grade ?? ['', null])) },
    drops: [],
  });
  const resealed = sealedVector(stream, 3, redacted.eventHash, 1, 'FieldsResealed', {
    ...keeper,
    target: recorded.id,
    kept,
  });
  return {
    names: {
      indexKey: indexKey.toString('hex'),
      uln,
      stream,
      candidateUlns: [0, 1, 2].map((attempt) =>
        candidateUln(vault, { generation: 1, caller: CALLER, commandId: COMMAND, attempt }),
      ),
      importedRow: {
        digest: bytes(0xc0).toString('hex'),
        row: 1,
        commandId: importCommandId(vault, { caller: CALLER, digest: bytes(0xc0), row: 1 }),
      },
      eventId: eventId({ caller: CALLER, commandId: COMMAND, stream, index: 0 }),
    },
    sealed: [recorded, redacted, resealed],
    clear: [
      clearVector('ledger', 'LedgerCreated', { ...keeper, origin: LEDGER }),
      clearVector('erasure-2026', 'RedactionOrdered', {
        _organisation: '10000001',
        _purpose: 'data-protection',
        _user: 'officer2',
        order: '3f1c2f5e-93a5-4f43-9a7e-1d6c9a0b7e11',
        stream,
        targets: [{ event: recorded.id, fields: ['grade'] }],
        basis: 'recorded-in-error',
        approvedBy: 'officer2@10000001',
      }),
    ],
    wrapping: {
      wrappingKey: bytes(0x00).toString('hex'),
      key: bytes(0x40).toString('hex'),
      wrapped: wrapKey(bytes(0x00), bytes(0x40)).toString('hex'),
    },
  };
}

const keeper = { _organisation: null, _purpose: 'data-protection', _user: null } as const;

const achievement: Fields = {
  _organisation: '10000003',
  _purpose: 'achievement-reporting',
  _user: 'awards',
  achievementId: 'A-1',
  submittedBy: '10000003',
  standing: 'final',
  source: 'AO',
  subjectCode: '601/0143/X',
  level: 'Level 3',
  collectionType: null,
  returnNumber: null,
  achievementAwardDate: '2021-07-09',
  awardingOrganisation: null,
  credits: 12,
  languageForAssessment: 'CYM',
  subject: 'Addysg a Hyfforddiant – Lefel Tri',
  qualificationType: null,
  learningProvider: null,
  learningProviderName: null,
  awardingOrganisationName: null,
  grade: 'Pass',
};

function sealedVector(
  stream: string,
  version: number,
  prev: string | null,
  key: 0 | 1,
  type: string,
  fields: Fields,
) {
  const seed = bytes(0x20 + version);
  const nonce = bytes(0x60 + version).subarray(0, 12);
  const committed = commitFields(fields, seed);
  const id = eventId({ caller: CALLER, commandId: COMMAND, stream, index: version - 1 });
  const header = headerText(
    headerOf({ stream, version, prev, key, type, id }, committed.commitment),
  );
  const hash = eventHash(header);
  const streamKey = streamKeys[key] ?? Buffer.alloc(0);
  const eventKey = eventKeyOf(streamKey, id);
  const salted = Object.entries(saltedValues(seed, fields)).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return {
    type,
    id,
    fields,
    seed: seed.toString('hex'),
    disclosures: salted.map(([name, value]) => {
      const disclosure = disclosureOf(name, value);
      return { name, salt: value[0], disclosure, digest: digestOf(disclosure) };
    }),
    commitment: committed.commitment,
    header,
    eventHash: hash.toString('base64url'),
    streamKey: streamKey.toString('hex'),
    eventKey: eventKey.toString('hex'),
    nonce: nonce.toString('hex'),
    data: sealFields(committed, eventKey, hash, nonce).toString('hex'),
  };
}

function clearVector(stream: string, type: string, fields: Fields) {
  const data = canonicalize(fields);
  const commitment = commitClear(Buffer.from(data));
  const id = eventId({ caller: 'keeper', commandId: COMMAND, stream, index: 0 });
  const header = headerText(
    headerOf({ stream, version: 1, prev: null, key: null, type, id }, commitment),
  );
  return { type, data, commitment, header, eventHash: eventHash(header).toString('base64url') };
}

function headerOf(
  place: Pick<Header, 'stream' | 'version' | 'prev' | 'key' | 'type' | 'id'>,
  commitment: string,
): Header {
  return {
    ...place,
    at: '2026-03-01T10:00:00.000Z',
    causation: COMMAND,
    commitment,
    correlation: COMMAND,
    ledger: LEDGER,
    schema: 1,
    suite: SUITE,
  };
}

function bytes(first: number): Buffer {
  return Buffer.from(Array.from({ length: 32 }, (_, index) => (first + index) & 0xff));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}
