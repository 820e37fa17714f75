import { z } from 'zod';
import type { EventDefinition } from '../../eventDefinition.js';
import { redactable } from '../../redaction.js';
import { CalendarDate } from '../../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../../values/text.js';

const reason = redactable(paragraphOf(2000).nullable());

/** The events of a learner's stream about how long the record is kept. */
export const retentionEvents = {
  RetentionReviewed: {
    meaning: 'Somebody looked at whether the record is still to be kept, and until when.',
    validFrom: null,
    schema: z.strictObject({
      outcome: z.enum(['keep', 'dispose']),
      nextReviewDate: CalendarDate.nullable(),
      reason,
    }),
  },
  LegalHoldPlaced: {
    meaning:
      'The record must not be disposed of until the hold is released, or its last day is over.',
    validFrom: null,
    schema: z.strictObject({
      holdId: OwnKey,
      reason: redactable(paragraphOf(2000)),
      evidenceReference: redactable(lineOf(255).nullable()),
      endDate: CalendarDate.nullable(),
    }),
  },
  LegalHoldReleased: {
    meaning: 'A hold does not stand in the way of disposal any more.',
    validFrom: null,
    schema: z.strictObject({ holdId: OwnKey, reason }),
  },
  VitalStatusRecorded: {
    meaning: 'The date was reported on which the learner died; null where that was wrong.',
    validFrom: 'dateOfDeath',
    schema: z.strictObject({ dateOfDeath: CalendarDate.nullable() }),
  },
} as const satisfies Record<string, EventDefinition>;
