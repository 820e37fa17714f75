import { isToleratedQualificationNumber } from '../../values/qualificationNumber.js';
import { scottishCheckDigitHolds } from '../../values/scottishCandidateNumber.js';
import type { LearnerCommandInput } from '../commands.js';

/** What is accepted but looks wrong in a command, in words without personal data. Empty when nothing does. */
export function warningsOf(data: LearnerCommandInput['data']): readonly string[] {
  // The two fields have the same meaning wherever they stand: at the top, in details or in changes.
  const nested = Object.values(data).filter((value) => typeof value === 'object' && value !== null);
  return [data, ...nested].flatMap((values) => {
    const { scottishCandidateNumber: scn, subjectCode } = values as Record<string, unknown>;
    return [
      ...(typeof scn === 'string' && !scottishCheckDigitHolds(scn)
        ? ['scottishCandidateNumber: expected the last digit to be its check digit, found another']
        : []),
      ...(typeof subjectCode === 'string' && isToleratedQualificationNumber(subjectCode)
        ? ['subjectCode: accepted without a matching check character (610 series)']
        : []),
    ];
  });
}
