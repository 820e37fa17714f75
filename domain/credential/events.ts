import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { Instant } from '../values/date.js';

const index = z.int().min(0);

/**
 * Every event of the status lists of credentials, one stream a year. They are in clear and say of
 * whom or what a credential was nothing at all.
 */
export const credentialEvents = {
  CredentialIssued: {
    meaning: 'A credential was signed; its status stands under this index until it expires.',
    validFrom: null,
    schema: z.strictObject({ index, expiresAt: Instant }),
  },
  CredentialRevoked: {
    meaning: 'A credential is no longer good.',
    validFrom: null,
    schema: z.strictObject({ index }),
  },
} as const satisfies Record<string, EventDefinition>;

/** An event of a status list. */
export type CredentialEvent = {
  [Type in keyof typeof credentialEvents]: {
    readonly type: Type;
    readonly data: z.infer<(typeof credentialEvents)[Type]['schema']>;
  };
}[keyof typeof credentialEvents];
