import type { Finding } from '../eventStore.js';
import { PAGE_SIZE_EVENTS } from '../eventStore.js';
import type { LedgerClient, Member, RawEvent } from './client.js';
import type { EventStoreDbReader } from './reader.js';
import { numberIn, parsed, streamOf, typeOf } from './reader.js';
import type { EventStoreDbPlace } from './url.js';

/** Metadata that makes the server forget events: by age, by number, and before a revision, as a deletion does. */
const FORGETTING = ['$maxAge', '$maxCount', '$tb'];

/** How far a node's clock may be ahead of this machine's. */
const MAX_AHEAD_MS = 5_000;

/** What can be said of the server, the connection and the ledger's streams on it. */
export async function inspectEventStoreDb(context: {
  readonly client: LedgerClient;
  readonly reader: EventStoreDbReader;
  readonly place: EventStoreDbPlace;
}): Promise<readonly Finding[]> {
  const { client, place } = context;
  const members = await client.members();
  const alive = members.filter(({ isAlive }) => isAlive);
  const leaders = alive.filter(({ state }) => state === 'LEADER');
  const shown = alive.map(({ state }) => state.toLowerCase()).join(', ');
  return [
    good('EventStoreDB server', await client.serverVersion()),
    { check: 'EventStoreDB has one leader', isGood: leaders.length === 1, found: shown || 'none' },
    {
      check: 'EventStoreDB nodes are alive',
      isGood: alive.length === members.length,
      found: `${alive.length} of ${members.length}`,
    },
    clockFinding(alive),
    good('EventStoreDB ledger name', place.name),
    good('EventStoreDB connection', connectionOf(place)),
    good(
      'EventStoreDB durability',
      `${members.length > 1 ? 'a majority of the nodes has' : 'the node has'} written what was acknowledged; the server does not say whether its flush to disk was turned off`,
    ),
    ...(await forgettingStreams(context)),
  ];
}

function good(check: string, found: string): Finding {
  return { check, isGood: true, found };
}

// A node's last gossip is some time ago, so that its clock seems to be behind; nothing makes it seem ahead.
function clockFinding(members: readonly Member[]): Finding {
  const aheadMs = Math.max(...members.map(({ clockMs }) => Math.round(clockMs - Date.now())));
  return {
    check: `EventStoreDB clocks are not ahead of this machine's by over ${MAX_AHEAD_MS / 1000} s`,
    isGood: aheadMs <= MAX_AHEAD_MS,
    found: `${aheadMs} ms ahead, as the last gossip has it`,
  };
}

function connectionOf({ channel, credentials, timeoutMs, retryBudgetMs }: EventStoreDbPlace) {
  const transport = channel.insecure === true ? 'without TLS' : 'TLS';
  const user = credentials === null ? 'without a user' : 'with a user';
  return `${transport}, ${user}, calls up to ${timeoutMs} ms, repeated for up to ${retryBudgetMs} ms`;
}

/** Streams of the ledger that lose events or have lost them. What is said of a stream last is what holds. */
async function forgettingStreams(context: {
  readonly reader: EventStoreDbReader;
  readonly place: EventStoreDbPlace;
}): Promise<readonly Finding[]> {
  const { name } = context.place;
  const forgetting = new Map<string, string>();
  let metadataOf = 0;
  for await (const event of everyEvent(context.reader, [`$$${name}.`, `$$${name}-store`])) {
    metadataOf += 1;
    const stream = streamOf(event).slice('$$'.length);
    const keys = Object.keys(parsed(event.getData_asU8()) ?? {});
    const bad = keys.filter((key) => FORGETTING.includes(key));
    forgetting.delete(stream);
    if (bad.length > 0) {
      forgetting.set(stream, bad.join(' and '));
    }
  }
  let foreign = 0;
  for await (const event of everyEvent(context.reader, [`${name}.`])) {
    if (typeOf(event) === '$streamDeleted') {
      forgetting.set(streamOf(event), 'deleted for ever');
    } else if (typeOf(event).startsWith('$')) {
      foreign += 1;
    }
  }
  const [first, ...others] = forgetting;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return [
    {
      check: 'EventStoreDB keeps every event (streams that forget)',
      isGood: first === undefined,
      found: first === undefined ? '0' : `${first[0]}: ${first[1]}${more}`,
    },
    {
      check: 'EventStoreDB streams hold only events of the ledger (others)',
      isGood: foreign === 0,
      found: String(foreign),
    },
    good('EventStoreDB stream metadata (changes made)', String(metadataOf)),
  ];
}

/** Everything in the streams with these prefixes, page by page, as the server has it. */
async function* everyEvent(
  reader: EventStoreDbReader,
  prefixes: readonly string[],
): AsyncGenerator<RawEvent> {
  const source = { kind: 'log', prefixes } as const;
  for (let done = -1; ; ) {
    const from = done < 0 ? 'start' : done;
    const limit = PAGE_SIZE_EVENTS;
    const page = await reader.readRaw({ source, from, limit, direction: 'forward' });
    const later = page.filter((event) => numberIn(event) > done);
    yield* later;
    const last = later.at(-1);
    if (last === undefined) {
      return;
    }
    done = numberIn(last);
  }
}
