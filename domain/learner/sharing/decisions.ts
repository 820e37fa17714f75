import { DomainError } from '../../errors.js';
import type { Recorded } from '../../recorded.js';
import { dateOf } from '../../values/date.js';
import type { LearnerCommandOf } from '../commands.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner } from '../state.js';
import type { Authorisation } from './events.js';

/**
 * Links an organisation to the learner, by default from today on. The organisation itself says so, or
 * the keeper for it; a learner shares by configured views instead.
 */
export function decideConnect(
  { data, by, at }: LearnerCommandOf<'EstablishConnection'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  if (by.kind === 'learner' || (by.kind === 'organisation' && by.ukprn !== data.ukprn)) {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the organisation itself, or the keeper, to establish its connection, found someone else',
    );
  }
  const known = state.connections.get(data.connectionId);
  const startDate = data.startDate ?? known?.startDate ?? dateOf(at);
  if (data.endDate !== null && data.endDate < startDate) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'endDate: expected a date not before startDate, found an earlier one',
    );
  }
  if (known === undefined) {
    return [{ type: 'ConnectionEstablished', data: { ...data, startDate } }];
  }
  if (known.ukprn === data.ukprn && known.startDate === startDate) {
    return [];
  }
  throw new DomainError(
    'ERR_CONNECTION_DIFFERS',
    'expected a new connection or the same again, found this id with another content',
  );
}

/** Ends a connection: the organisation, the keeper or the learner can. */
export function decideDisconnect(
  { data, by, at }: LearnerCommandOf<'EndConnection'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const known = state.connections.get(data.connectionId);
  if (known === undefined || (by.kind === 'organisation' && by.ukprn !== known.ukprn)) {
    throw new DomainError(
      'ERR_CONNECTION_NOT_FOUND',
      'expected a connection of this id, found none',
    );
  }
  const endDate = data.endDate ?? dateOf(at);
  if (endDate < known.startDate) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'endDate: expected a date not before the connection began, found an earlier one',
    );
  }
  return known.endDate !== null && known.endDate <= endDate
    ? []
    : [
        {
          type: 'ConnectionEnded',
          data: { connectionId: data.connectionId, endDate, reason: data.reason },
        },
      ];
}

/** From this day organisations can override opt-outs set before it. Source: the service's guidance on the GDPR. */
const LATER_POLICY = '2018-05-25';

/**
 * Overrides an opt-out set before 25 May 2018, after the learner was given the notice in force. What a
 * learner has chosen since is the learner's to lift. Source: the service's guidance on the GDPR; that
 * later opt-outs are accepted, and cannot be overridden, is ours: the privacy notice promises them.
 */
export function decideOverrideOptOut(
  { data, by, at }: LearnerCommandOf<'OverrideOptOut'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const effectiveDate = data.effectiveDate ?? dateOf(at);
  if (by.kind !== 'organisation') {
    throw transitionRefused(
      'an organisation to override an opt-out, found another; lift it instead',
    );
  }
  if (state.optedOutSince === null) {
    return [];
  }
  if (dateOf(at) < LATER_POLICY || effectiveDate < LATER_POLICY || effectiveDate > dateOf(at)) {
    throw transitionRefused(`a date from ${LATER_POLICY} to today, found another`);
  }
  if (state.optedOutSince >= LATER_POLICY) {
    throw transitionRefused(
      `an opt-out set before ${LATER_POLICY}, found one set since, which only the learner can lift`,
    );
  }
  if (!state.noticesShown.some(({ notice }) => notice === data.notice)) {
    throw transitionRefused(
      'the notice in force to have been given to the learner first ("plr notice given"), found it not given',
    );
  }
  return [{ type: 'OptOutOverridden', data: { ...data, effectiveDate } }];
}

/**
 * Refuses to override an opt-out that was recorded since the day, whatever date was stated for it: what is
 * historic is so by when the ledger learnt of it. Throws `ERR_OPT_OUT_TRANSITION`.
 */
export function refuseLaterOptOut(events: readonly Recorded<LearnerEvent>[]): void {
  const set = events.findLast(({ event }) => event.type === 'OptOutSet');
  if (set !== undefined && dateOf(set.recordedAt) >= LATER_POLICY) {
    throw transitionRefused(
      `an opt-out recorded before ${LATER_POLICY}, found one recorded since, which only the learner can lift`,
    );
  }
}

/** Changes how a record is handled. The keeper decides, with a reason and, where restricted, a review date to come. */
export function decideHandling(
  { data, by, at }: LearnerCommandOf<'ChangeHandling'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  if (by.kind !== 'keeper') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the keeper to change how a record is handled, found someone else',
    );
  }
  const { level, authorised, reviewDate } = data;
  if (level === 'restricted' && (reviewDate === null || reviewDate <= dateOf(at))) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'reviewDate: expected a date to come, because the handling is restricted, found none',
    );
  }
  if (level === 'standard' && authorised.length > 0) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'authorised: expected none, because the handling is standard, found some',
    );
  }
  const { handling } = state;
  const isSame =
    handling.level === level &&
    handling.reviewDate === reviewDate &&
    namesOf(handling.authorised) === namesOf(authorised);
  return isSame ? [] : [{ type: 'HandlingChanged', data }];
}

function namesOf(authorised: readonly Authorisation[]): string {
  return authorised
    .map(({ ukprn, user }) => `${user ?? ''}@${ukprn}`)
    .sort()
    .join();
}

function transitionRefused(expectedAndFound: string): DomainError {
  return new DomainError('ERR_OPT_OUT_TRANSITION', `expected ${expectedAndFound}`, {
    serviceCode: 'WSRC0014',
  });
}
