import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { CalendarDate } from '../values/date.js';
import { lineOf, paragraphOf } from '../values/text.js';

/** The languages in which every privacy notice is given. */
export const NoticeLanguage = z.enum(['en', 'cy']);
export type NoticeLanguage = z.infer<typeof NoticeLanguage>;

/** The number of a notice: 1 for the first that was published. */
export const NoticeNumber = z.int().min(1).max(9999);

/** A notice in one language: the short text is shown first, the extended one says everything. */
const NoticeText = z.strictObject({
  title: lineOf(200),
  short: paragraphOf(4000),
  extended: paragraphOf(60_000),
});

/** A notice in all its languages. */
export const NoticeTexts = z.strictObject({ en: NoticeText, cy: NoticeText });

/** Every event of the streams of privacy notices, one stream each. They are in clear and for the public. */
export const noticeEvents = {
  NoticePublished: {
    meaning: 'A privacy notice was published, in English and Welsh, in force from a date on.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({
      notice: NoticeNumber,
      effectiveDate: CalendarDate,
      texts: NoticeTexts,
    }),
  },
} as const satisfies Record<string, EventDefinition>;

/** An event of a notice's stream. */
export type NoticeEvent = {
  readonly type: 'NoticePublished';
  readonly data: z.infer<(typeof noticeEvents)['NoticePublished']['schema']>;
};

/** A privacy notice as it was published. */
export type Notice = NoticeEvent['data'];
