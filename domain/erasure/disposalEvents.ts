import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { Instant } from '../values/date.js';
import { Person } from './person.js';

/** Why a person has a whole record disposed of: neutral codes, because orders are recorded in clear. */
export const DisposalBasis = z.enum([
  'retention-ended',
  'court-order',
  'data-subject-request',
  'recorded-in-error',
]);
export type DisposalBasis = z.infer<typeof DisposalBasis>;

/** What the ledger disposes of by a rule of its own: the rows of an import, 30 days after the last was decided. */
const RuleBasis = z.enum(['held-rows-decided']);

const AnyBasis = z.enum([...DisposalBasis.options, ...RuleBasis.options]);

/** Only what is sealed can be disposed of, and only learners and imports are. */
const SealedStream = z.string().regex(/^(learner|import)(-[A-Za-z0-9]+)+$/);

const disposal = { order: z.uuid(), stream: SealedStream } as const;

/** The orders of disposal: part of the erasure streams, in clear. */
export const disposalOrderEvents = {
  DisposalProposed: {
    meaning: 'A person proposed to make a whole record unreadable for good.',
    validFrom: null,
    schema: z.strictObject({ ...disposal, basis: DisposalBasis, proposedBy: Person }),
  },
  DisposalOrdered: {
    meaning:
      'A second person ordered it, or the keeper by the rule for imports: from here on the record reads as disposed of.',
    validFrom: null,
    schema: z.strictObject({
      ...disposal,
      basis: AnyBasis,
      /** `keeper` where a rule of the ledger ordered it and nobody proposed it. */
      approvedBy: z.union([Person, z.literal('keeper')]),
    }),
  },
  DisposalStopped: {
    meaning:
      'A legal hold, or a row that waits, was found when the order was to be carried out: the record stays and reads as before.',
    validFrom: null,
    schema: z.strictObject({ order: z.uuid() }),
  },
} as const satisfies Record<string, EventDefinition>;

/** The event by which the erasure worker disposes of a record: part of every family of sealed streams. */
export const disposalEvents = {
  RecordDisposed: {
    meaning: 'Everything recorded before in this stream was made unreadable for good.',
    validFrom: null,
    schema: z.strictObject({ order: z.uuid(), on: Instant, basis: AnyBasis }),
  },
} as const satisfies Record<string, EventDefinition>;

/** What stands where a record was: by which order it was disposed of, when that was given, and why. */
export type Disposed = z.infer<(typeof disposalEvents)['RecordDisposed']['schema']>;
