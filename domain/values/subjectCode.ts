import { z } from 'zod';
import { explainQualificationNumber, qualificationNumberForm } from './qualificationNumber.js';
import { explainUnitNumber, unitNumberForm } from './unitNumber.js';

/**
 * What was studied: a qualification number, a unit number or a learning aim reference, in canonical
 * form (`500/2652/5`, `K/501/5773`, `ZPROG001`). Sources write the first two with and without
 * obliques, so both are read. A learning aim reference is eight capitals and digits that is neither.
 */
export const SubjectCode = z
  .string()
  .overwrite(canonicalSubjectCode)
  .superRefine((code, context) => {
    const why = explainSubjectCode(code);
    if (why !== null) {
      context.addIssue({ code: 'custom', message: why });
    }
  })
  .brand<'SubjectCode'>();
export type SubjectCode = z.infer<typeof SubjectCode>;

/** The subject code with its obliques, in capitals; a text of no known form only loses spaces at its ends. */
export function canonicalSubjectCode(text: string): string {
  const trimmed = text.trim().toUpperCase();
  return qualificationNumberForm(trimmed) ?? unitNumberForm(trimmed) ?? trimmed;
}

function explainSubjectCode(code: string): string | null {
  if (qualificationNumberForm(code) !== null) {
    return explainQualificationNumber(code);
  }
  if (unitNumberForm(code) !== null) {
    return explainUnitNumber(code);
  }
  return /^[A-Z0-9]{8}$/.test(code)
    ? null
    : 'expected a qualification number (500/2652/5), a unit number (K/501/5773) or a learning aim reference of eight characters';
}
