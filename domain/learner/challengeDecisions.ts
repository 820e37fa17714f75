import { isSameActor } from '../actor.js';
import { dateOf, monthsAfter } from '../date.js';
import { DomainError } from '../errors.js';
import { isRedacted } from '../redaction.js';
import type { LearnerCommandOf } from './commands.js';
import { entryKey } from './entries.js';
import type { LearnerEvent } from './events.js';
import { type Challenge, challengeOwner, type IssuedLearner } from './state.js';

/** Months within which a challenge is due. The service publishes no limit: ours, after UK GDPR Article 12(3). */
const MONTHS_TO_ANSWER = 1;

/** Raises a challenge, numbered within the learner; the same one raised again records nothing. */
export function decideRaise(
  command: LearnerCommandOf<'RaiseChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { challengeId, entry, reason, evidenceReference } = command.data;
  const existing = state.challenges.get(challengeId)?.raised;
  if (existing !== undefined) {
    const sameEntry =
      (existing.entry === null ? null : entryKey(existing.entry)) ===
      (entry === null ? null : entryKey(entry));
    const sameReason = isRedacted(existing.reason) || existing.reason === reason;
    const sameEvidence =
      isRedacted(existing.evidenceReference) || existing.evidenceReference === evidenceReference;
    if (sameEntry && sameReason && sameEvidence && isSameActor(existing.raisedBy, command.by)) {
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
    entry,
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

/** Finds a challenge right. */
export function decideUphold(
  command: LearnerCommandOf<'UpholdChallenge'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const challenge = challengeOf(state, command.data.challengeId);
  requireOwner(challenge, command);
  return closes(challenge, 'upheld') ? [{ type: 'ChallengeUpheld', data: command.data }] : [];
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
  command: LearnerCommandOf<'UpholdChallenge' | 'RejectChallenge'>,
): void {
  const { by } = command;
  if (by.kind !== 'keeper' && !isSameActor(challengeOwner(challenge), by)) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the source of the disputed entry, or the keeper, to decide the challenge, found someone else',
    );
  }
}

/** True when the outcome is news, false when it is the outcome already. */
function closes(challenge: Challenge, outcome: Challenge['outcome']): boolean {
  if (challenge.outcome !== 'open' && challenge.outcome !== outcome) {
    throw new DomainError(
      'ERR_CHALLENGE_CLOSED',
      `expected an open challenge, found it ${challenge.outcome}`,
    );
  }
  return challenge.outcome === 'open';
}
