import { z } from 'zod';
import { OwnKey, paragraphOf } from '../../values/text.js';

/** What can be asked of a challenge besides raising and deciding it. */
export const challengeCommands = {
  /** Takes one or two months longer. Source: UK GDPR Article 12(3). */
  ExtendChallenge: z.strictObject({
    challengeId: OwnKey,
    months: z.int().min(1).max(2),
    reason: paragraphOf(2000),
  }),
} as const;
