import { describe, expect, test } from 'vitest';
import { subscriberEvents } from '../../../domain/subscriber/events.js';
import { type Subscriber, subscribers } from '../../../domain/subscriber/subscriber.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import { keeper, provider } from '../learner/examples.js';
import { refusal } from '../learner/language.js';

const records: Subscriber = {
  subscriber: 'college-records',
  organisation: Ukprn.parse('99999902'),
  user: 'records',
  purpose: 'advice-and-guidance',
  kinds: ['achievement.recorded', 'sharing.withdrawn'],
  from: 'registration',
  generation: 1,
};
const registering = (data: Subscriber, by = keeper) =>
  ({ type: 'RegisterSubscriber', data, by }) as const;
const registered = subscribers.evolve(subscribers.initialState, {
  type: 'SubscriberRegistered',
  data: records,
});

describe('registering', () => {
  test('is recorded once, whatever the order of the kinds and the key of today', () => {
    const [event] = subscribers.decide(registering(records), subscribers.initialState);
    expect(event).toEqual({ type: 'SubscriberRegistered', data: records });
    const again = { ...records, kinds: [...records.kinds].reverse(), generation: 2 };
    expect(subscribers.decide(registering(again), registered)).toEqual([]);
  });

  test.each<[string, Partial<Subscriber>]>([
    ['another organisation', { organisation: Ukprn.parse('99999903') }],
    ['another user', { user: 'other' }],
    ['another purpose', { purpose: 'admission' }],
    ['other kinds', { kinds: ['achievement.recorded'] }],
    ['another beginning', { from: 'beginning' }],
  ])('is refused under a name that stands for %s', (_, change) => {
    const asked = registering({ ...records, ...change });
    expect(refusal(() => subscribers.decide(asked, registered)).code).toBe(
      'ERR_SUBSCRIBER_DIFFERS',
    );
  });

  test.each<[string, Partial<Subscriber>]>([
    ['an organisation without a user', { user: null }],
    ['a user without an organisation', { organisation: null }],
  ])('is refused for %s', (_, change) => {
    const asked = registering({ ...records, ...change });
    const { code } = refusal(() => subscribers.decide(asked, subscribers.initialState));
    expect(code).toBe('ERR_INPUT_INVALID');
  });

  test('and removing are for the keeper', () => {
    for (const command of [
      { ...registering(records), by: provider },
      { type: 'RemoveSubscriber', data: { subscriber: 'college-records' }, by: provider } as const,
    ]) {
      expect(refusal(() => subscribers.decide(command, registered)).code).toBe('ERR_NOT_PERMITTED');
    }
  });
});

test('removing is recorded once', () => {
  const command = {
    type: 'RemoveSubscriber',
    data: { subscriber: 'college-records' },
    by: keeper,
  } as const;
  const [event] = subscribers.decide(command, registered);
  expect(event).toEqual({ type: 'SubscriberRemoved', data: { subscriber: 'college-records' } });
  const removed = event === undefined ? registered : subscribers.evolve(registered, event);
  expect(subscribers.decide(command, removed)).toEqual([]);
});

test.each([
  ['college-records', true],
  ['a', true],
  [`a${'b'.repeat(31)}`, true],
  [`a${'b'.repeat(32)}`, false],
  ['College', false],
  ['1college', false],
  ['college.records', false],
  ['college records', false],
  ['college*', false],
  ['a1000000043', false],
  ['', false],
])('the name "%s" is valid: %s', (name, isValid) => {
  const { subscriber } = subscriberEvents.SubscriberRegistered.schema.shape;
  expect(subscriber.safeParse(name).success).toBe(isValid);
});
