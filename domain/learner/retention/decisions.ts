import type { Actor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import { isRedacted, type Redactable } from '../../redaction.js';
import { dateOf } from '../../values/date.js';
import type { LearnerCommandOf } from '../commands.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner } from '../state.js';

/** Records what a review found. The same finding with the same date is the same review. */
export function decideReview(
  command: LearnerCommandOf<'ReviewRetention'>,
  { review }: IssuedLearner,
): readonly LearnerEvent[] {
  const { outcome, nextReviewDate, reason } = command.data;
  refuseLearner(command.by, 'review how long a record is kept');
  if (
    review?.outcome === outcome &&
    review.nextReviewDate === nextReviewDate &&
    isSame(review.reason, reason)
  ) {
    return [];
  }
  if ((outcome === 'keep') !== (nextReviewDate !== null)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'nextReviewDate: expected a date where the record is kept and none where it is to go, found otherwise',
    );
  }
  if (nextReviewDate !== null && nextReviewDate <= dateOf(command.at)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'nextReviewDate: expected a date still to come, found today or an earlier one',
    );
  }
  return [{ type: 'RetentionReviewed', data: command.data }];
}

/** Places a hold, under an id of its own; the same one again records nothing. */
export function decidePlaceHold(
  command: LearnerCommandOf<'PlaceLegalHold'>,
  { holds }: IssuedLearner,
): readonly LearnerEvent[] {
  const { holdId, reason, evidenceReference, endDate } = command.data;
  refuseLearner(command.by, 'place a legal hold');
  const known = holds.get(holdId)?.placed;
  if (known !== undefined) {
    if (
      isSame(known.reason, reason) &&
      isSame(known.evidenceReference, evidenceReference) &&
      known.endDate === endDate
    ) {
      return [];
    }
    throw new DomainError(
      'ERR_HOLD_DIFFERS',
      'expected a new hold or the same again, found this id with another content',
    );
  }
  if (endDate !== null && endDate < dateOf(command.at)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'endDate: expected today or a date still to come, found an earlier one',
    );
  }
  return [{ type: 'LegalHoldPlaced', data: command.data }];
}

/** Releases a hold; one that was released stays so. */
export function decideReleaseHold(
  command: LearnerCommandOf<'ReleaseLegalHold'>,
  { holds }: IssuedLearner,
): readonly LearnerEvent[] {
  refuseLearner(command.by, 'release a legal hold');
  const hold = holds.get(command.data.holdId);
  if (hold === undefined) {
    throw new DomainError('ERR_HOLD_NOT_FOUND', 'expected a hold of this id, found none');
  }
  return hold.isReleased ? [] : [{ type: 'LegalHoldReleased', data: command.data }];
}

/** Records that the learner has died, or takes that back. It ends nothing by itself. */
export function decideVitalStatus(
  command: LearnerCommandOf<'RecordVitalStatus'>,
  { dateOfDeath: known, details }: IssuedLearner,
): readonly LearnerEvent[] {
  const { dateOfDeath } = command.data;
  refuseLearner(command.by, 'report a death');
  if (dateOfDeath === known) {
    return [];
  }
  if (dateOfDeath !== null && dateOfDeath > dateOf(command.at)) {
    throw new DomainError(
      'ERR_DATE_IN_FUTURE',
      'dateOfDeath: expected a date up to today, found a later one',
    );
  }
  if (
    dateOfDeath !== null &&
    !isRedacted(details.dateOfBirth) &&
    dateOfDeath < details.dateOfBirth
  ) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'dateOfDeath: expected a date from the date of birth on, found an earlier one',
    );
  }
  return [{ type: 'VitalStatusRecorded', data: { dateOfDeath } }];
}

/** A redacted text cannot be compared: whoever repeats it is believed. */
function isSame(known: Redactable<string | null>, given: string | null): boolean {
  return isRedacted(known) || known === given;
}

function refuseLearner(by: Actor, what: string): void {
  if (by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      `expected an organisation or the keeper to ${what}, found the learner`,
    );
  }
}
