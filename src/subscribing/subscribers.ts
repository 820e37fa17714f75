import type { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import type { Recorded } from '../../domain/recorded.js';
import { type SubscriberEvent, subscriberEvents } from '../../domain/subscriber/events.js';
import {
  type Subscriber,
  type SubscriberCommand,
  type Subscribers,
  subscribers,
} from '../../domain/subscriber/subscriber.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Journal } from '../journal/journal.js';
import type { Organisations } from '../organisations/organisations.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';

const Registration = subscriberEvents.SubscriberRegistered.schema.omit({ generation: true });

/** A subscriber as it is registered. */
export type SubscriberInput = z.input<typeof Registration>;

/** A subscriber, and the event that registered it. */
export type RegisteredSubscriber = Subscriber & {
  /** The id of the event: a subscriber of the same name that is registered again later is another. */
  readonly registration: string;
  readonly registeredAt: string;
  /** Where in the log it was registered. */
  readonly position: string;
};

/** Who is told of what happens to records. Only the keeper can change it. */
export type SubscriberRegister = {
  /**
   * Registers a subscriber; false where it is there already on the same terms. Throws
   * `ERR_SUBSCRIBER_DIFFERS`, `ERR_ORGANISATION_NOT_FOUND`, `ERR_USER_NOT_FOUND`, `ERR_NOT_PERMITTED`.
   */
  readonly add: (input: SubscriberInput, request: Request) => Promise<boolean>;
  /** Tells a subscriber of nothing any more. Throws `ERR_SUBSCRIBER_NOT_FOUND`. */
  readonly remove: (subscriber: string, request: Request) => Promise<void>;
  /** The registered subscribers, by name. */
  readonly list: () => Promise<readonly RegisteredSubscriber[]>;
};

/** The one stream of all subscribers. */
export const SUBSCRIBER_STREAM = 'subscriber';
const MAX_CONFLICTS = 3;

/** Creates the door to subscribers. */
export function createSubscriberRegister(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly organisations: Pick<Organisations, 'read'>;
}): SubscriberRegister {
  const { journal, vault, organisations } = parts;

  async function handle(
    command: SubscriberCommand,
    request: Request,
  ): Promise<'recorded' | 'repeated' | 'unchanged'> {
    const recording = recordingOf(request, '');
    for (let conflicts = 1; ; conflicts += 1) {
      const { events, end } = await journal.read<SubscriberEvent>(SUBSCRIBER_STREAM);
      if (events.some(({ commandId }) => commandId === recording.commandId)) {
        return 'repeated';
      }
      const decided = subscribers.decide(command, fold(events));
      if (decided.length === 0) {
        return 'unchanged';
      }
      try {
        await journal.append(SUBSCRIBER_STREAM, end, decided, recording);
        return 'recorded';
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  /** An organisation's service asks in the name of one of its users, and of an outside organisation. */
  async function requireUser({
    organisation,
    user,
  }: Omit<Subscriber, 'generation'>): Promise<void> {
    if (organisation === null || user === null) {
      return;
    }
    const { organisationType, users } = await organisations.read(organisation);
    if (organisationType === 'service-operator') {
      throw new DomainError(
        'ERR_INPUT_INVALID',
        'organisation: expected one outside the service, found the service operator: its own services are registered without one',
      );
    }
    if (!users.has(user)) {
      throw new DomainError(
        'ERR_USER_NOT_FOUND',
        'expected a user of the organisation, found none of this id',
      );
    }
  }

  return {
    add: async (input, request) => {
      const asked = parseInput(Registration, input);
      const [generation = 1] = vault.indexGenerations();
      const data = { ...asked, generation };
      const command = { type: 'RegisterSubscriber', data, by: request.by } as const;
      // Who may not do it learns nothing of which organisations there are.
      subscribers.decide(command, subscribers.initialState);
      await requireUser(asked);
      return (await handle(command, request)) === 'recorded';
    },
    remove: async (subscriber, request) => {
      const command = { type: 'RemoveSubscriber', data: { subscriber }, by: request.by } as const;
      if ((await handle(command, request)) === 'unchanged') {
        throw subscriberNotFound();
      }
    },
    list: async () => {
      const { events } = await journal.read<SubscriberEvent>(SUBSCRIBER_STREAM);
      return [...fold(events).values()]
        .map((one) => registeredBy(events, one))
        .sort((one, other) => (one.subscriber < other.subscriber ? -1 : 1));
    },
  };
}

/** The error for a name that is no subscriber's. */
export function subscriberNotFound(): DomainError {
  return new DomainError(
    'ERR_SUBSCRIBER_NOT_FOUND',
    'expected a registered subscriber, found none of this name',
  );
}

function fold(events: readonly Recorded<SubscriberEvent>[]): Subscribers {
  return events.reduce(
    (state, { event }) => subscribers.evolve(state, event),
    subscribers.initialState,
  );
}

function registeredBy(
  events: readonly Recorded<SubscriberEvent>[],
  one: Subscriber,
): RegisteredSubscriber {
  const recorded = events.findLast(
    ({ event }) =>
      event.type === 'SubscriberRegistered' && event.data.subscriber === one.subscriber,
  );
  if (recorded === undefined) {
    throw new TypeError('a registered subscriber has the event that registered it');
  }
  const { id: registration, recordedAt: registeredAt, position } = recorded;
  return { ...one, registration, registeredAt, position };
}
