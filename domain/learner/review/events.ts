import { z } from 'zod';
import { Actor } from '../../actor.js';
import { Person } from '../../erasure/person.js';
import type { EventDefinition } from '../../eventDefinition.js';
import { redactable } from '../../redaction.js';
import { ScreeningCategory } from '../../screening/screening.js';
import { OwnKey, paragraphOf } from '../../values/text.js';
import { EntryReference } from '../entry/entries.js';

const reason = redactable(paragraphOf(2000).nullable());
const digest = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

/**
 * Looking for data that should never have been collected. Flags and reports are made of nothing that
 * could be the data itself; what a person writes can be redacted.
 */
export const reviewEvents = {
  ReviewFlagged: {
    meaning:
      'Screening found words of a sensitive category in fields of an event; the words are not repeated, list is the digest of the list of words.',
    validFrom: null,
    schema: z.strictObject({
      flagId: z.uuid(),
      event: z.uuid(),
      entry: EntryReference.nullable(),
      fields: z.array(z.string()).min(1),
      categories: z.array(ScreeningCategory).min(1),
      list: digest,
    }),
  },
  ReviewReported: {
    meaning: 'Somebody reported that an entry, or the details where entry is null, says too much.',
    validFrom: null,
    schema: z.strictObject({
      reportId: OwnKey,
      entry: EntryReference.nullable(),
      raisedBy: Actor,
      reason: redactable(paragraphOf(2000)),
    }),
  },
  ReviewDismissed: {
    meaning: 'A person looked at a flag or a report and found nothing to hide or to remove.',
    validFrom: null,
    schema: z.strictObject({ reviewId: OwnKey, reason: redactable(paragraphOf(2000)) }),
  },
  EntryQuarantined: {
    meaning:
      'A person hid an entry from everybody but data protection; cause names the flag or report, null where there was none.',
    validFrom: null,
    schema: z.strictObject({
      quarantineId: OwnKey,
      entry: EntryReference,
      cause: OwnKey.nullable(),
      placedBy: Person,
    }),
  },
  QuarantineLifted: {
    meaning:
      'A second person decided: the entry is shown again, as it was or without what was redacted. That answers every flag and report on it.',
    validFrom: null,
    schema: z.strictObject({
      quarantineId: OwnKey,
      entry: EntryReference,
      outcome: z.enum(['dismissed', 'redacted']),
      decidedBy: Person,
      reason,
    }),
  },
} as const satisfies Record<string, EventDefinition>;
