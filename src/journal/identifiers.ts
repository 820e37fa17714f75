import { v5 as uuidv5 } from 'uuid';
import { Uln, ulnCheckDigit } from '../../domain/values/uln.js';
import type { Vault } from '../../streams/vault/vault.js';

/** The namespace of event ids. Part of the format. */
const EVENT_NAMESPACE = 'e2c535ef-4444-40d6-ab0a-5c7eb4ee2fde';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const TAG_CHARACTERS = 26;

/** The id of the event that a command records as its `index`-th: a retry of the command makes the same. */
export function eventId(place: {
  readonly caller: string;
  readonly commandId: string;
  readonly stream: string;
  readonly index: number;
}): string {
  const { caller, commandId, stream, index } = place;
  return uuidv5(`${caller}\n${commandId}\n${stream}\n${index}`, EVENT_NAMESPACE);
}

/** The id of the command with which the ledger itself ends what another command began. */
export function followUpCommandId(commandId: string, step: string): string {
  return uuidv5(step, commandId);
}

/** The id of the command that records the end of a master: the same from whichever process records it. */
export function rotationCommandId(master: string): string {
  return uuidv5(`rotation ${master}`, EVENT_NAMESPACE);
}

/** The stream of a ULN under one generation of the index key: `learner-<generation><tag>`. */
export function learnerStream(vault: Vault, generation: number, uln: Uln): string {
  const hmac = vault.indexHmac(generation, 'learner\n', uln);
  return `learner-${generation}${base32(hmac).slice(0, TAG_CHARACTERS)}`;
}

/** The tag of a learner's stream: what stands for the ULN wherever a ULN must not stand. */
export function tagOf(stream: string): string {
  return stream.slice('learner-'.length);
}

/**
 * The ULN that a registration tries as its `attempt`-th, from 0: derived from the request, so that a
 * repeated request meets its own stream, and keyed, so that nobody can guess or count. `null` for the
 * one prefix in eleven that has no check digit.
 */
export function candidateUln(
  vault: Vault,
  request: {
    readonly generation: number;
    readonly caller: string;
    readonly commandId: string;
    readonly attempt: number;
  },
): Uln | null {
  const { generation, caller, commandId, attempt } = request;
  const hmac = vault.indexHmac(generation, `uln\n${caller}\n${commandId}\n${attempt}`);
  const prefix = String(100_000_000n + (hmac.readBigUInt64BE() % 900_000_000n));
  const checkDigit = ulnCheckDigit(prefix);
  const uln = Uln.safeParse(`${prefix}${checkDigit}`);
  return uln.success ? uln.data : null;
}

/**
 * The command id of row `row` (from 1) of an imported file with the SHA-256 `digest`, so that the
 * same file sent twice is the same commands. Keyed, because command ids stand in clear and an unkeyed
 * digest of a row would be a digest of a date of birth.
 */
export function importCommandId(
  vault: Vault,
  row: { readonly caller: string; readonly digest: Uint8Array; readonly row: number },
): string {
  const [generation = 1] = vault.indexGenerations();
  const hmac = vault.indexHmac(generation, `import\n${row.caller}\n`, row.digest, `\n${row.row}`);
  return uuidOf(hmac);
}

/**
 * The id of a command that is not to be told from its name: command ids stand in clear. `label` keeps
 * the uses of one name apart.
 */
export function keyedCommandId(vault: Vault, label: string, name: string): string {
  const [generation = 1] = vault.indexGenerations();
  return uuidOf(vault.indexHmac(generation, label, name));
}

function uuidOf(hmac: Buffer): string {
  const bytes = hmac.subarray(0, 16);
  // UUIDv8 (RFC 9562): version and variant bits over bytes of our own making.
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/**
 * The stream for the held rows of one block of an imported file: `import-<generation><tag>-<block>`,
 * the same whenever the same caller sends the same file, and as little of it to be guessed.
 */
export function importStream(
  vault: Vault,
  file: {
    readonly kind: string;
    readonly caller: string;
    readonly digest: Uint8Array;
    readonly block: number;
  },
): string {
  const [generation = 1] = vault.indexGenerations();
  const hmac = vault.indexHmac(
    generation,
    `import-stream\n${file.kind}\n${file.caller}\n`,
    file.digest,
  );
  return `import-${generation}${base32(hmac).slice(0, TAG_CHARACTERS)}-${file.block}`;
}

/** The sealed stream of a person who acts for an organisation: `user-<generation><tag>`. */
export function personStream(vault: Vault, ukprn: string, user: string): string {
  const [generation = 1] = vault.indexGenerations();
  // User ids that differ in capitals alone are one person to most systems that give them.
  const hmac = vault.indexHmac(generation, `user\n${ukprn}\n${user.toLowerCase()}`);
  return `user-${generation}${base32(hmac).slice(0, TAG_CHARACTERS)}`;
}

/** A keyed digest of what was searched for: equal for equal searches, and nothing can be learnt from it. */
export function searchDigest(vault: Vault, canonical: string): string {
  const [generation = 1] = vault.indexGenerations();
  return base32(vault.indexHmac(generation, `search\n${canonical}`)).slice(0, TAG_CHARACTERS);
}

/** Bytes in the small letters and digits of RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
  }
  return text;
}
