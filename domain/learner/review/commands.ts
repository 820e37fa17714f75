import { z } from 'zod';
import { OwnKey, paragraphOf } from '../../values/text.js';
import { missingAsNull } from '../details/details.js';
import { EntryReference } from '../entry/entries.js';

/** What can be asked about data that should not be there. */
export const reviewCommands = {
  ReportSensitive: missingAsNull({
    reportId: OwnKey,
    /** The entry reported; `null` reports the learner's details. */
    entry: EntryReference.nullable(),
    reason: paragraphOf(2000),
  }),
  DismissReview: z.strictObject({ reviewId: OwnKey, reason: paragraphOf(2000) }),
  QuarantineEntry: missingAsNull({
    quarantineId: OwnKey,
    entry: EntryReference,
    /** The flag or report that led to it. */
    cause: OwnKey.nullable(),
  }),
  DecideQuarantine: missingAsNull({
    quarantineId: OwnKey,
    outcome: z.enum(['dismiss', 'redact']),
    reason: paragraphOf(2000).nullable(),
  }),
} as const;
