import { z } from 'zod';
import { NoticeLanguage, NoticeNumber } from '../../notice/events.js';

const notice = { notice: NoticeNumber, language: NoticeLanguage } as const;

/** What can be asked about privacy notices and a learner. That the notice exists is for the caller to know. */
export const noticeCommands = {
  ShowNotice: z.strictObject(notice),
  AcknowledgeNotice: z.strictObject(notice),
} as const;
