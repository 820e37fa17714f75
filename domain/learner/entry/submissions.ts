import { DomainError } from '../../errors.js';
import { differingValues } from '../changes.js';
import type { LearnerCommand, LearnerCommandOf } from '../commands.js';
import { differingIdentity, type Identity } from '../details/matching.js';
import type { Entry, IssuedLearner } from '../state.js';
import { requireSubmitter } from './decisions.js';
import { entryKeyOf } from './entries.js';

/** The source sends its current version of an entry, without knowing what was recorded before. */
type Submission = LearnerCommandOf<'SubmitParticipation' | 'SubmitAchievement'>;

/** What a submission leaves to the rules: it says what is so now, not since when or why. */
const BY_DEFAULT = { effectiveDate: null, reason: null } as const;

/**
 * What the source would have to ask, one command after the other, to bring the record to the version
 * submitted; those that are true already record nothing. A withdrawal leaves the values as they were
 * recorded. Throws where another organisation submits, where the source takes the learner for
 * somebody else, and where a final achievement would become provisional.
 */
export function submissionSteps(
  submission: Submission,
  state: IssuedLearner,
): readonly LearnerCommand[] {
  // Asked first, so that another organisation learns neither who the learner is nor of the entry.
  requireSubmitter(submission.by, submission.data.submittedBy);
  requireIdentity(submission.data.identity, state);
  const entry = state.entries.get(entryKeyOf(submission.data));
  return submission.type === 'SubmitParticipation'
    ? participationSteps(submission, entry)
    : achievementSteps(submission, entry);
}

function participationSteps(
  { data, by, at }: LearnerCommandOf<'SubmitParticipation'>,
  entry: Entry | undefined,
): readonly LearnerCommand[] {
  const { participationId, submittedBy, standing, identity: _, ...values } = data;
  const named = { participationId, submittedBy };
  if (standing === 'withdrawn') {
    return [{ type: 'WithdrawParticipation', data: { ...named, ...BY_DEFAULT }, by, at }];
  }
  if (entry === undefined) {
    return [{ type: 'RecordParticipation', data: { ...named, ...values }, by, at }];
  }
  const changes = differingValues(values, entry.values);
  return [
    { type: 'ReinstateParticipation', data: { ...named, ...BY_DEFAULT }, by, at },
    { type: 'CorrectParticipation', data: { ...named, changes }, by, at },
  ];
}

function achievementSteps(
  { data, by, at }: LearnerCommandOf<'SubmitAchievement'>,
  entry: Entry | undefined,
): readonly LearnerCommand[] {
  const { achievementId, submittedBy, standing, identity: _, ...values } = data;
  const named = { achievementId, submittedBy };
  if (standing === 'withdrawn') {
    return [{ type: 'WithdrawAchievement', data: { ...named, ...BY_DEFAULT }, by, at }];
  }
  if (entry === undefined) {
    return [{ type: 'RecordAchievement', data: { ...named, standing, ...values }, by, at }];
  }
  if (entry.standing === 'final' && standing === 'provisional') {
    throw new DomainError(
      'ERR_ENTRY_FINAL',
      'expected a final achievement to be submitted as final or withdrawn, found it submitted as provisional',
    );
  }
  const changes = differingValues(values, entry.values);
  const asItStands: readonly LearnerCommand[] = [
    { type: 'ReinstateAchievement', data: { ...named, ...BY_DEFAULT }, by, at },
    { type: 'CorrectAchievement', data: { ...named, changes }, by, at },
  ];
  return standing === 'final'
    ? [
        ...asItStands,
        { type: 'ConfirmAchievement', data: { ...named, effectiveDate: null }, by, at },
      ]
    : asItStands;
}

function requireIdentity(identity: Identity | null, { details }: IssuedLearner): void {
  const differing = identity === null ? [] : differingIdentity(identity, details);
  if (differing.length > 0) {
    throw new DomainError(
      'ERR_IDENTITY_MISMATCH',
      `identity: expected what is known of the learner, found another ${differing.join(', ')}`,
    );
  }
}
