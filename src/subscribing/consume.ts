import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamClient,
  type JsMsg,
  type NatsConnection,
  NatsError,
  nanos,
} from 'nats';
import type { Message } from '../../domain/subscriber/message.js';
import { parseNatsUrl } from '../../streams/jetstream/url.js';
import { connectNats } from '../../streams/natsConnection.js';
import { fromBinary } from './binaryMode.js';
import { ACK_WAIT_MS } from './bus.js';
import { deadLettersOf, deadSubjectOf, MESSAGE_STREAM, messagesOf } from './subjects.js';

/** A message as a handler is given it. */
export type ReceivedMessage = Message & {
  /** Its place on the bus: for `replay`, and growing. */
  readonly sequence: number;
  /** True where it was given before, to this handler or to one that did not end. */
  readonly redelivered: boolean;
};

/** Deals with one message. What it throws is a failure, and the message is given again. */
export type MessageHandler = (message: ReceivedMessage) => void | Promise<void>;

/** A message that a subscriber could not deal with, left on the bus under its own subject. */
export type DeadLetter = {
  readonly sequence: number;
  readonly attempts: number;
  readonly reason: 'handler-failed' | 'not-understood';
};

/** How a service subscribes. */
export type SubscribeOptions = {
  /** The bus: `nats://user:password@host:4222`. */
  readonly bus: string;
  /** The name under which the service was registered. */
  readonly subscriber: string;
  /** How often a message is tried before it becomes a dead letter; 5 where none is given. */
  readonly attempts?: number;
  /** How long the first repetition waits, doubled each time; a second where nothing is given. */
  readonly retryDelayMs?: number;
  readonly signal: AbortSignal;
  readonly onDeadLetter?: (letter: DeadLetter) => void;
};

/** Which messages are given again: from one place on the bus through another, both included. */
export type ReplayOptions = Pick<SubscribeOptions, 'bus' | 'subscriber' | 'signal'> & {
  readonly of: 'messages' | 'dead-letters';
  readonly from?: number;
  readonly through?: number;
};

const ATTEMPTS = 5;
const RETRY_DELAY_MS = 1_000;
const NEXT_WAIT_MS = 5_000;
const RECONNECT_MS = 500;
const REPLAY_IDLE_MS = 60_000;

/**
 * Gives a service its messages, one after another, at least once and in order for every learner, until
 * the signal aborts. The bus keeps the place: after a crash it goes on with the first message that was
 * not dealt with. What fails is tried again in its place, and left as a dead letter at last, so that the
 * others are not held up for ever. A broker that is away is waited for.
 */
export async function subscribe(options: SubscribeOptions, handler: MessageHandler): Promise<void> {
  const connection = await connect(options);
  try {
    const jetstream = connection.jetstream();
    while (!options.signal.aborted && !connection.isClosed()) {
      await takeNext(jetstream, options, handler);
    }
  } finally {
    await connection.close();
  }
}

async function takeNext(
  jetstream: JetStreamClient,
  options: SubscribeOptions,
  handler: MessageHandler,
): Promise<void> {
  try {
    const consumer = await jetstream.consumers.get(MESSAGE_STREAM, options.subscriber);
    while (!options.signal.aborted) {
      const batch = await consumer.fetch({ max_messages: 1, expires: NEXT_WAIT_MS });
      const stop = () => batch.stop();
      options.signal.addEventListener('abort', stop, { once: true });
      for await (const taken of batch) {
        await deal(jetstream, taken, options, handler);
      }
      options.signal.removeEventListener('abort', stop);
    }
  } catch (error) {
    if (!(error instanceof NatsError) && !isTransport(error)) {
      throw error;
    }
    await sleep(RECONNECT_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Deals with one message, whatever becomes of it; then the bus goes on to the next. */
async function deal(
  jetstream: JetStreamClient,
  taken: JsMsg,
  options: SubscribeOptions,
  handler: MessageHandler,
): Promise<void> {
  const alive = setInterval(() => taken.working(), ACK_WAIT_MS / 3);
  try {
    const message = fromBinary(taken.headers, taken.data);
    if (message === null) {
      await bury(jetstream, taken, options, { attempts: 0, reason: 'not-understood' });
    } else {
      const received = { ...message, sequence: taken.seq, redelivered: taken.redelivered };
      const attempts = await tryAll(received, options, handler);
      if (attempts === null) {
        // Given to whoever comes next at once, not when its time is over.
        taken.nak();
        return;
      }
      if (attempts.failed) {
        await bury(jetstream, taken, options, {
          attempts: attempts.count,
          reason: 'handler-failed',
        });
      }
    }
    await taken.ackAck();
  } finally {
    clearInterval(alive);
  }
}

/** Tries until it is done or given up; `null` where the service is ending, and nothing is decided. */
async function tryAll(
  message: ReceivedMessage,
  { attempts = ATTEMPTS, retryDelayMs = RETRY_DELAY_MS, signal }: SubscribeOptions,
  handler: MessageHandler,
): Promise<{ readonly failed: boolean; readonly count: number } | null> {
  for (let count = 1; ; count += 1) {
    try {
      await handler({ ...message, redelivered: message.redelivered || count > 1 });
      return { failed: false, count };
    } catch {
      if (count >= attempts) {
        return { failed: true, count };
      }
    }
    try {
      await sleep(retryDelayMs * 2 ** (count - 1), undefined, { signal });
    } catch {
      return null;
    }
  }
}

/** Leaves a message as a dead letter: as it was, without a word of what went wrong, which could say too much. */
async function bury(
  jetstream: JetStreamClient,
  taken: JsMsg,
  { subscriber, onDeadLetter }: SubscribeOptions,
  { attempts, reason }: Omit<DeadLetter, 'sequence'>,
): Promise<void> {
  const [, , , ...kind] = taken.subject.split('.');
  await jetstream.publish(deadSubjectOf(subscriber, kind.join('.')), taken.data, {
    ...(taken.headers === undefined ? {} : { headers: taken.headers }),
    msgID: `${subscriber}.dead.${taken.seq}`,
  });
  onDeadLetter?.({ sequence: taken.seq, attempts, reason });
}

/**
 * Gives messages, or dead letters, of a range again, each once and in order; ends with the range or with
 * what there is. An error of the handler ends it at that message. Answers how many were dealt with.
 */
export async function replay(options: ReplayOptions, handler: MessageHandler): Promise<number> {
  const { subscriber, from = 1, through = Number.MAX_SAFE_INTEGER } = options;
  const connection = await connect(options);
  try {
    const manager = await connection.jetstreamManager({ checkAPI: false });
    const { name, num_pending: waiting } = await manager.consumers.add(MESSAGE_STREAM, {
      name: `replay-${randomUUID()}`,
      filter_subject:
        options.of === 'messages' ? messagesOf(subscriber) : deadLettersOf(subscriber),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(REPLAY_IDLE_MS),
    });
    const consumer = await connection.jetstream().consumers.get(MESSAGE_STREAM, name);
    let [count, pending] = [0, waiting];
    while (pending > 0) {
      options.signal.throwIfAborted();
      const taken = await consumer.next({ expires: NEXT_WAIT_MS });
      if (taken === null || taken.seq > through) {
        return count;
      }
      pending = taken.info.pending;
      const message = fromBinary(taken.headers, taken.data);
      if (message !== null) {
        await handler({ ...message, sequence: taken.seq, redelivered: true });
        count += 1;
      }
    }
    return count;
  } finally {
    await connection.close();
  }
}

/** Answers come to subjects of the subscriber's own, so that the broker can keep them from others. */
function connect({
  bus,
  subscriber,
}: Pick<SubscribeOptions, 'bus' | 'subscriber'>): Promise<NatsConnection> {
  const inboxPrefix = `_INBOX_${subscriber}`;
  return connectNats(parseNatsUrl(bus).connection, { inboxPrefix, waitOnFirstConnect: true });
}

/** True for failures of the connection that are no errors of NATS's own. */
function isTransport(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
