import { DomainError } from '../../errors.js';
import { type CalendarDate, dateOf, type Instant } from '../../values/date.js';
import { changedFields, changesFor, withChanges } from '../changes.js';
import type { LearnerCommandOf } from '../commands.js';
import type { LearnerEvent, LearnerEventData } from '../events.js';
import type { IssuedLearner, Learner } from '../state.js';
import { learnerDetailsShape } from './details.js';

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
  requireTransition(changes.abilityToShare, state);
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
  if (isKnownSince(state.optedOutSince, command.data.effectiveDate)) {
    return [];
  }
  requireRoute(command);
  return [{ type: 'OptOutSet', data: { route, effectiveDate, evidenceReference } }];
}

/**
 * Lifts the opt-out from sharing: the learner does, or the keeper after an identity check. What a
 * learner chose is not for an organisation to lift; it can override an opt-out of the earlier policy.
 */
export function decideLiftOptOut(
  command: LearnerCommandOf<'LiftOptOut'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { route, evidenceReference } = command.data;
  const effectiveDate = effectiveDateOf(command, dateOf(command.at));
  if (state.optedOutSince === null) {
    return [];
  }
  if (command.by.kind === 'organisation') {
    throw transitionRefused(
      'the learner or the helpdesk to lift an opt-out, found an organisation',
    );
  }
  requireRoute(command);
  return [{ type: 'OptOutLifted', data: { route, effectiveDate, evidenceReference } }];
}

/**
 * A choice comes by the route of whoever passes it on: providers at enrolment, the helpdesk after an
 * identity check, whose evidence is named, learners from their own account. Source: the privacy
 * notice names the three; that the helpdesk checks identity, the service's guidance.
 */
function requireRoute({
  by,
  data: { route, evidenceReference },
}: LearnerCommandOf<'SetOptOut' | 'LiftOptOut'>): void {
  const expected = { organisation: 'enrolment', learner: 'own-account', keeper: 'helpdesk' }[
    by.kind
  ];
  if (route !== expected) {
    throw transitionRefused(`the route ${expected} for this caller, found ${route}`);
  }
  if (route === 'helpdesk' && evidenceReference === null) {
    throw transitionRefused('evidence of the identity check of the helpdesk, found none');
  }
}

/**
 * Guards the change of ability to share: a notice that was seen is not unseen, and who cannot share
 * can again only once the opt-out is lifted. Source: the service refuses invalid changes (WSRC0014);
 * which are invalid it does not publish.
 */
function requireTransition(to: string | undefined, state: IssuedLearner): void {
  const from = state.details.abilityToShare;
  if (to === undefined || typeof from !== 'string' || from === to) {
    return;
  }
  if (to === '0') {
    throw transitionRefused('ability to share to stay seen (1 or 2), found 0, not seen');
  }
  if (to === '1' && state.optedOutSince !== null) {
    throw transitionRefused('the opt-out to be lifted before ability to share is 1, found it set');
  }
}

function transitionRefused(expectedAndFound: string): DomainError {
  return new DomainError('ERR_OPT_OUT_TRANSITION', `expected ${expectedAndFound}`, {
    serviceCode: 'WSRC0014',
  });
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
