import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { ErasureBasis } from '../redaction.js';
import { Instant } from '../values/date.js';

const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/** The events by which the erasure worker redacts: part of every family of sealed streams. */
export const redactionEvents = {
  SensitiveDataRedacted: {
    meaning:
      'Fields of an event were made unreadable for good; their digests prove what stood there.',
    validFrom: null,
    schema: z.strictObject({
      order: z.uuid(),
      on: Instant,
      basis: ErasureBasis,
      target: z.uuid(),
      digests: z.record(z.string(), digest),
      drops: z.array(z.uuid()),
    }),
  },
  FieldsResealed: {
    meaning: 'The fields of a redacted event that stay readable, each with its salt and value.',
    validFrom: null,
    schema: z.strictObject({
      target: z.uuid(),
      kept: z.record(z.string(), z.tuple([digest, z.json()])),
    }),
  },
} as const satisfies Record<string, EventDefinition>;
