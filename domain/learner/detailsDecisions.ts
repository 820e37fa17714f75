import { type CalendarDate, dateOf, type Instant } from '../date.js';
import { DomainError } from '../errors.js';
import { changedFields, changesFor, withChanges } from './changes.js';
import type { LearnerCommandOf } from './commands.js';
import { learnerDetailsShape } from './details.js';
import type { LearnerEvent, LearnerEventData } from './events.js';
import type { IssuedLearner, Learner } from './state.js';

/**
 * A learner who has seen the notice and does not share (ability to share 2) gets the ULN all the
 * same, and an opt-out with it.
 */
export function decideIssue(
  command: LearnerCommandOf<'IssueUln'>,
  state: Learner,
): readonly LearnerEvent[] {
  const { uln, details } = command.data;
  if (state.status === 'issued') {
    throw new DomainError(
      'ERR_ULN_ALREADY_ISSUED',
      'expected a ULN not yet issued, found it issued',
    );
  }
  if (command.by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected an organisation or the keeper to register a learner, found the learner',
    );
  }
  refuseFuture(details.dateOfBirth, command.at, 'dateOfBirth');
  const issued = { type: 'UlnIssued', data: { uln, ...details } } as const;
  return details.abilityToShare === '2'
    ? [issued, optOutAtEnrolment(dateOf(command.at))]
    : [issued];
}

/**
 * Learners see and challenge their details; the sources and the keeper change them. Ability to share 2
 * sets the opt-out, as it does when a ULN is issued; another value does not lift one.
 */
export function decideAmend(
  command: LearnerCommandOf<'AmendLearnerDetails'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { changes } = command.data;
  if (command.by.kind === 'learner') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected an organisation or the keeper to amend details, found the learner, who can raise a challenge',
    );
  }
  if (changes.dateOfBirth !== undefined) {
    refuseFuture(changes.dateOfBirth, command.at, 'dateOfBirth');
  }
  const after = withChanges(state.details, changes);
  if (after['verificationType'] === '999' && after['otherVerificationDescription'] === null) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'otherVerificationDescription: expected a description, because verificationType is 999 (other)',
    );
  }
  if (changedFields(changes, state.details).length === 0) {
    return [];
  }
  const effectiveDate = effectiveDateOf(command, dateOf(command.at));
  const fields = changesFor(learnerDetailsShape, changes, state.details);
  // Sound: `changesFor` gives every field of the shape, as `null` or the parsed value it changes to.
  const data = { effectiveDate, ...fields } as LearnerEventData<'LearnerDetailsAmended'>;
  const amended = { type: 'LearnerDetailsAmended', data } as const;
  return changes.abilityToShare === '2' && state.optedOutSince === null
    ? [amended, optOutAtEnrolment(effectiveDate)]
    : [amended];
}

/** Sets the opt-out from sharing. The ULN itself cannot be opted out of. Source: the privacy notice. */
export function decideSetOptOut(
  command: LearnerCommandOf<'SetOptOut'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { route, evidenceReference } = command.data;
  if (command.data.of === 'uln') {
    throw new DomainError(
      'ERR_ULN_OPT_OUT',
      'expected an opt-out from sharing participation and achievement, found one from the ULN, which nobody can opt out of',
    );
  }
  const effectiveDate = effectiveDateOf(command, dateOf(command.at));
  return isKnownSince(state.optedOutSince, command.data.effectiveDate)
    ? []
    : [{ type: 'OptOutSet', data: { route, effectiveDate, evidenceReference } }];
}

/** Lifts the opt-out from sharing. */
export function decideLiftOptOut(
  command: LearnerCommandOf<'LiftOptOut'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { route, evidenceReference } = command.data;
  const effectiveDate = effectiveDateOf(command, dateOf(command.at));
  return state.optedOutSince === null
    ? []
    : [{ type: 'OptOutLifted', data: { route, effectiveDate, evidenceReference } }];
}

/** True when something is so already, also from the date that the command names: only an earlier one is news. */
export function isKnownSince(since: CalendarDate | null, named: CalendarDate | null): boolean {
  return since !== null && (named === null || named >= since);
}

/** The date a command names, or the one given where it names none; never one still to come. */
export function effectiveDateOf(
  command: {
    readonly data: { readonly effectiveDate: CalendarDate | null };
    readonly at: Instant;
  },
  otherwise: CalendarDate,
): CalendarDate {
  const { effectiveDate } = command.data;
  if (effectiveDate !== null) {
    refuseFuture(effectiveDate, command.at, 'effectiveDate');
  }
  return effectiveDate ?? otherwise;
}

function optOutAtEnrolment(effectiveDate: CalendarDate): LearnerEvent {
  return {
    type: 'OptOutSet',
    data: { route: 'enrolment', effectiveDate, evidenceReference: null },
  };
}

function refuseFuture(date: CalendarDate, at: Instant, field: string): void {
  if (date > dateOf(at)) {
    throw new DomainError(
      'ERR_DATE_IN_FUTURE',
      `${field}: expected a date up to today, found a later one`,
    );
  }
}
