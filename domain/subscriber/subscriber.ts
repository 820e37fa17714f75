import type { Actor } from '../actor.js';
import type { Decider } from '../decider.js';
import { DomainError } from '../errors.js';
import type { SubscriberEvent, SubscriberEventData } from './events.js';

/** A registered subscriber. */
export type Subscriber = SubscriberEventData<'SubscriberRegistered'>;

/** What can be asked of the stream of subscribers. */
export type SubscriberCommand = (
  | { readonly type: 'RegisterSubscriber'; readonly data: Subscriber }
  | { readonly type: 'RemoveSubscriber'; readonly data: { readonly subscriber: string } }
) & { readonly by: Actor };

/** The registered subscribers by name. */
export type Subscribers = ReadonlyMap<string, Subscriber>;

/** Who is told of what happens to records. Only the keeper decides that. */
export const subscribers: Decider<Subscribers, SubscriberCommand, SubscriberEvent> = {
  initialState: new Map(),
  decide: (command, state) => {
    if (command.by.kind !== 'keeper') {
      throw new DomainError(
        'ERR_NOT_PERMITTED',
        'expected the keeper to register and remove subscribers, found someone else',
      );
    }
    return command.type === 'RegisterSubscriber'
      ? decideRegister(command.data, state)
      : decideRemove(command.data, state);
  },
  evolve: (state, event) => {
    const after = new Map(state);
    switch (event.type) {
      case 'SubscriberRegistered':
        after.set(event.data.subscriber, event.data);
        return after;
      case 'SubscriberRemoved':
        after.delete(event.data.subscriber);
        return after;
    }
  },
};

function decideRegister(asked: Subscriber, state: Subscribers): readonly SubscriberEvent[] {
  if ((asked.organisation === null) !== (asked.user === null)) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'expected an organisation together with the user in whose name its service asks, or neither, found one alone',
    );
  }
  const known = state.get(asked.subscriber);
  if (known === undefined) {
    return [{ type: 'SubscriberRegistered', data: asked }];
  }
  if (!isSame(known, asked)) {
    throw new DomainError(
      'ERR_SUBSCRIBER_DIFFERS',
      'expected the same subscriber as before under this name, found one of other terms: remove it first, or choose another name',
    );
  }
  return [];
}

function decideRemove(
  { subscriber }: { readonly subscriber: string },
  state: Subscribers,
): readonly SubscriberEvent[] {
  return state.has(subscriber) ? [{ type: 'SubscriberRemoved', data: { subscriber } }] : [];
}

/** True where both are told the same in the same name; the key that references are made of stays the first. */
function isSame(one: Subscriber, other: Subscriber): boolean {
  const terms = ({ organisation, user, purpose, kinds, from }: Subscriber) =>
    JSON.stringify([organisation, user, purpose, [...kinds].sort(), from]);
  return terms(one) === terms(other);
}
