import { type Actor, isSameActor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import type { LearnerCommandOf } from '../commands.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner } from '../state.js';

/**
 * Records that a notice is shown, once for each notice, language and whoever shows it. To a learner who
 * looks at their own record, the service shows it.
 */
export function decideShowNotice(
  command: LearnerCommandOf<'ShowNotice'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { notice, language } = command.data;
  const shownBy: Actor = command.by.kind === 'learner' ? { kind: 'keeper' } : command.by;
  const isKnown = state.noticesShown.some(
    (shown) =>
      shown.notice === notice && shown.language === language && isSameActor(shown.shownBy, shownBy),
  );
  return isKnown ? [] : [{ type: 'NoticeShown', data: { notice, language, shownBy } }];
}

/** Only the learner can say that they have seen a notice, and only after it was shown to them. */
export function decideAcknowledge(
  command: LearnerCommandOf<'AcknowledgeNotice'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { notice, language } = command.data;
  if (command.by.kind !== 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the learner to acknowledge a notice, found someone else',
    );
  }
  if (state.noticesAcknowledged.has(notice)) {
    return [];
  }
  if (!state.noticesShown.some((s) => s.notice === notice && s.language === language)) {
    throw new DomainError(
      'ERR_NOTICE_NOT_SHOWN',
      'expected a notice that was shown to the learner in this language, found it was not',
    );
  }
  return [{ type: 'NoticeAcknowledged', data: { notice, language } }];
}

/** The learner after a notice was shown or acknowledged. */
export function withNoticeEvent(
  state: IssuedLearner,
  event: Extract<LearnerEvent, { type: 'NoticeShown' | 'NoticeAcknowledged' }>,
): IssuedLearner {
  return event.type === 'NoticeShown'
    ? { ...state, noticesShown: [...state.noticesShown, event.data] }
    : {
        ...state,
        noticesAcknowledged: new Set(state.noticesAcknowledged).add(event.data.notice),
      };
}
