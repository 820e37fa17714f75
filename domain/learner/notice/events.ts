import { z } from 'zod';
import { Actor } from '../../actor.js';
import type { EventDefinition } from '../../eventDefinition.js';
import { NoticeLanguage, NoticeNumber } from '../../notice/events.js';

/** Which privacy notices a learner has seen. */
export const noticeShownEvents = {
  NoticeShown: {
    meaning:
      'A privacy notice was shown to the learner: by the service, or by an organisation that gave it to them.',
    validFrom: null,
    schema: z.strictObject({ notice: NoticeNumber, language: NoticeLanguage, shownBy: Actor }),
  },
  NoticeAcknowledged: {
    meaning: 'The learner said that they have seen a privacy notice.',
    validFrom: null,
    schema: z.strictObject({ notice: NoticeNumber, language: NoticeLanguage }),
  },
} as const satisfies Record<string, EventDefinition>;
