import type { Actor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import { type CalendarDate, dateOf, type Instant } from '../../values/date.js';
import { changedFields, changesFor, differingFields, withChanges } from '../changes.js';
import { achievementShape, type LearnerCommandOf, participationShape } from '../commands.js';
import { effectiveDateOf, isKnownSince } from '../details/decisions.js';
import type { LearnerEvent, LearnerEventData } from '../events.js';
import { type Entry, entryDate, type IssuedLearner, type Values } from '../state.js';
import { type EntryReference, entryKey, entryReferenceOf } from './entries.js';

/** Records a participation; the same one sent again records nothing. */
export function decideRecordParticipation(
  command: LearnerCommandOf<'RecordParticipation'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { participationId: entryId, submittedBy, ...values } = command.data;
  requireSubmitter(command.by, submittedBy);
  requireDatesInOrder(values);
  const reference = { kind: 'participation', submittedBy, entryId } as const;
  return isRecorded(state, reference, values)
    ? []
    : [{ type: 'ParticipationRecorded', data: command.data }];
}

/**
 * Records an achievement, which may be provisional. A future award date is refused: real sources send
 * dates decades ahead through century errors.
 */
export function decideRecordAchievement(
  command: LearnerCommandOf<'RecordAchievement'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { achievementId: entryId, submittedBy, standing, ...values } = command.data;
  requireSubmitter(command.by, submittedBy);
  refuseFutureAward(values.achievementAwardDate, command.at);
  const reference = { kind: 'achievement', submittedBy, entryId } as const;
  const current = state.entries.get(entryKey(reference));
  if (current?.standing === 'provisional' && standing === 'final') {
    throw new DomainError(
      'ERR_ENTRY_DIFFERS',
      'expected a new entry or the same again, found a provisional one; confirm it instead',
    );
  }
  return isRecorded(state, reference, values)
    ? []
    : [{ type: 'AchievementRecorded', data: command.data }];
}

/** Promotes a provisional achievement to final, by default from its award date on. */
export function decideConfirm(
  command: LearnerCommandOf<'ConfirmAchievement'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { achievementId, submittedBy } = command.data;
  const entry = ownedEntry(command.by, state, {
    kind: 'achievement',
    submittedBy,
    entryId: achievementId,
  });
  refuseWithdrawn(entry);
  const effectiveDate = effectiveDateOf(command, entryDate(entry));
  return entry.standing === 'final'
    ? []
    : [{ type: 'AchievementConfirmed', data: { achievementId, submittedBy, effectiveDate } }];
}

/** Corrects a participation: only the fields named, only by its source. */
export function decideCorrectParticipation(
  command: LearnerCommandOf<'CorrectParticipation'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { participationId, submittedBy, changes } = command.data;
  const reference = { kind: 'participation', submittedBy, entryId: participationId } as const;
  const entry = ownedEntry(command.by, state, reference);
  refuseWithdrawn(entry);
  requireDatesInOrder(withChanges(entry.values, changes));
  if (changedFields(changes, entry.values).length === 0) {
    return [];
  }
  const validFrom = earliest(entryDate(entry), changes.participationStartDate);
  const fields = changesFor(participationShape, changes, entry.values);
  // Sound: `changesFor` gives every field of the shape, as `null` or the parsed value it changes to.
  const data = {
    participationId,
    submittedBy,
    validFrom,
    ...fields,
  } as LearnerEventData<'ParticipationCorrected'>;
  return [{ type: 'ParticipationCorrected', data }];
}

/** Corrects an achievement: only the fields named, only by its source. */
export function decideCorrectAchievement(
  command: LearnerCommandOf<'CorrectAchievement'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { achievementId, submittedBy, changes } = command.data;
  const reference = { kind: 'achievement', submittedBy, entryId: achievementId } as const;
  const entry = ownedEntry(command.by, state, reference);
  refuseWithdrawn(entry);
  if (changes.achievementAwardDate !== undefined) {
    refuseFutureAward(changes.achievementAwardDate, command.at);
  }
  if (changedFields(changes, entry.values).length === 0) {
    return [];
  }
  const validFrom = earliest(entryDate(entry), changes.achievementAwardDate);
  const fields = changesFor(achievementShape, changes, entry.values);
  // Sound: `changesFor` gives every field of the shape, as `null` or the parsed value it changes to.
  const data = {
    achievementId,
    submittedBy,
    validFrom,
    ...fields,
  } as LearnerEventData<'AchievementCorrected'>;
  return [{ type: 'AchievementCorrected', data }];
}

/** Takes an entry back, by default from its own date on: it never stood. */
export function decideWithdraw(
  command: LearnerCommandOf<'WithdrawParticipation' | 'WithdrawAchievement'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const entry = ownedEntry(command.by, state, entryReferenceOf(command.data));
  const effectiveDate = effectiveDateOf(command, entryDate(entry));
  if (isKnownSince(entry.withdrawnSince, command.data.effectiveDate)) {
    return [];
  }
  return command.type === 'WithdrawParticipation'
    ? [{ type: 'ParticipationWithdrawn', data: { ...command.data, effectiveDate } }]
    : [{ type: 'AchievementWithdrawn', data: { ...command.data, effectiveDate } }];
}

/** Puts a withdrawn entry back, by default from its own date on. */
export function decideReinstate(
  command: LearnerCommandOf<'ReinstateParticipation' | 'ReinstateAchievement'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const entry = ownedEntry(command.by, state, entryReferenceOf(command.data));
  const effectiveDate = effectiveDateOf(command, entryDate(entry));
  if (entry.withdrawnSince === null) {
    return [];
  }
  return command.type === 'ReinstateParticipation'
    ? [{ type: 'ParticipationReinstated', data: { ...command.data, effectiveDate } }]
    : [{ type: 'AchievementReinstated', data: { ...command.data, effectiveDate } }];
}

/** Refuses whoever is not the source of an entry. */
export function requireSubmitter(by: Actor, submittedBy: string): void {
  if (by.kind !== 'organisation' || by.ukprn !== submittedBy) {
    const found = by.kind === 'organisation' ? 'another organisation' : `the ${by.kind}`;
    throw new DomainError(
      'ERR_NOT_SUBMITTER',
      `expected the source that submits the entry to act on it, found ${found}`,
    );
  }
}

function ownedEntry(by: Actor, state: IssuedLearner, reference: EntryReference): Entry {
  // Asked first, so that another organisation does not learn which entries there are.
  requireSubmitter(by, reference.submittedBy);
  const entry = state.entries.get(entryKey(reference));
  if (entry === undefined) {
    throw new DomainError(
      'ERR_ENTRY_NOT_FOUND',
      `expected an entry (${reference.kind}) of this source and id, found none`,
    );
  }
  return entry;
}

function isRecorded(state: IssuedLearner, reference: EntryReference, values: Values): boolean {
  const current = state.entries.get(entryKey(reference));
  if (current === undefined) {
    return false;
  }
  const differing = differingFields(values, current.values);
  if (differing.length > 0) {
    throw new DomainError(
      'ERR_ENTRY_DIFFERS',
      `expected a new entry or the same again, found this id with another ${differing.join(', ')}; correct it instead`,
    );
  }
  // Saying "it is so already" of an entry that does not stand would be untrue.
  refuseWithdrawn(current);
  return true;
}

function refuseWithdrawn(entry: Entry): void {
  if (entry.withdrawnSince !== null) {
    throw new DomainError(
      'ERR_ENTRY_WITHDRAWN',
      'expected an entry that stands, found it withdrawn; reinstate it first',
    );
  }
}

function refuseFutureAward(awardDate: CalendarDate, at: Instant): void {
  if (awardDate > dateOf(at)) {
    throw new DomainError(
      'ERR_AWARD_DATE_IN_FUTURE',
      'achievementAwardDate: expected a date up to today, found a later one',
    );
  }
}

function requireDatesInOrder(values: Values): void {
  const { participationStartDate: start, participationEndDate: end } = values;
  if (typeof start === 'string' && typeof end === 'string' && end < start) {
    throw new DomainError(
      'ERR_PARTICIPATION_DATES',
      'participationEndDate: expected a date not before participationStartDate, found an earlier one',
    );
  }
}

function earliest(current: CalendarDate, changed: CalendarDate | undefined): CalendarDate {
  return changed !== undefined && changed < current ? changed : current;
}
