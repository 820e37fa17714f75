import { setTimeout as sleep } from 'node:timers/promises';
import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
} from 'nats';
import type { Message } from '../../domain/subscriber/message.js';
import { isCode, StreamError } from '../../streams/errors.js';
import { parseNatsUrl } from '../../streams/jetstream/url.js';
import { connectNats, isNotFound } from '../../streams/natsConnection.js';
import { fromBinary, toBinary } from './binaryMode.js';
import { MESSAGE_STREAM, MESSAGE_SUBJECTS, messagesOf, subjectOf } from './subjects.js';

/** The broker that messages are sent through. One that is away is waited for until the signal aborts. */
export type Bus = {
  /** Gives a subscriber its place on the bus; does nothing where it has one. */
  readonly admit: (subscriber: string, signal: AbortSignal) => Promise<void>;
  /**
   * Sends a message; durable on the bus when it is done. The same message again is known by its id
   * within the broker's window.
   */
  readonly send: (subscriber: string, message: Message, signal: AbortSignal) => Promise<void>;
  /** The place in the log of the last message that a subscriber was sent since an instant; `null` for none. */
  readonly lastPosition: (
    subscriber: string,
    since: string,
    signal: AbortSignal,
  ) => Promise<string | null>;
  readonly close: () => Promise<void>;
};

const RETRY_MS = 250;
const TIMEOUT_MS = 5_000;
const DAY_MS = 86_400_000;
/** How long messages stay for whoever is away. They hold no personal data. */
const MESSAGES_STAY_MS = 30 * DAY_MS;
/** How long the broker knows a message that is sent again. */
const DUPLICATE_WINDOW_MS = 10 * 60_000;
/** How long a subscriber may work on one message without a sign of life. */
export const ACK_WAIT_MS = 10_000;

/** Connects to the bus that a URL names, and makes the stream of messages where there is none. */
export async function connectBus(url: string): Promise<Bus> {
  const { connection: options, replicas } = parseNatsUrl(url);
  const connection = await connectNats(options).catch((error: unknown) => {
    throw busFailure(error);
  });
  try {
    const manager = await connection.jetstreamManager({ timeout: TIMEOUT_MS });
    await makeStream(manager, replicas ?? 1);
    return createBus(connection, manager);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function createBus(connection: NatsConnection, manager: JetStreamManager): Bus {
  const jetstream = connection.jetstream({ timeout: TIMEOUT_MS });
  const admitted = new Set<string>();

  /** Takes a step again while the broker does not answer. */
  async function patiently<Result>(
    signal: AbortSignal,
    step: () => Promise<Result>,
  ): Promise<Result> {
    for (;;) {
      signal.throwIfAborted();
      try {
        return await step();
      } catch (error) {
        if (!isAway(error) || connection.isClosed()) {
          throw busFailure(error);
        }
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  }

  return {
    admit: async (subscriber, signal) => {
      if (admitted.has(subscriber)) {
        return;
      }
      await patiently(signal, () =>
        manager.consumers.add(MESSAGE_STREAM, {
          durable_name: subscriber,
          filter_subject: messagesOf(subscriber),
          ack_policy: AckPolicy.Explicit,
          deliver_policy: DeliverPolicy.All,
          ack_wait: nanos(ACK_WAIT_MS),
          // One at a time: nothing of a learner is given before what was recorded of it earlier is dealt with.
          max_ack_pending: 1,
        }),
      );
      admitted.add(subscriber);
    },
    send: async (subscriber, message, signal) => {
      const { headers, body } = toBinary(message);
      const msgID = `${subscriber}.${message.id}`;
      await patiently(signal, () =>
        jetstream.publish(subjectOf(subscriber, message.kind), body, { headers, msgID }),
      );
    },
    lastPosition: async (subscriber, since, signal) => {
      const found = await patiently(signal, () => lastMessageOf(manager, subscriber));
      return found !== null && found.time >= since ? found.position : null;
    },
    close: () => connection.drain(),
  };
}

async function makeStream(manager: JetStreamManager, replicas: number): Promise<void> {
  const config = {
    subjects: MESSAGE_SUBJECTS,
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(MESSAGES_STAY_MS),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    num_replicas: replicas,
  };
  const info = await manager.streams.info(MESSAGE_STREAM).catch((error: unknown) => {
    if (isNotFound(error)) {
      return null;
    }
    throw busFailure(error);
  });
  if (info === null) {
    await manager.streams.add({ name: MESSAGE_STREAM, ...config });
    return;
  }
  if (MESSAGE_SUBJECTS.some((subject) => !info.config.subjects.includes(subject))) {
    throw new StreamError(
      'ERR_STORE_URL',
      `expected the JetStream stream ${MESSAGE_STREAM} to hold ${MESSAGE_SUBJECTS.join(' and ')}, found it holding other subjects`,
    );
  }
}

async function lastMessageOf(
  manager: JetStreamManager,
  subscriber: string,
): Promise<{ readonly position: string; readonly time: string } | null> {
  try {
    const last = await manager.streams.getMessage(MESSAGE_STREAM, {
      last_by_subj: messagesOf(subscriber),
    });
    const message = last === null ? null : fromBinary(last.header, last.data);
    return message === null || last === null
      ? null
      : { position: message.position, time: last.time.toISOString() };
  } catch (error) {
    // 10037: there is no message of this subject.
    if (isNotFound(error)) {
      return null;
    }
    throw error;
  }
}

/** True where the broker did not answer: it is away, or on its way back. */
function isAway(error: unknown): boolean {
  return error instanceof NatsError && error.api_error === undefined;
}

function busFailure(cause: unknown): unknown {
  return cause instanceof NatsError || isCode(cause, 'ERR_STORE_UNREACHABLE')
    ? new StreamError(
        'ERR_BUS_FAILED',
        `expected the message bus to answer, found it failing${cause instanceof NatsError ? ` with ${cause.code}` : ''}`,
        { cause },
      )
    : cause;
}
