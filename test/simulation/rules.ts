import type { Fact } from './model.js';
import { HEAD, type ModelState, ownDateOf, stateAt } from './model.js';

/** A command as the simulation issues it: plain data, and who asks as `keeper`, `learner` or a UKPRN. */
export type Asked = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly by: string;
};

/** What a command should lead to: `recorded`, `unchanged`, or the code of the refusal. */
export function expectedOutcome(facts: readonly Fact[], asked: Asked, today: string): string {
  const state = stateAt(facts, HEAD);
  const isFuture = String(asked.data['effectiveDate'] ?? '') > today;
  if (asked.type === 'AmendLearnerDetails') {
    return amendment(state, asked, isFuture);
  }
  if (asked.type === 'SetOptOut' || asked.type === 'LiftOptOut') {
    if (asked.data['of'] === 'uln') {
      return 'ERR_ULN_OPT_OUT';
    }
    const isSet = asked.type === 'SetOptOut';
    if (isFuture) {
      return 'ERR_DATE_IN_FUTURE';
    }
    return isSet === (state.optOut !== null) && !isEarlierDate(asked, state.optOut?.since)
      ? 'unchanged'
      : choice(asked);
  }
  if (asked.type.endsWith('Challenge')) {
    return challenge(state, asked);
  }
  return asked.type.startsWith('Record')
    ? recording(state, asked, today)
    : entryChange(state, asked, today, isFuture);
}

/** The key of the entry that a command names. */
export function subjectOf({ data }: Pick<Asked, 'data'>): string {
  const { achievementId, participationId, submittedBy } = data;
  return achievementId === undefined
    ? `participation ${submittedBy} ${participationId}`
    : `achievement ${submittedBy} ${achievementId}`;
}

/** The fields of `changes` that differ from what stands. */
export function differing(
  changes: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => current[name] !== value),
  );
}

/** Learners choose by their own account, the keeper by the helpdesk with evidence, providers at enrolment; those lift nothing. */
function choice({ type, data, by }: Asked): string {
  const routes: Readonly<Record<string, string>> = { learner: 'own-account', keeper: 'helpdesk' };
  const isRefused =
    data['route'] !== (routes[by] ?? 'enrolment') ||
    (data['route'] === 'helpdesk' && data['evidenceReference'] === null) ||
    (type === 'LiftOptOut' && routes[by] === undefined);
  return isRefused ? 'ERR_OPT_OUT_TRANSITION' : 'recorded';
}

function amendment(state: ModelState, { data, by }: Asked, isFuture: boolean): string {
  if (by === 'learner') {
    return 'ERR_NOT_PERMITTED';
  }
  const changes = data['changes'] as Record<string, unknown>;
  if (Object.keys(differing(changes, state.details ?? {})).length === 0) {
    return 'unchanged';
  }
  return isFuture ? 'ERR_DATE_IN_FUTURE' : 'recorded';
}

function recording(state: ModelState, asked: Asked, today: string): string {
  const { data, by } = asked;
  const subject = subjectOf(asked);
  if (by !== data['submittedBy']) {
    return 'ERR_NOT_SUBMITTER';
  }
  const wrongDates = datesRefused(subject, data, today);
  if (wrongDates !== null) {
    return wrongDates;
  }
  const current = state.entries[subject];
  if (current === undefined) {
    return 'recorded';
  }
  const isPromotion = current.standing === 'provisional' && data['standing'] === 'final';
  for (const [name, value] of Object.entries(current.values)) {
    const isRedacted = String(value).startsWith('[redacted');
    if (isPromotion || (!isRedacted && value !== (data[name] ?? null))) {
      return 'ERR_ENTRY_DIFFERS';
    }
  }
  return current.withdrawnSince !== null ? 'ERR_ENTRY_WITHDRAWN' : 'unchanged';
}

function entryChange(state: ModelState, asked: Asked, today: string, isFuture: boolean): string {
  const { type, data, by } = asked;
  const subject = subjectOf(asked);
  const entry = state.entries[subject];
  if (by !== data['submittedBy']) {
    return 'ERR_NOT_SUBMITTER';
  }
  if (entry === undefined) {
    return 'ERR_ENTRY_NOT_FOUND';
  }
  if (entry.withdrawnSince !== null && (type.startsWith('Correct') || type.startsWith('Confirm'))) {
    return 'ERR_ENTRY_WITHDRAWN';
  }
  if (type.startsWith('Correct')) {
    const changes = data['changes'] as Record<string, unknown>;
    const wrongDates = datesRefused(subject, { ...entry.values, ...changes }, today);
    const isSame = Object.keys(differing(changes, entry.values)).length === 0;
    return wrongDates ?? (isSame ? 'unchanged' : 'recorded');
  }
  if (isFuture) {
    return 'ERR_DATE_IN_FUTURE';
  }
  if (type.startsWith('Confirm')) {
    return entry.standing === 'final' ? 'unchanged' : 'recorded';
  }
  const isWithdrawn = entry.withdrawnSince !== null;
  return isWithdrawn === type.startsWith('Withdraw') && !isEarlierDate(asked, entry.withdrawnSince)
    ? 'unchanged'
    : 'recorded';
}

function datesRefused(
  subject: string,
  values: Readonly<Record<string, unknown>>,
  today: string,
): string | null {
  if (subject.startsWith('achievement')) {
    return ownDateOf(subject, values) > today ? 'ERR_AWARD_DATE_IN_FUTURE' : null;
  }
  const end = values['participationEndDate'];
  return typeof end === 'string' && end < ownDateOf(subject, values)
    ? 'ERR_PARTICIPATION_DATES'
    : null;
}

function challenge(state: ModelState, { type, data, by }: Asked): string {
  const known = state.challenges[String(data['challengeId'])];
  if (type === 'RaiseChallenge') {
    const entry = data['entry'] as Record<string, unknown> | null;
    const key =
      entry === null ? null : `${entry['kind']} ${entry['submittedBy']} ${entry['entryId']}`;
    if (known !== undefined) {
      const isRedacted = String(known.reason).startsWith('[redacted');
      const isSame = known.entry === key && (isRedacted || known.reason === data['reason']);
      return isSame && known.raisedBy === by ? 'unchanged' : 'ERR_CHALLENGE_DIFFERS';
    }
    return key !== null && state.entries[key] === undefined ? 'ERR_ENTRY_NOT_FOUND' : 'recorded';
  }
  if (known === undefined) {
    return 'ERR_CHALLENGE_NOT_FOUND';
  }
  const owner = known.entry === null ? 'keeper' : String(known.entry).split(' ')[1];
  const permitted = type === 'WithdrawChallenge' ? [known.raisedBy] : [owner, 'keeper'];
  if (!permitted.includes(by)) {
    return 'ERR_NOT_PERMITTED';
  }
  const outcome = outcomeOf(type);
  if (known.state === 'open') {
    return 'recorded';
  }
  return known.state === outcome ? 'unchanged' : 'ERR_CHALLENGE_CLOSED';
}

/** What a challenge becomes by a command. */
export function outcomeOf(type: string): string {
  const outcomes: Readonly<Record<string, string>> = {
    WithdrawChallenge: 'withdrawn',
    UpholdChallenge: 'upheld',
    RejectChallenge: 'rejected',
  };
  return outcomes[type] ?? 'open';
}

/** Whether a command that sets something again names an earlier date from which it is so. */
function isEarlierDate({ type, data }: Asked, since: string | null | undefined): boolean {
  const named = data['effectiveDate'] ?? null;
  const sets = type.startsWith('Withdraw') || type === 'SetOptOut';
  return sets && named !== null && since !== null && since !== undefined && String(named) < since;
}
