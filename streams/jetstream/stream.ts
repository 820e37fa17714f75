import {
  DiscardPolicy,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from 'nats';
import { StreamError } from '../errors.js';
import type { Finding } from '../eventStore.js';
import { isNotFound } from '../natsConnection.js';
import type { NatsPlace } from './url.js';

/** The form of what is kept; a newer one is refused. */
const FORMAT = 1;
/** A subject costs the server about 100 bytes of memory, and every append has one of its own. */
export const MAX_APPENDS = 50_000_000;

/** The subject of the one message that says whose ledger it is. */
export function storeSubject(name: string): string {
  return `${name}.store`;
}

/** The subject of one append: there can only ever be one message under it. */
export function appendSubject(name: string, stream: string, firstVersion: number): string {
  return `${name}.${stream}.${firstVersion}`;
}

/** The stream and first version that a subject names; `null` for the one that is no append. */
export function subjectPlace(
  subject: string,
): { readonly stream: string; readonly first: number } | null {
  const [, stream, first] = subject.split('.');
  return stream === undefined || first === undefined ? null : { stream, first: Number(first) };
}

/** What a ledger's JetStream stream must be, so that nothing in it is ever dropped or changed. */
function settings(name: string): Partial<StreamConfig> {
  return {
    subjects: [`${name}.*.*`, storeSubject(name)],
    storage: StorageType.File,
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    max_age: 0,
    max_bytes: -1,
    max_msgs: -1,
    max_msgs_per_subject: -1,
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    // Answers of servers other than the leader may be behind it.
    allow_direct: false,
  };
}

/** Makes the JetStream stream of a ledger where there is none, and checks what the server made of it. */
export async function makeStream(
  manager: JetStreamManager,
  { name, replicas }: NatsPlace,
): Promise<void> {
  const info = await manager.streams.info(name).catch((error: unknown) => {
    if (isNotFound(error)) {
      return manager.streams.add({ name, ...settings(name), num_replicas: replicas ?? 1 });
    }
    throw error;
  });
  checkSettings(info, name, replicas);
}

/**
 * Servers silently drop settings that they do not know: what one says of itself is what counts. Throws
 * `ERR_DURABILITY_LOST`, naming the setting.
 */
export function checkSettings(
  info: StreamInfo,
  name: string,
  replicas: NatsPlace['replicas'],
): void {
  const wrong = settingFindings(info, name, replicas).find(({ isGood }) => !isGood);
  if (wrong !== undefined) {
    throw new StreamError(
      'ERR_DURABILITY_LOST',
      `expected the JetStream stream to keep everything for ever, found ${wrong.check} at ${wrong.found}`,
    );
  }
}

/** What a stream's own account says of each setting. */
export function settingFindings(
  { config }: StreamInfo,
  name: string,
  replicas: NatsPlace['replicas'],
): readonly Finding[] {
  const expected = { ...settings(name), ...(replicas === null ? {} : { num_replicas: replicas }) };
  return Object.entries(expected).map(([setting, value]) => {
    // A server leaves out what it does not know, and what is off.
    const found = config[setting as keyof StreamConfig] ?? (value === false ? false : null);
    return {
      check: `JetStream ${setting} is ${JSON.stringify(value)}`,
      isGood: JSON.stringify(found) === JSON.stringify(value),
      found: JSON.stringify(found),
    };
  });
}

/** What the message that says whose ledger it is holds. */
export function originMessage(origin: string): Uint8Array {
  return Buffer.from(JSON.stringify({ format: FORMAT, origin }));
}

/** Reads whose ledger it is. Throws `ERR_STORE_NEWER` for a later form. */
export function readOrigin(message: Uint8Array): string {
  const { format, origin } = JSON.parse(Buffer.from(message).toString()) as {
    format: number;
    origin: string;
  };
  if (format > FORMAT) {
    throw new StreamError(
      'ERR_STORE_NEWER',
      `expected a ledger of format ${FORMAT}, found format ${format}, written by a newer version`,
    );
  }
  return origin;
}
