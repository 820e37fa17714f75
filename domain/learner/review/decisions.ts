import { type Actor, isSameActor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import { isRedacted } from '../../redaction.js';
import type { LearnerCommandOf } from '../commands.js';
import { type EntryReference, entryKey } from '../entry/entries.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner } from '../state.js';
import { evolveReviews, type Quarantine, quarantineOn } from './state.js';

/** Anyone can report; the same report again records nothing. */
export function decideReport(
  command: LearnerCommandOf<'ReportSensitive'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { reportId, entry, reason } = command.data;
  const earlier = state.reports.get(reportId);
  if (earlier !== undefined) {
    const isSame =
      keyOf(earlier.entry) === keyOf(entry) &&
      (isRedacted(earlier.reason) || earlier.reason === reason) &&
      isSameActor(earlier.raisedBy, command.by);
    return isSame ? [] : refuseOther('report');
  }
  if (state.reviews.reviews[reportId] !== undefined) {
    return refuseOther('report');
  }
  if (entry !== null) {
    requireEntry(state, entry);
  }
  return [{ type: 'ReviewReported', data: { reportId, entry, raisedBy: command.by, reason } }];
}

/** Answers a flag or a report that needs nothing hidden. Not for the learner to do. */
export function decideDismiss(
  command: LearnerCommandOf<'DismissReview'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const review = state.reviews.reviews[command.data.reviewId];
  if (command.by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the keeper or an organisation to answer a flag or report, found the learner',
    );
  }
  if (review === undefined) {
    throw new DomainError(
      'ERR_REVIEW_NOT_FOUND',
      'expected a flag or report of this id, found none',
    );
  }
  if (review.state === 'redacted') {
    throw new DomainError(
      'ERR_REVIEW_CLOSED',
      'expected an open flag or report, found it answered by a redaction',
    );
  }
  return review.state === 'dismissed' ? [] : [{ type: 'ReviewDismissed', data: command.data }];
}

/** Hides an entry. A named person does, because another one has to decide; a hidden entry is hidden already. */
export function decideQuarantine(
  command: LearnerCommandOf<'QuarantineEntry'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { quarantineId, entry, cause } = command.data;
  const placedBy = personOf(command);
  requireEntry(state, entry);
  if (cause !== null && state.reviews.reviews[cause] === undefined) {
    throw new DomainError(
      'ERR_REVIEW_NOT_FOUND',
      'cause: expected the id of a flag or report on this learner, found none of it',
    );
  }
  const earlier = state.reviews.quarantines[quarantineId];
  if (earlier !== undefined) {
    return keyOf(earlier.entry) === keyOf(entry) ? [] : refuseOther('quarantine');
  }
  return quarantineOn(state.reviews, entry) === undefined
    ? [{ type: 'EntryQuarantined', data: { quarantineId, entry, cause, placedBy } }]
    : [];
}

/** Shows an entry again: as it was, or after something of it was redacted. Only a second person can. */
export function decideQuarantineOutcome(
  command: LearnerCommandOf<'DecideQuarantine'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { quarantineId, reason } = command.data;
  const outcome = command.data.outcome === 'dismiss' ? 'dismissed' : 'redacted';
  const decidedBy = personOf(command);
  const quarantine = decidableQuarantine(state, quarantineId, decidedBy);
  if (quarantine.state === outcome) {
    return [];
  }
  if (quarantine.state !== 'placed') {
    throw new DomainError(
      'ERR_QUARANTINE_DECIDED',
      `expected a quarantine that is not decided, found it ${quarantine.state}`,
    );
  }
  if (outcome === 'redacted' && !quarantine.redactedSince) {
    throw redactionMissing();
  }
  const { entry } = quarantine;
  return [{ type: 'QuarantineLifted', data: { quarantineId, entry, outcome, decidedBy, reason } }];
}

/** A quarantine that this person may decide. Throws `ERR_QUARANTINE_NOT_FOUND`, `ERR_SAME_PERSON`. */
export function decidableQuarantine(
  state: IssuedLearner,
  quarantineId: string,
  person: string,
): Quarantine {
  const quarantine = state.reviews.quarantines[quarantineId];
  if (quarantine === undefined) {
    throw new DomainError(
      'ERR_QUARANTINE_NOT_FOUND',
      'expected a quarantine of this id, found none',
    );
  }
  // User ids that differ in capitals alone are one person to most systems that give them.
  if (quarantine.placedBy.toLowerCase() === person.toLowerCase()) {
    throw new DomainError(
      'ERR_SAME_PERSON',
      'expected another person than the one who placed the quarantine to decide it, found the same',
    );
  }
  return quarantine;
}

/** The refusal to call an entry redacted of which nothing was. */
export function redactionMissing(): DomainError {
  return new DomainError(
    'ERR_REDACTION_MISSING',
    'expected something of the entry proposed to be redacted, or redacted, since it was quarantined, found nothing',
  );
}

/** The person who asks, `USER@UKPRN`. Throws `ERR_NOT_PERMITTED` where none is named. */
export function personOf({ by, user }: { by: Actor; user?: string | null }): string {
  if (by.kind !== 'organisation' || user === undefined || user === null) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected a named person to place or decide a quarantine (--as USER@UKPRN), found none',
    );
  }
  return `${user}@${by.ukprn}`;
}

/** The learner after a flag, a report, a quarantine, or what answered one. */
export function withReviewEvent(state: IssuedLearner, event: LearnerEvent): IssuedLearner {
  const reports =
    event.type === 'ReviewReported'
      ? new Map(state.reports).set(event.data.reportId, event.data)
      : state.reports;
  return { ...state, reports, reviews: evolveReviews(state.reviews, event) };
}

function requireEntry(state: IssuedLearner, entry: EntryReference): void {
  if (!state.entries.has(entryKey(entry))) {
    throw new DomainError(
      'ERR_ENTRY_NOT_FOUND',
      'expected the name of an entry of the record, found none of this source and id',
    );
  }
}

function keyOf(entry: EntryReference | null): string | null {
  return entry === null ? null : entryKey(entry);
}

function refuseOther(what: string): never {
  throw new DomainError(
    'ERR_REVIEW_DIFFERS',
    `expected a new ${what} or the same again, found this id with another content`,
  );
}
