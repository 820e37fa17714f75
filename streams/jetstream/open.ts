import type { JetStreamManager, NatsConnection } from 'nats';
import { StreamError } from '../errors.js';
import type { EventStore } from '../eventStore.js';
import { askPatiently, connectNats, isNotFound, REQUEST_TIMEOUT_MS } from '../natsConnection.js';
import { createStore } from './store.js';
import { checkSettings, makeStream, originMessage, readOrigin, storeSubject } from './stream.js';
import { parseNatsUrl } from './url.js';

/** How long servers that are only coming up are waited for. */
const OPENING_BUDGET_MS = 20_000;

/**
 * Makes the JetStream stream of a ledger and notes whose it is; does nothing where that is done. Throws
 * `ERR_LEDGER_MISMATCH` when it holds a ledger of another origin, `ERR_DURABILITY_LOST` when the server
 * does not keep it as it must be kept.
 */
export async function createJetStreamStore(url: string, origin: string): Promise<void> {
  const place = parseNatsUrl(url);
  const connection = await connectNats(place.connection);
  try {
    const manager = await managerOf(connection);
    await patiently(() => makeStream(manager, place));
    const found = await patiently(async () => {
      const there = await originIn(manager, place.name);
      if (there !== null) {
        return there;
      }
      // Another process may be first: then what it wrote is read, by trying again.
      await connection.jetstream().publish(storeSubject(place.name), originMessage(origin), {
        expect: { lastSubjectSequence: 0 },
      });
      return originIn(manager, place.name);
    });
    if (found !== origin) {
      throw new StreamError(
        'ERR_LEDGER_MISMATCH',
        'expected a ledger of the origin given, found one of another',
      );
    }
  } finally {
    await connection.close();
  }
}

/**
 * Opens a ledger on NATS JetStream, made before by `createJetStreamStore`. Throws `ERR_LEDGER_MISSING`
 * when there is none, `ERR_DURABILITY_LOST` when it is not kept as it must be.
 */
export async function openJetStreamStore(url: string): Promise<EventStore> {
  const place = parseNatsUrl(url);
  const connection = await connectNats(place.connection);
  try {
    const manager = await managerOf(connection);
    const info = await patiently(() =>
      manager.streams.info(place.name).catch((error: unknown) => {
        throw isNotFound(error) ? missing() : error;
      }),
    );
    checkSettings(info, place.name, place.replicas);
    const origin = await patiently(() => originIn(manager, place.name));
    if (origin === null) {
      throw missing();
    }
    return createStore(connection, manager, place, origin);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  // Asking whether there is JetStream would fail while a cluster has no leader yet.
  return connection.jetstreamManager({ timeout: REQUEST_TIMEOUT_MS, checkAPI: false });
}

function patiently<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const untilMs = performance.now() + OPENING_BUDGET_MS;
  return askPatiently(ask, { untilMs, isStopped: () => false });
}

function missing(): StreamError {
  return new StreamError(
    'ERR_LEDGER_MISSING',
    'expected a ledger on the NATS servers of the URL, found none; "plr init" creates one',
  );
}

async function originIn(manager: JetStreamManager, name: string): Promise<string | null> {
  try {
    const found = await manager.streams.getMessage(name, { last_by_subj: storeSubject(name) });
    return readOrigin(found.data);
  } catch (error) {
    if (isNotFound(error)) {
      return null;
    }
    throw error;
  }
}
