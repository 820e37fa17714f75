import type { NoticeLanguage } from '../../domain/notice/events.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Request } from '../request/request.js';

/**
 * What a learner is told before their own record: the notice in force until they acknowledge it. That
 * it is shown is recorded first. No lines for other readers, and where there is nothing to tell.
 */
export async function noticeFirst(
  ledger: Ledger,
  uln: Uln,
  language: NoticeLanguage,
  request: Request,
): Promise<readonly string[]> {
  if (request.by.kind !== 'learner') {
    return [];
  }
  const notice = await ledger.notices.toShow(uln);
  if (notice === null) {
    return [];
  }
  await ledger.notices.shown(uln, { notice: notice.notice, language }, request);
  const { title, short } = notice.texts[language];
  return [
    title,
    '',
    short,
    '',
    `(Privacy notice ${notice.notice}, in force from ${notice.effectiveDate}: "plr notice show" prints all of it, "plr notice acknowledge" says that you have seen it.)`,
    '',
  ];
}
