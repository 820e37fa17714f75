import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Uln } from '../../../domain/values/uln.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { type DeadLetter, replay, subscribe } from '../../../src/subscribing/consume.js';
import { isNatsMissing, type NatsServer, startNatsServer } from '../../support/natsServer.js';
import { keeperRequest } from '../../support/organisations.js';
import { until } from '../../support/until.js';
import { COLLEGE, connection, issue, openSetting, settle } from '../access/setting.js';
import {
  achievement,
  addSubscriber,
  collegeService,
  keepPublishing,
  kindsOf,
  ownService,
  publishAll,
  receive,
  settleAll,
} from './setting.js';

/** A ledger with a learner and some awards, a subscriber of the keeper's own, and the bus. */
async function openAwards(count: number, broker?: NatsServer) {
  const [{ ledger }, bus] = [await openSetting(), broker ?? (await startNatsServer())];
  await addSubscriber(ledger, ownService());
  const uln = await issue(ledger, 1);
  await award(ledger, uln, 1, count);
  return { ledger, uln, broker: bus };
}

async function award(ledger: Ledger, uln: Uln, from: number, through: number): Promise<void> {
  for (let number = from; number <= through; number += 1) {
    await settleAll(ledger, uln, [achievement(`A-${number}`)]);
  }
}

async function messageCount({ url }: NatsServer): Promise<number> {
  const connected = await connect({ servers: url });
  const manager = await connected.jetstreamManager();
  const { state } = await manager.streams.info('plr-messages');
  await connected.close();
  return state.messages;
}

describe.skipIf(isNatsMissing)('publishing', () => {
  test('goes on where it ended', async () => {
    const { ledger, uln, broker } = await openAwards(2);
    await publishAll(ledger, broker.url);
    await award(ledger, uln, 3, 3);
    await publishAll(ledger, broker.url);
    expect(await receive(broker.url, 'statistics', 3)).toHaveLength(3);
    expect(await messageCount(broker)).toBe(3);
  });

  test('goes on after the last message on the bus where the checkpoint is lost', async () => {
    const { ledger, uln, broker } = await openAwards(2);
    await publishAll(ledger, broker.url);
    ledger.parts.views.database.exec('DELETE FROM published');
    await award(ledger, uln, 3, 3);
    const sent: string[] = [];
    const publisher = await ledger.subscribers.openPublisher(broker.url);
    await publisher.publish({
      once: true,
      signal: new AbortController().signal,
      onSent: ({ position }) => sent.push(position),
    });
    await publisher.close();
    expect(sent).toHaveLength(1);
  });

  test('sends a range again, which the broker knows', async () => {
    const { ledger, broker } = await openAwards(3);
    await publishAll(ledger, broker.url);
    const [first, second] = await receive(broker.url, 'statistics', 3);
    const [subscriber] = await ledger.subscribers.list();
    const publisher = await ledger.subscribers.openPublisher(broker.url);
    const range = { after: first?.position ?? null, through: second?.position ?? null };
    const { signal } = new AbortController();
    if (subscriber === undefined) {
      throw new Error('expected a subscriber');
    }
    expect(await publisher.republish({ subscriber, ...range, signal })).toBe(1);
    await publisher.close();
    expect(await messageCount(broker)).toBe(3);
  });

  test('tells who is registered while it runs, from the beginning, and who is removed no more', async () => {
    const { ledger, uln, broker } = await openAwards(3);
    const { publishing } = await keepPublishing(ledger, broker.url);
    await addSubscriber(ledger, ownService({ subscriber: 'late' }));
    await addSubscriber(ledger, ownService({ subscriber: 'later', from: 'registration' }));
    expect(await receive(broker.url, 'late', 3)).toHaveLength(3);
    await ledger.subscribers.remove('statistics', keeperRequest());
    await award(ledger, uln, 4, 4);
    expect(await receive(broker.url, 'late', 1)).toHaveLength(1);
    expect(await receive(broker.url, 'later', 1)).toHaveLength(1);
    expect(await receive(broker.url, 'statistics', 3)).toHaveLength(3);
    await Promise.race([publishing, sleep(1)]);
  });

  test('stops where another process publishes too', async () => {
    const { ledger, uln, broker } = await openAwards(1);
    const one = await ledger.subscribers.openPublisher(broker.url);
    onTestFinished(one.close);
    const stop = new AbortController();
    onTestFinished(() => stop.abort());
    const publishing = one.publish({ once: false, signal: stop.signal });
    await receive(broker.url, 'statistics', 1);
    // What it was told is told: its place is saved when it has caught up.
    const { database } = ledger.parts.views;
    const place = database.prepare('SELECT position FROM published').pluck();
    const head = await ledger.parts.store.head();
    await until(() => place.get() === head?.position);
    ledger.parts.views.database.exec("UPDATE published SET position = 'memory.1.0000000000000000'");
    await award(ledger, uln, 2, 2);
    await expect(publishing).rejects.toMatchObject({ code: 'ERR_PUBLISHER_OVERTAKEN' });
  });

  test('waits for a broker that is away, and loses and mixes nothing', async () => {
    const { ledger, uln, broker } = await openAwards(5);
    const { end } = await keepPublishing(ledger, broker.url);
    const stop = new AbortController();
    const ids: string[] = [];
    const consuming = subscribe(
      { bus: broker.url, subscriber: 'statistics', signal: stop.signal },
      ({ id, redelivered }) => {
        ids.push(...(redelivered && ids.includes(id) ? [] : [id]));
      },
    );
    for (let round = 0; round < 3; round += 1) {
      await broker.kill();
      await award(ledger, uln, 6 + round * 5, 10 + round * 5);
      await broker.start();
    }
    await until(() => ids.length >= 20);
    stop.abort();
    await consuming;
    await end();
    const recorded = (await ledger.read(uln)).filter(
      ({ event }) => event.type === 'AchievementRecorded',
    );
    expect(ids).toEqual(recorded.map(({ id }) => id));
  });

  test('puts nothing personal on the bus', async () => {
    const [{ ledger }, broker] = [await openSetting(), await startNatsServer()];
    await addSubscriber(ledger, collegeService());
    const uln = await issue(ledger, 1, { familyName: 'Canaryfamily', notes: 'Canarynotes' });
    await settle(ledger, uln, connection(COLLEGE));
    await settleAll(ledger, uln, [achievement('Canaryentry', 'Canarygrade')]);
    await publishAll(ledger, broker.url);
    expect(await messageCount(broker)).toBe(2);
    const stream = await ledger.streamOf(uln);
    const found = filesIn(broker.folder)
      .map((path) => readFileSync(path, 'latin1'))
      .join('');
    expect(found).toContain('achievement.recorded');
    const personal = [uln, 'Canary', 'Given1', '2003-04-17', '601/0143/X', 'Pass', stream];
    expect(personal.filter((word) => found.includes(word))).toEqual([]);
  });
});

describe.skipIf(isNatsMissing)('a subscriber', () => {
  test('tries a message again in its place, and leaves it as a dead letter at last', async () => {
    const { ledger, broker } = await openAwards(3);
    await publishAll(ledger, broker.url);
    const stop = new AbortController();
    const tried: number[] = [];
    const letters: DeadLetter[] = [];
    await subscribe(
      {
        bus: broker.url,
        subscriber: 'statistics',
        attempts: 3,
        retryDelayMs: 5,
        signal: stop.signal,
        onDeadLetter: (letter) => letters.push(letter),
      },
      ({ sequence }) => {
        tried.push(sequence);
        if (sequence === 2) {
          throw new Error('expected a database, found none');
        }
        if (sequence === 3) {
          stop.abort();
        }
      },
    );
    expect(tried).toEqual([1, 2, 2, 2, 3]);
    expect(letters).toEqual([{ sequence: 2, attempts: 3, reason: 'handler-failed' }]);
    const again: string[] = [];
    const count = await replay(
      {
        bus: broker.url,
        subscriber: 'statistics',
        of: 'dead-letters',
        signal: new AbortController().signal,
      },
      ({ kind }) => {
        again.push(kind);
      },
    );
    expect([count, again]).toEqual([1, ['achievement.recorded']]);
  });

  test('is given again at once what it was dealing with when it ended', async () => {
    const { ledger, broker } = await openAwards(2);
    await publishAll(ledger, broker.url);
    const stop = new AbortController();
    await subscribe(
      { bus: broker.url, subscriber: 'statistics', retryDelayMs: 60_000, signal: stop.signal },
      () => {
        setTimeout(() => stop.abort(), 20);
        throw new Error('not yet');
      },
    );
    const received = await receive(broker.url, 'statistics', 2);
    expect(received.map(({ sequence, redelivered }) => [sequence, redelivered])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  test('leaves what it cannot understand as a dead letter, and goes on', async () => {
    const { ledger, broker } = await openAwards(1);
    await publishAll(ledger, broker.url);
    await receive(broker.url, 'statistics', 1);
    const connected = await connect({ servers: broker.url });
    await connected.jetstream().publish('plr.v1.statistics.achievement.recorded', 'no message');
    await connected.close();
    const letters: DeadLetter[] = [];
    const stop = new AbortController();
    await subscribe(
      {
        bus: broker.url,
        subscriber: 'statistics',
        signal: stop.signal,
        onDeadLetter: (letter) => {
          letters.push(letter);
          setTimeout(() => stop.abort(), 50);
        },
      },
      () => undefined,
    );
    expect(letters).toEqual([{ sequence: 2, attempts: 0, reason: 'not-understood' }]);
  });

  test('replays a range of its messages, and no others', async () => {
    const { ledger, broker } = await openAwards(4);
    await addSubscriber(ledger, ownService({ subscriber: 'other' }));
    await publishAll(ledger, broker.url);
    const sequences: number[] = [];
    const count = await replay(
      {
        bus: broker.url,
        subscriber: 'statistics',
        of: 'messages',
        from: 3,
        through: 6,
        signal: new AbortController().signal,
      },
      ({ sequence }) => {
        sequences.push(sequence);
      },
    );
    expect([count, sequences]).toEqual([2, [4, 6]]);
  });

  test('is kept from what others are told by the permissions of the broker', async () => {
    const broker = await startNatsServer(PERMISSIONS);
    const bus = broker.url.replace('//', '//keeper:keeper-secret@');
    const { ledger } = await openSetting();
    await addSubscriber(ledger, ownService());
    await addSubscriber(ledger, ownService({ subscriber: 'other' }));
    const uln = await issue(ledger, 1);
    await award(ledger, uln, 1, 2);
    await publishAll(ledger, bus);
    const own = broker.url.replace('//', '//statistics:statistics-secret@');
    expect(kindsOf(await receive(own, 'statistics', 2))).toHaveLength(2);
    expect(await receive(own, 'other', 0)).toEqual([]);
    const connected = await connect({
      servers: broker.url,
      user: 'statistics',
      pass: 'statistics-secret',
      inboxPrefix: '_INBOX_statistics',
    });
    const overheard = connected.subscribe('plr.v1.other.>');
    await expect(connected.flush().then(() => overheard.closed)).resolves.not.toThrow();
    expect(overheard.getReceived()).toBe(0);
    await connected.close();
  });
});

/** As `docs/subscribing.md` says: a subscriber may do what its own subjects need, and nothing else. */
const PERMISSIONS = `
authorization { users: [
  { user: keeper, password: keeper-secret }
  { user: statistics, password: statistics-secret, permissions: {
    publish: [
      "$JS.API.CONSUMER.INFO.plr-messages.statistics"
      "$JS.API.CONSUMER.MSG.NEXT.plr-messages.statistics"
      "$JS.ACK.plr-messages.statistics.>"
      "$JS.API.CONSUMER.CREATE.plr-messages.*.plr.v1.statistics.>"
      "plr.v1.statistics.dead.>"
    ]
    subscribe: "_INBOX_statistics.>"
  } }
] }`;

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
