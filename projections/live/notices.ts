import type { Actor } from '../../domain/actor.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { NoticeLanguage } from '../../domain/notice/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';

/** Which privacy notice a learner was shown or has acknowledged, in which language, by whom and when. */
export type NoticeStatus = {
  readonly notice: number;
  readonly language: NoticeLanguage;
  readonly what: 'shown' | 'acknowledged';
  /** Who showed it; the learner where they acknowledged it. */
  readonly by: Actor;
  readonly at: Instant;
};

/** What a learner's events say of privacy notices, in the order in which it happened. */
export function noticeStatuses(events: readonly Recorded<LearnerEvent>[]): readonly NoticeStatus[] {
  return events.flatMap(({ event, recordedAt: at }): readonly NoticeStatus[] => {
    if (event.type === 'NoticeShown') {
      const { notice, language, shownBy: by } = event.data;
      return [{ notice, language, what: 'shown', by, at }];
    }
    if (event.type === 'NoticeAcknowledged') {
      return [{ ...event.data, what: 'acknowledged', by: { kind: 'learner' }, at }];
    }
    return [];
  });
}
