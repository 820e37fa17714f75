import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'nats';
import { createAccount, createOperator, createUser, type KeyPair } from 'nkeys.js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EventStore } from '../../../streams/eventStore.js';
import { createJetStreamStore, openJetStreamStore } from '../../../streams/jetstream/open.js';
import { temporaryFolder } from '../../support/ledger.js';
import {
  freePort,
  isNatsMissing,
  type NatsServer,
  startNatsServer,
} from '../../support/natsServer.js';
import { openProxy } from '../../support/proxy.js';
import { stopClock } from '../../support/stoppedClock.js';
import { until } from '../../support/until.js';
import { all, headersOf, someEvent } from '../events.js';

const ORIGIN = 'test.invalid/ledger';

async function openOn(url: string): Promise<EventStore> {
  await createJetStreamStore(url, ORIGIN);
  const store = await openJetStreamStore(url);
  onTestFinished(store.close);
  return store;
}

/** What a follower has been given so far, while it goes on. */
function follow(store: EventStore) {
  const stop = new AbortController();
  const headers: string[] = [];
  const following = (async () => {
    for await (const item of store.follow({ after: null, signal: stop.signal })) {
      if (item.kind === 'event') {
        headers.push(item.event.header);
      }
    }
  })();
  return {
    headers,
    end: async () => {
      stop.abort();
      await following;
    },
  };
}

describe.skipIf(isNatsMissing)('a server that goes away', () => {
  test('is followed on when it is back, with nothing lost and nothing twice', async () => {
    const server = await startNatsServer();
    const store = await openOn(server.url);
    const followed = follow(store);
    for (let round = 0; round < 3; round += 1) {
      await store.append('some', round * 2, [someEvent(round * 2), someEvent(round * 2 + 1)]);
      await server.kill();
      await server.start();
    }
    await store.append('some', 6, [someEvent(6)]);
    await until(() => followed.headers.length >= 7);
    await followed.end();
    expect(followed.headers).toEqual([0, 1, 2, 3, 4, 5, 6].map((one) => someEvent(one).header));
  });

  test('does not end an append or a read that are under way', async () => {
    const server = await startNatsServer();
    const store = await openOn(server.url);
    await store.append('some', 0, [someEvent(0)]);
    stopClock();
    await server.kill();
    const appending = store.append('some', 1, [someEvent(1)]);
    const reading = headersOf(store, 'some');
    await sleep(300);
    await server.start();
    expect(await appending).toMatchObject({ version: 2 });
    expect((await reading).length).toBeGreaterThanOrEqual(1);
    expect(await headersOf(store, 'some')).toHaveLength(2);
  });

  test('or is frozen, is waited for', async () => {
    const server = await startNatsServer();
    const store = await openOn(server.url);
    const followed = follow(store);
    await store.append('some', 0, [someEvent(0)]);
    stopClock();
    server.freeze();
    const appending = store.append('some', 1, [someEvent(1)]);
    await sleep(3_000);
    server.thaw();
    expect(await appending).toMatchObject({ version: 2 });
    await until(() => followed.headers.length >= 2);
    await followed.end();
    expect(followed.headers).toHaveLength(2);
  });

  test('and is not there at all, is told with a code and without secrets', async () => {
    const url = `nats://someone:secret@127.0.0.1:${await freePort()}/plr`;
    const failing = openJetStreamStore(url);
    await expect(failing).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
    await expect(failing).rejects.not.toThrow(/someone|secret/);
  });
});

describe.skipIf(isNatsMissing)('an answer that is lost between commit and client', () => {
  test('is found by reading, and nothing is doubled', async () => {
    const server = await startNatsServer();
    const proxy = await openProxy(server.port);
    const store = await openOn(`nats://127.0.0.1:${proxy.port}`);
    const first = await store.append('some', 0, [someEvent(0)]);
    stopClock();
    proxy.swallow('answers');
    const appending = store.append('some', 1, [someEvent(1), someEvent(2)]);
    await sleep(500);
    proxy.pass();
    const receipt = await appending;
    expect(receipt.version).toBe(3);
    expect(receipt.position).not.toBe(first.position);
    expect((await store.head())?.position).toBe(receipt.position);
    expect(await all(store.readAll())).toHaveLength(3);
  });

  test('is unknown where no server says, and the same append settles it', async () => {
    const server = await startNatsServer();
    const proxy = await openProxy(server.port);
    const store = await openOn(`nats://127.0.0.1:${proxy.port}`);
    await store.append('some', 0, [someEvent(0)]);
    const clock = stopClock();
    proxy.swallow('answers');
    const deadlineMs = performance.now() + 500;
    let outcome: string | undefined;
    store.append('some', 1, [someEvent(1)], { deadlineMs }).then(
      () => {
        outcome = 'written';
      },
      ({ code }) => {
        outcome = code;
      },
    );
    // First it is asked for, then looked for, each for as long as patience lasts: it is over sooner here.
    await until(() => {
      clock.pass(500);
      return outcome !== undefined;
    });
    proxy.pass();
    expect(outcome).toBe('ERR_APPEND_OUTCOME_UNKNOWN');
    expect(await store.append('some', 1, [someEvent(1)])).toMatchObject({ version: 2 });
    expect(await headersOf(store, 'some')).toHaveLength(2);
  });
});

describe.skipIf(isNatsMissing)('the JetStream stream', () => {
  async function alter(server: NatsServer, change: object): Promise<void> {
    const connected = await connect({ servers: server.url });
    const manager = await connected.jetstreamManager();
    const { config } = await manager.streams.info('plr');
    await manager.streams.update('plr', { ...config, ...change });
    await connected.close();
  }

  test.each([
    ['drops what is old', { max_age: 1_000_000_000_000 }, 'max_age'],
    ['drops what is too much', { max_msgs: 5 }, 'max_msgs'],
    ['drops the oldest', { discard: 'old' }, 'discard'],
    ['is answered by others than the leader', { allow_direct: true }, 'allow_direct'],
    ['holds other subjects', { subjects: ['plr.*.*', 'plr.store', 'other'] }, 'subjects'],
  ])('is refused where it %s', async (_, change, setting) => {
    const server = await startNatsServer();
    await createJetStreamStore(server.url, ORIGIN);
    await alter(server, change);
    await expect(openJetStreamStore(server.url)).rejects.toMatchObject({
      code: 'ERR_DURABILITY_LOST',
      message: expect.stringContaining(setting),
    });
  });

  test('is refused with fewer replicas than the URL states', async () => {
    const server = await startNatsServer();
    await createJetStreamStore(server.url, ORIGIN);
    await expect(openJetStreamStore(`${server.url}/plr?replicas=3`)).rejects.toMatchObject({
      code: 'ERR_DURABILITY_LOST',
    });
  });

  test('is not of another origin, and is missing until it is made', async () => {
    const server = await startNatsServer();
    await expect(openJetStreamStore(server.url)).rejects.toThrow(/"plr init" creates one/);
    await createJetStreamStore(server.url, ORIGIN);
    await createJetStreamStore(server.url, ORIGIN);
    await expect(createJetStreamStore(server.url, 'other.invalid')).rejects.toMatchObject({
      code: 'ERR_LEDGER_MISMATCH',
    });
  });

  test('says of itself what it keeps, and finds nothing wrong', async () => {
    const store = await openOn((await startNatsServer()).url);
    await store.append('some', 0, [someEvent(0)]);
    const findings = await store.inspect();
    expect(findings.filter(({ isGood }) => !isGood)).toEqual([]);
    expect(findings.length).toBeGreaterThan(12);
    expect(store.capabilities.durability).toBe('page-cache');
  });

  test('states no more than a server of this version can keep', async () => {
    const server = await startNatsServer();
    const store = await openOn(`${server.url}/plr?durability=fsync`);
    const version = (await store.inspect()).find(({ check }) => check === 'NATS server')?.found;
    const isEarlier = /^2\.[0-9]\./.test(version ?? '');
    expect(store.capabilities.durability).toBe(isEarlier ? 'page-cache' : 'fsync');
  });

  test('keeps a ledger apart from another of a name that begins alike', async () => {
    const { url } = await startNatsServer();
    const [one, other] = [await openOn(`${url}/plr`), await openOn(`${url}/plr-access-2026`)];
    await one.append('some', 0, [someEvent(0)]);
    await other.append('some', 0, [someEvent(1)]);
    expect(await all(one.readAll())).toHaveLength(1);
    expect(await all(other.readAll())).toHaveLength(1);
  });
});

describe.skipIf(isNatsMissing)('who connects', () => {
  test.each([
    [
      'a user and password',
      'authorization { user: keeper, password: "p:a@s" }',
      'keeper:p%3Aa%40s@',
    ],
    ['a token', 'authorization { token: "a-token" }', 'a-token@'],
  ])('is told by %s', async (_, config, login) => {
    const server = await startNatsServer(config);
    const store = await openOn(server.url.replace('//', `//${login}`));
    expect(await store.head()).toBeNull();
    await expect(openJetStreamStore(server.url)).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
  });

  test('is told by an NKey', async () => {
    const user = createUser();
    const config = `authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }`;
    const server = await startNatsServer(config);
    const seed = join(temporaryFolder(), 'user.nk');
    writeFileSync(seed, `${Buffer.from(user.getSeed()).toString()}\n`, { mode: 0o600 });
    const store = await openOn(`${server.url}/plr?nkeySeedFile=${encodeURIComponent(seed)}`);
    expect(await store.head()).toBeNull();
  });

  test('is told by a credentials file, of an account that an operator signed for', async () => {
    const [operator, account, system, user] = [
      createOperator(),
      createAccount(),
      createAccount(),
      createUser(),
    ];
    const unlimited = { subs: -1, data: -1, payload: -1 };
    const operatorToken = signed(operator, operator, { type: 'operator', version: 2 });
    const accountToken = signed(account, operator, {
      type: 'account',
      version: 2,
      limits: {
        ...unlimited,
        ...{ imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 },
        ...{ mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
      },
    });
    const systemToken = signed(system, operator, { type: 'account', version: 2 });
    const server = await startNatsServer(`
      operator: "${operatorToken}"
      system_account: ${system.getPublicKey()}
      resolver: MEMORY
      resolver_preload: {
        ${account.getPublicKey()}: "${accountToken}"
        ${system.getPublicKey()}: "${systemToken}"
      }`);
    const userToken = signed(user, account, { type: 'user', version: 2, ...unlimited });
    const credentials = join(temporaryFolder(), 'ledger.creds');
    const seed = Buffer.from(user.getSeed()).toString();
    writeFileSync(
      credentials,
      `-----BEGIN NATS USER JWT-----\n${userToken}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`,
      { mode: 0o600 },
    );
    const store = await openOn(
      `${server.url}/plr?credentialsFile=${encodeURIComponent(credentials)}`,
    );
    await store.append('some', 0, [someEvent(0)]);
    expect(await headersOf(store, 'some')).toHaveLength(1);
    await expect(openJetStreamStore(server.url)).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
  });

  test('is kept from listening by TLS', async () => {
    const [folder, port] = [temporaryFolder(), 'localhost'];
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${port}`],
        ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ...['-keyout', key, '-out', certificate],
      ],
      { stdio: 'ignore' },
    );
    const server = await startNatsServer(`tls { cert_file: "${certificate}", key_file: "${key}" }`);
    const url = server.url.replace('nats://', 'tls://');
    const store = await openOn(`${url}/plr?tlsCaFile=${encodeURIComponent(certificate)}`);
    await store.append('some', 0, [someEvent(0)]);
    expect(await headersOf(store, 'some')).toHaveLength(1);
    await expect(openJetStreamStore(url)).rejects.toMatchObject({ code: 'ERR_STORE_UNREACHABLE' });
  });
});

/** A JWT as NATS has them: of one key, signed by another. */
function signed(of: KeyPair, by: KeyPair, nats: object): string {
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: of.getPublicKey(), iss: by.getPublicKey(), name: 'tests', iat: 1, nats };
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('hex');
  const body = `${encoded({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encoded({ ...claims, jti })}`;
  return `${body}.${Buffer.from(by.sign(Buffer.from(body))).toString('base64url')}`;
}
