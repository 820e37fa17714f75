import { createCipheriv, createDecipheriv, randomBytes, randomInt } from 'node:crypto';
import type { CodeHash } from '../../domain/learner/configuredView/events.js';
import type { Vault } from '../../streams/vault/vault.js';

/** Which view a link names. */
export type ViewPlace = { readonly stream: string; readonly viewId: string };

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Digits and capitals without those that are mistaken for each other (0 O, 1 I L, U V). */
const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTWXYZ';
/** 16 characters of 29 are 77 bits: nobody guesses that in five tries. */
const CODE_CHARACTERS = 16;

/**
 * The link of a view, `v<generation>.<reference>`: stream and view id, encrypted under a key of the
 * vault. The nonce is derived from both, so that a view has one link; two views of one learner have
 * links that nobody without the vault can tell apart from those of two learners.
 */
export function viewLink(vault: Vault, { stream, viewId }: ViewPlace): string {
  const [generation = 1] = vault.indexGenerations();
  const plain = `${stream}\n${viewId}`;
  const nonce = vault.indexHmac(generation, 'view-link-nonce/v1\n', plain).subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', linkKey(vault, generation), nonce);
  const sealed = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `v${generation}.${sealed.toString('base64url')}`;
}

/** Which view a link names; `null` for anything that this ledger did not make. */
export function readViewLink(vault: Vault, link: string): ViewPlace | null {
  const [, digits = '', reference = ''] = /^v(\d{1,3})\.([A-Za-z0-9_-]{1,500})$/.exec(link) ?? [];
  const generation = Number(digits);
  const sealed = Buffer.from(reference, 'base64url');
  const isOurs =
    vault.indexGenerations().includes(generation) &&
    sealed.length > NONCE_BYTES + TAG_BYTES &&
    // Bits that decoding drops would make a second spelling of the same link.
    sealed.toString('base64url') === reference;
  if (!isOurs) {
    return null;
  }
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', linkKey(vault, generation), nonce, {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plain = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
  try {
    const [stream = '', viewId = ''] = Buffer.concat([plain, decipher.final()])
      .toString()
      .split('\n');
    return { stream, viewId };
  } catch {
    return null;
  }
}

/** A new one-time code, four groups of four characters. */
export function newViewCode(): string {
  const characters = Array.from({ length: CODE_CHARACTERS }, () =>
    CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length)),
  );
  return characters.join('').replaceAll(/(.{4})(?!$)/g, '$1-');
}

/** What is recorded of a new code: a salt and the digest. */
export function hashNewCode(vault: Vault, place: ViewPlace, code: string): CodeHash {
  return hashCode(vault, place, code, randomBytes(16).toString('base64url'));
}

/**
 * The digest of a code under the salt of the one recorded. It is keyed, so that whoever reads the
 * history cannot try codes; capitals, spaces and hyphens make no difference.
 */
export function hashCode(
  vault: Vault,
  { stream, viewId }: ViewPlace,
  code: string,
  salt: string,
): CodeHash {
  const generation = Number(/^learner-(\d)/.exec(stream)?.[1]);
  const plain = code.toUpperCase().replaceAll(/[\s-]/g, '');
  const digest = vault.indexHmac(generation, 'view-code/v1\n', viewId, `\n${salt}\n`, plain);
  return { salt, digest: digest.toString('base64url') };
}

function linkKey(vault: Vault, generation: number): Buffer {
  return vault.indexHmac(generation, 'view-link/v1\n');
}
