import { z } from 'zod';
import { CalendarDate } from '../../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../../values/text.js';
import { missingAsNull } from '../details/details.js';

const reason = paragraphOf(2000).nullable();

/** What can be asked about how long a record is kept. */
export const retentionCommands = {
  ReviewRetention: missingAsNull({
    outcome: z.enum(['keep', 'dispose']),
    /** When to look again: needed where the record is kept, and refused where it is to go. */
    nextReviewDate: CalendarDate.nullable(),
    reason,
  }),
  PlaceLegalHold: missingAsNull({
    holdId: OwnKey,
    reason: paragraphOf(2000),
    evidenceReference: lineOf(255).nullable(),
    /** The last day of the hold; `null` where only a release ends it. */
    endDate: CalendarDate.nullable(),
  }),
  ReleaseLegalHold: missingAsNull({ holdId: OwnKey, reason }),
  RecordVitalStatus: z.strictObject({
    /** `null` takes back a report that was wrong. */
    dateOfDeath: CalendarDate.nullable(),
  }),
} as const;
