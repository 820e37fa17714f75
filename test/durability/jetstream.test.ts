import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventHash } from '../../streams/envelope.js';
import { isCode } from '../../streams/errors.js';
import type { EventStore } from '../../streams/eventStore.js';
import { createJetStreamStore, openJetStreamStore } from '../../streams/jetstream/open.js';
import { all, asGiven, someEvent } from '../streams/events.js';
import { isNatsMissing, type NatsServer, openNatsCluster, urlOf } from '../support/natsServer.js';

const KILLS = 20;
const WRITERS = 4;

describe.skipIf(isNatsMissing)('a cluster whose leader is killed under load', () => {
  let servers: readonly NatsServer[] = [];
  beforeAll(async () => {
    servers = await openNatsCluster();
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.remove()));
  });

  test(`loses and doubles nothing that was acknowledged, ${KILLS} times over`, async () => {
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
    let isOver = false;
    const writing = Array.from({ length: WRITERS }, (_, writer) =>
      writeOn(store, `some-${writer}`, () => isOver),
    );
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(400);
      const leader = servers[await leaderOf(url)];
      await leader?.kill();
      await sleep(400);
      await leader?.start();
      await untilWhole(url);
    }
    isOver = true;
    const acknowledged = await Promise.all(writing);
    const log = await all(store.readAll());
    for (let waited = 0; followed.length < log.length && waited < 400; waited += 1) {
      await sleep(50);
    }
    stop.abort();
    await following;

    for (const [writer, count] of acknowledged.entries()) {
      const stream = await all(store.read(`some-${writer}`));
      expect(stream.map(asGiven)).toEqual(
        Array.from({ length: count }, (_, index) => someEvent(`some-${writer} ${index}`)),
      );
    }
    expect(acknowledged.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(KILLS);
    expect(log.map(({ header, hash }) => eventHash(header).equals(hash))).not.toContain(false);
    expect(followed).toEqual(log.map(({ position }) => position));
    expect(new Set(followed).size).toBe(log.length);
    await store.close();
    await follower.close();
  });
});

/** Appends one event after another, the same again where it is not known whether it was written. */
async function writeOn(store: EventStore, stream: string, isOver: () => boolean): Promise<number> {
  for (let version = 0; ; version += 1) {
    if (isOver()) {
      return version;
    }
    for (;;) {
      try {
        await store.append(stream, version, [someEvent(`${stream} ${version}`)]);
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

/** Waits until every replica has everything: a cluster that lost a second server would stand still. */
async function untilWhole(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { cluster } = await infoOf(url);
    const replicas = cluster?.replicas ?? [];
    if (replicas.length === 2 && replicas.every(({ current, offline }) => current && !offline)) {
      return;
    }
    await sleep(50);
  }
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
