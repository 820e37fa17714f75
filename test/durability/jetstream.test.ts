import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventHash } from '../../streams/envelope.js';
import { isCode } from '../../streams/errors.js';
import type { EventStore } from '../../streams/eventStore.js';
import { createJetStreamStore, openJetStreamStore } from '../../streams/jetstream/open.js';
import { all, asGiven, someEvent } from '../streams/events.js';
import { isNatsMissing, openNatsCluster, urlOf } from '../support/natsServer.js';
import { until } from '../support/until.js';

/** Most of the time is taken by elections: several clusters have theirs at the same time. */
const LANES = 4;
const KILLS_PER_LANE = 5;
const WRITERS = 4;

describe.skipIf(isNatsMissing)('a cluster whose leader is killed under load', () => {
  test(`loses and doubles nothing that was acknowledged, ${LANES * KILLS_PER_LANE} times over`, async () => {
    await Promise.all(Array.from({ length: LANES }, killOverAndOver));
  });
});

async function killOverAndOver(): Promise<void> {
  const servers = await openNatsCluster();
  onTestFinished(async () => {
    await Promise.all(servers.map((server) => server.remove()));
  });
  const url = urlOf(servers, 'plr', '?replicas=3');
  await createJetStreamStore(url, 'test.invalid/ledger');
  const store = await openJetStreamStore(url);
  const follower = await openJetStreamStore(url);
  const stop = new AbortController();
  const followed: string[] = [];
  const following = (async () => {
    for await (const item of follower.follow({ after: null, signal: stop.signal })) {
      if (item.kind === 'event') {
        followed.push(item.event.position);
      }
    }
  })();
  const load = { isOver: false, acknowledged: 0 };
  const writing = Array.from({ length: WRITERS }, (_, writer) =>
    writeOn(store, `some-${writer}`, load),
  );
  const untilAcknowledged = (more: number) => {
    const count = load.acknowledged + more;
    return until(() => load.acknowledged >= count);
  };
  for (let kill = 0; kill < KILLS_PER_LANE; kill += 1) {
    await untilAcknowledged(WRITERS + 1);
    const leader = servers[await leaderOf(url)];
    await leader?.kill();
    if (kill % 2 === 0) {
      // The others go on without it; else it is back before they have elected one of them.
      await untilAcknowledged(1);
    }
    await leader?.start();
    await until(() => isWhole(url));
  }
  load.isOver = true;
  const acknowledged = await Promise.all(writing);
  const log = await all(store.readAll());
  await until(() => followed.length >= log.length);
  stop.abort();
  await following;

  for (const [writer, count] of acknowledged.entries()) {
    const stream = await all(store.read(`some-${writer}`));
    expect(stream.map(asGiven)).toEqual(
      Array.from({ length: count }, (_, index) => someEvent(`some-${writer} ${index}`)),
    );
  }
  expect(acknowledged.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(
    KILLS_PER_LANE * WRITERS,
  );
  expect(log.map(({ header, hash }) => eventHash(header).equals(hash))).not.toContain(false);
  expect(followed).toEqual(log.map(({ position }) => position));
  expect(new Set(followed).size).toBe(log.length);
  await store.close();
  await follower.close();
}

/** Appends one event after another, the same again where it is not known whether it was written. */
async function writeOn(
  store: EventStore,
  stream: string,
  load: { isOver: boolean; acknowledged: number },
): Promise<number> {
  for (let version = 0; ; version += 1) {
    if (load.isOver) {
      return version;
    }
    for (;;) {
      try {
        await store.append(stream, version, [someEvent(`${stream} ${version}`)]);
        load.acknowledged += 1;
        break;
      } catch (error) {
        if (
          !isCode(error, 'ERR_APPEND_OUTCOME_UNKNOWN') &&
          !isCode(error, 'ERR_APPEND_EXPIRED') &&
          !isCode(error, 'ERR_STORE_UNREACHABLE')
        ) {
          throw error;
        }
      }
    }
  }
}

async function leaderOf(url: string): Promise<number> {
  const info = await infoOf(url);
  return Number(info.cluster?.leader?.slice(1) ?? 0);
}

/** True when every replica has everything: a cluster that lost a second server would stand still. */
async function isWhole(url: string): Promise<boolean> {
  const { cluster } = await infoOf(url);
  const replicas = cluster?.replicas ?? [];
  return replicas.length === 2 && replicas.every(({ current, offline }) => current && !offline);
}

async function infoOf(url: string) {
  const hosts = /\/\/([^/]+)/.exec(url)?.[1]?.split(',') ?? [];
  const connected = await connect({ servers: hosts });
  try {
    const manager = await connected.jetstreamManager({ checkAPI: false, timeout: 1_000 });
    for (;;) {
      try {
        return await manager.streams.info('plr');
      } catch {
        await sleep(50);
      }
    }
  } finally {
    await connected.close();
  }
}
