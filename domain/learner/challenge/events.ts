import { z } from 'zod';
import type { EventDefinition } from '../../eventDefinition.js';
import { redactable } from '../../redaction.js';
import { CalendarDate } from '../../values/date.js';
import { OwnKey, paragraphOf } from '../../values/text.js';

/** What happens to a data challenge besides being raised and decided. */
export const challengeEvents = {
  ChallengeExtended: {
    meaning:
      'The owner took longer to answer, until a later due date; the reason is the notice to whoever raised it.',
    validFrom: null,
    schema: z.strictObject({
      challengeId: OwnKey,
      dueDate: CalendarDate,
      reason: redactable(paragraphOf(2000)),
    }),
  },
  ChallengeResolved: {
    meaning: 'What an upheld challenge found wrong has been corrected.',
    validFrom: null,
    schema: z.strictObject({ challengeId: OwnKey }),
  },
} as const satisfies Record<string, EventDefinition>;
