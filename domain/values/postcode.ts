import { z } from 'zod';

const UNITED_KINGDOM = /^([A-Z]{1,2}\d[A-Z\d]?|GIR) ?(\d[A-Z]{2})$/;
const FORCES = /^BFPO ?(\d{1,4})$/;

/**
 * A postcode in canonical form: capitals, one space before the inward part (`SW1A 1AA`, `BFPO 12`).
 * ZZ99 placeholders fit the pattern and are accepted. Source: the service's schema, UK pattern or
 * `[bB][fF][pP][oO] ?[0-9]{1,4}`, at most 9 characters; that placeholders are in use is from memory,
 * unconfirmed.
 */
export const Postcode = z
  .string()
  .overwrite(canonicalPostcode)
  .refine((text) => UNITED_KINGDOM.test(text) || FORCES.test(text), {
    error: 'expected a UK postcode such as SW1A 1AA, or BFPO and a number',
  });

/** True for a placeholder of an unknown postcode, such as ZZ99 9ZZ. That they are in use is from memory, unconfirmed. */
export function isPlaceholder(postcode: unknown): boolean {
  return typeof postcode === 'string' && postcode.startsWith('ZZ99');
}

function canonicalPostcode(text: string): string {
  const upper = text.trim().toUpperCase().replaceAll(/\s+/g, ' ');
  const parts = UNITED_KINGDOM.exec(upper);
  if (parts !== null) {
    return `${parts[1]} ${parts[2]}`;
  }
  const forces = FORCES.exec(upper);
  return forces === null ? upper : `BFPO ${forces[1]}`;
}
