import { z } from 'zod';

/**
 * For what something is recorded or looked at: a closed list, ours. Marketing and sales are not on it, because
 * the privacy notice rules them out: "At no time will your personal information be passed to any
 * organisations for marketing or sales purposes."
 */
export const Purpose = z.enum([
  'learner-registration',
  'participation-reporting',
  'achievement-reporting',
  'data-correction',
  'data-challenge',
  'learner-choice',
  'data-protection',
  'service-operation',
  'advice-and-guidance',
  'admission',
  'achievement-verification',
  'credit-transfer',
  'audit',
]);
export type Purpose = z.infer<typeof Purpose>;
