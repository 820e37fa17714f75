import { isSameActor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import { isRedacted } from '../../redaction.js';
import { dateOf, monthsAfter } from '../../values/date.js';
import type { LearnerCommandOf } from '../commands.js';
import { entryKey } from '../entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../events.js';
import { type Challenge, challengeOwner, type IssuedLearner } from '../state.js';

/** Months within which a challenge is due. The service publishes no limit: ours, after UK GDPR Article 12(3). */
const MONTHS_TO_ANSWER = 1;

/** Raises a challenge, numbered within the learner; the same one raised again records nothing. */
export function decideRaise(
  command: LearnerCommandOf<'RaiseChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { challengeId, entry, duplicateOf, reason, evidenceReference } = command.data;
  const concerning = command.data.concerning ?? (entry === null ? 'details' : 'entry');
  requireFitting({ concerning, entry, duplicateOf }, state);
  const existing = state.challenges.get(challengeId)?.raised;
  if (existing !== undefined) {
    const sameEntry =
      (existing.entry === null ? null : entryKey(existing.entry)) ===
      (entry === null ? null : entryKey(entry));
    const sameReason = isRedacted(existing.reason) || existing.reason === reason;
    const sameEvidence =
      isRedacted(existing.evidenceReference) || existing.evidenceReference === evidenceReference;
    const sameDuplicate =
      existing.concerning === concerning &&
      (isRedacted(existing.duplicateOf) || existing.duplicateOf === duplicateOf);
    const sameSubject = sameEntry && sameDuplicate;
    if (sameSubject && sameReason && sameEvidence && isSameActor(existing.raisedBy, command.by)) {
      return [];
    }
    throw new DomainError(
      'ERR_CHALLENGE_DIFFERS',
      'expected a new challenge or the same again, found this id with another content',
    );
  }
  if (entry !== null && !state.entries.has(entryKey(entry))) {
    throw new DomainError(
      'ERR_ENTRY_NOT_FOUND',
      'expected the challenge to name an entry of the record, found none of this source and id',
    );
  }
  const data = {
    challengeId,
    challengeNumber: state.challenges.size + 1,
    concerning,
    entry,
    duplicateOf,
    raisedBy: command.by,
    dueDate: monthsAfter(dateOf(command.at), MONTHS_TO_ANSWER),
    reason,
    evidenceReference,
  };
  return [{ type: 'ChallengeRaised', data }];
}

/** Takes a challenge back; only whoever raised it can. */
export function decideWithdrawChallenge(
  command: LearnerCommandOf<'WithdrawChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const challenge = challengeOf(state, command.data.challengeId);
  if (!isSameActor(challenge.raised.raisedBy, command.by)) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected whoever raised the challenge to withdraw it, found someone else',
    );
  }
  return closes(challenge, 'withdrawn') ? [{ type: 'ChallengeWithdrawn', data: command.data }] : [];
}

/**
 * Takes longer to answer: once, before it is due, by one or two months. The reason is what whoever
 * raised it is told.
 */
export function decideExtend(
  command: LearnerCommandOf<'ExtendChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { challengeId, months, reason } = command.data;
  const challenge = challengeOf(state, challengeId);
  requireOwner(challenge, command);
  const { extended, outcome } = challenge;
  const dueDate = monthsAfter(challenge.raised.dueDate, months);
  if (
    extended?.dueDate === dueDate &&
    (isRedacted(extended.reason) || extended.reason === reason)
  ) {
    return [];
  }
  if (outcome !== 'open') {
    throw closed(outcome);
  }
  if (extended !== null) {
    throw new DomainError(
      'ERR_CHALLENGE_EXTENDED',
      'expected a challenge that was not extended before, found it extended',
    );
  }
  if (dateOf(command.at) > challenge.raised.dueDate) {
    throw new DomainError(
      'ERR_CHALLENGE_OVERDUE',
      'expected a challenge to be extended before it is due, found it overdue',
    );
  }
  return [{ type: 'ChallengeExtended', data: { challengeId, dueDate, reason } }];
}

/**
 * Finds a challenge right. What it found wrong is then to be corrected; where that was done since it
 * was raised, it is resolved at once.
 */
export function decideUphold(
  command: LearnerCommandOf<'UpholdChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const challenge = challengeOf(state, command.data.challengeId);
  requireOwner(challenge, command);
  const isNews = closes(challenge, 'upheld');
  const { challengeId } = command.data;
  return [
    ...(isNews ? [{ type: 'ChallengeUpheld', data: command.data } as const] : []),
    ...(challenge.corrected && !challenge.resolved
      ? [{ type: 'ChallengeResolved', data: { challengeId } } as const]
      : []),
  ];
}

/** Finds a challenge wrong, with reasons. */
export function decideReject(
  command: LearnerCommandOf<'RejectChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const challenge = challengeOf(state, command.data.challengeId);
  requireOwner(challenge, command);
  return closes(challenge, 'rejected') ? [{ type: 'ChallengeRejected', data: command.data }] : [];
}

function challengeOf(state: IssuedLearner, challengeId: string): Challenge {
  const challenge = state.challenges.get(challengeId);
  if (challenge === undefined) {
    throw new DomainError('ERR_CHALLENGE_NOT_FOUND', 'expected a challenge of this id, found none');
  }
  return challenge;
}

function requireOwner(
  challenge: Challenge,
  command: LearnerCommandOf<'UpholdChallenge' | 'RejectChallenge' | 'ExtendChallenge'>,
): void {
  const { by } = command;
  if (by.kind !== 'keeper' && !isSameActor(challengeOwner(challenge), by)) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the source of the disputed entry, or the keeper, to answer the challenge, found someone else',
    );
  }
}

/** True when the outcome is news, false when it is the outcome already. */
function closes(challenge: Challenge, outcome: Challenge['outcome']): boolean {
  if (challenge.outcome !== 'open' && challenge.outcome !== outcome) {
    throw closed(challenge.outcome);
  }
  return challenge.outcome === 'open';
}

function closed(outcome: Challenge['outcome']): DomainError {
  return new DomainError('ERR_CHALLENGE_CLOSED', `expected an open challenge, found it ${outcome}`);
}

/** Refuses a challenge that names an entry or another ULN where its subject has none. */
function requireFitting(
  {
    concerning,
    entry,
    duplicateOf,
  }: Pick<LearnerEventData<'ChallengeRaised'>, 'concerning' | 'entry' | 'duplicateOf'>,
  state: IssuedLearner,
): void {
  if ((concerning === 'entry') !== (entry !== null)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'entry: expected an entry where one is disputed, and none otherwise, found the opposite',
    );
  }
  if (duplicateOf !== null && concerning !== 'identity') {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'duplicateOf: expected another ULN only where the identity is disputed, found one elsewhere',
    );
  }
  if (duplicateOf === state.uln) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      "duplicateOf: expected another ULN than the learner's own, found the same",
    );
  }
}
