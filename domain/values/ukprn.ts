import { z } from 'zod';

/**
 * A UK Provider Reference Number: eight digits, the first not zero. It has no check digit. Source:
 * ILR specification, field UKPRN (10000000 to 99999999).
 */
export const Ukprn = z
  .string()
  .regex(/^[1-9]\d{7}$/, 'expected a UKPRN of eight digits, the first not zero')
  .brand<'Ukprn'>();
export type Ukprn = z.infer<typeof Ukprn>;
