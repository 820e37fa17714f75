import { DomainError } from '../../domain/errors.js';
import type { NoticeLanguage } from '../../domain/notice/events.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Request } from '../request/request.js';

/**
 * What a learner is told before anything of their record: the notice in force until they acknowledge it.
 * That it is shown is recorded first. No lines for others, and where there is nothing to tell.
 */
export async function noticeFirst(
  { notices }: Pick<Ledger, 'notices'>,
  run: {
    readonly request: Request | null;
    readonly uln: Uln | null;
    readonly language: NoticeLanguage;
    readonly isOfNotice: boolean;
  },
): Promise<readonly string[]> {
  const { request, uln, language } = run;
  if (request?.by.kind !== 'learner' || uln === null || run.isOfNotice) {
    return [];
  }
  try {
    const notice = await notices.toShow(uln);
    if (notice === null) {
      return [];
    }
    const { expectedVersion: _, ...asked } = request;
    const shown = { ...asked, purpose: 'learner-choice' } as const;
    await notices.shown(uln, { notice: notice.notice, language }, shown);
    const { title, short } = notice.texts[language];
    return [
      title,
      '',
      short,
      '',
      `(Privacy notice ${notice.notice}, in force from ${notice.effectiveDate}: "plr notice show" prints all of it, "plr notice acknowledge" says that you have seen it.)`,
      '',
    ];
  } catch (error) {
    // What was asked for says so itself.
    if (error instanceof DomainError) {
      return [];
    }
    throw error;
  }
}
