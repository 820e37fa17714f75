import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import type { Subscriber } from '../../domain/subscriber/subscriber.js';
import type { Vault } from '../../streams/vault/vault.js';
import { base32 } from '../journal/identifiers.js';

/** An event by its place, as a `dataref` holds it. */
const EventPlace = z.strictObject({
  stream: z.string(),
  version: z.int().min(1),
  id: z.uuid(),
});
type EventPlace = z.infer<typeof EventPlace>;

/** The references of one subscriber, which mean nothing to anybody else. */
export type References = {
  /** Stands for a learner's stream in every message. */
  readonly learner: (stream: string) => string;
  /** Stands for an entry of a learner. */
  readonly entry: (stream: string, key: string) => string;
  /** What the particulars of an event are fetched with: the same whenever it is made. */
  readonly dataref: (place: EventPlace) => string;
  /** The event that a dataref is of. Throws `ERR_INPUT_INVALID` for one of another subscriber, or none. */
  readonly placeOf: (dataref: string) => EventPlace;
};

const PREFIX = 'plr:event:';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const REFERENCE_CHARACTERS = 26;

/** Makes the references of a subscriber, of the index key that it was registered under. */
export function createReferences(
  vault: Vault,
  { subscriber, generation }: Pick<Subscriber, 'subscriber' | 'generation'>,
): References {
  const key = (use: string) => vault.indexHmac(generation, `subscriber ${use}\n${subscriber}`);
  const [pairwise, sealing] = [key('references'), key('datarefs')];
  const hmac = (secret: Buffer, text: string) => createHmac('sha256', secret).update(text).digest();
  const referenceTo = (text: string) => base32(hmac(pairwise, text)).slice(0, REFERENCE_CHARACTERS);

  return {
    learner: (stream) => referenceTo(`learner\n${stream}`),
    entry: (stream, entry) => referenceTo(`entry\n${stream}\n${entry}`),
    dataref: (place) => {
      // The nonce follows from the event, so that a message sent again is the same; no two events share one.
      const nonce = hmac(sealing, place.id).subarray(0, NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce);
      const sealed = [cipher.update(JSON.stringify(place)), cipher.final()];
      const bytes = Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]);
      return `${PREFIX}${bytes.toString('base64url')}`;
    },
    placeOf: (dataref) => {
      const bytes = Buffer.from(dataref.slice(PREFIX.length), 'base64url');
      try {
        const decipher = createDecipheriv(
          'aes-256-gcm',
          sealing,
          bytes.subarray(0, NONCE_BYTES),
        ).setAuthTag(bytes.subarray(-TAG_BYTES));
        const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
        return EventPlace.parse(JSON.parse(`${opened}${decipher.final()}`));
      } catch {
        throw new DomainError(
          'ERR_INPUT_INVALID',
          'expected the dataref of a message to this subscriber, found another text',
        );
      }
    },
  };
}
