import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  createEventStoreDbStore,
  openEventStoreDbStore,
} from '../../../streams/eventstoredb/store.js';
import { headersOf, someEvent } from '../events.js';
import { makeCertificate } from './double/certificate.js';
import { type Double, startDouble } from './double/cluster.js';
import { failing, ORIGIN, openLedger } from './double/openLedger.js';

describe('a server with TLS and users', () => {
  const credentials = { username: 'keeper', password: 'p@ss:word' };
  const asUrl = 'keeper:p%40ss%3Aword';
  let certificate: ReturnType<typeof makeCertificate>;
  let double: Double;

  beforeAll(async () => {
    certificate = makeCertificate();
    double = await startDouble(1, { tls: certificate, credentials });
  });
  afterAll(() => {
    double.stop();
    certificate.remove();
  });

  function urlOf(name: string, parameters = `&tlsCAFile=${certificate.path}`): string {
    return double.url(name, `${parameters}&retryBudget=300`).replace('127.0.0.1', 'localhost');
  }

  test.each([
    ['of the URL', (url: string) => url.replace('//', `//${asUrl}@`), {}],
    [
      'of the environment',
      (url: string) => url,
      { PLR_STORE_USER: 'keeper', PLR_STORE_PASSWORD: 'p@ss:word' },
    ],
  ])('is used as the user %s', async (from, withUser, environment) => {
    const url = withUser(urlOf(from.toLowerCase().replaceAll(' ', '-')));
    await createEventStoreDbStore(url, ORIGIN, environment);
    const store = await openEventStoreDbStore(url, environment);
    await store.append('some-stream', 0, [someEvent(1)]);
    expect(await headersOf(store, 'some-stream')).toHaveLength(1);
    expect(double.node.count('batchAppend')).toBe(0);
    await store.close();
  });

  test.each([
    ['nobody', ''],
    ['somebody with another password', 'keeper:secret@'],
  ])('refuses %s, and the refusal does not name them', async (_, user) => {
    const url = urlOf('refused').replace('//', `//${user}`);
    const refused = {
      code: 'ERR_STORE_FAILED',
      message: expect.not.stringMatching(/keeper|secret/),
    };
    await expect(createEventStoreDbStore(url, ORIGIN, {})).rejects.toMatchObject(refused);
    await expect(openEventStoreDbStore(url, {})).rejects.toMatchObject(refused);
  });

  test('is not trusted without its certificate, unless the URL says so', async () => {
    const untrusted = urlOf('trusted', '').replace('//', `//${asUrl}@`);
    await expect(createEventStoreDbStore(untrusted, ORIGIN)).rejects.toMatchObject({
      code: 'ERR_STORE_UNREACHABLE',
    });
    await createEventStoreDbStore(`${untrusted}&tlsVerifyCert=false`, ORIGIN);
  });
});

test('a server that asks for a certificate is shown the one of the URL', async () => {
  const certificate = makeCertificate();
  const double = await startDouble(1, { tls: certificate, asksForCertificate: true });
  onTestFinished(() => {
    double.stop();
    certificate.remove();
  });
  const url = double
    .url('plr', `&tlsCAFile=${certificate.path}&retryBudget=300`)
    .replace('127.0.0.1', 'localhost');
  await expect(createEventStoreDbStore(url, ORIGIN, {})).rejects.toMatchObject({
    code: 'ERR_STORE_UNREACHABLE',
  });
  const own = `${url}&userCertFile=${certificate.path}&userKeyFile=${certificate.keyPath}`;
  await createEventStoreDbStore(own, ORIGIN, {});
  expect(double.log.events.some(({ stream }) => stream === 'plr-store')).toBe(true);
  expect(double.node.count('batchAppend')).toBe(0);
});

describe('the origin', () => {
  test('is recorded once, outside the log, and read when the ledger is opened', async () => {
    const { double, store, url } = await openLedger();
    await createEventStoreDbStore(url, ORIGIN);
    expect(store.origin).toBe(ORIGIN);
    expect(await store.head()).toBeNull();
    expect(double.log.events.filter(({ stream }) => stream.endsWith('-store'))).toHaveLength(1);
  });

  test('of another ledger is refused', async () => {
    const { url } = await openLedger();
    await expect(createEventStoreDbStore(url, 'other.invalid')).rejects.toMatchObject({
      code: 'ERR_LEDGER_MISMATCH',
    });
  });

  test('is recorded once when the answer is lost', async () => {
    const double = await startDouble();
    onTestFinished(() => double.stop());
    const url = double.url('made', '&defaultDeadline=1000');
    double.node.faults.next = failing('append', 'lost-silently');
    await createEventStoreDbStore(url, ORIGIN);
    expect(double.log.events.filter(({ stream }) => stream === 'made-store')).toHaveLength(1);
  });

  test('is recorded and read when the server only becomes ready', async () => {
    const double = await startDouble();
    onTestFinished(() => double.stop());
    const url = double.url('made');
    double.node.faults.next = failing('append', 'not-ready', 'not-ready');
    await createEventStoreDbStore(url, ORIGIN);
    double.node.faults.next = failing('gossip', 'not-ready', 'not-ready');
    const store = await openEventStoreDbStore(url);
    expect(store.origin).toBe(ORIGIN);
    await store.close();
  });

  test('is missing where no ledger was made, and the command that makes one is named', async () => {
    const { double } = await openLedger();
    await expect(openEventStoreDbStore(double.url('none'))).rejects.toMatchObject({
      code: 'ERR_LEDGER_MISSING',
      message: expect.stringContaining('"plr init" creates one'),
    });
  });

  test.each([
    ['of a newer format', { format: 2, origin: ORIGIN }, 'ERR_STORE_NEWER'],
    ['that is none', { other: true }, 'ERR_LEDGER_MISMATCH'],
  ])('%s is refused', async (_, data, code) => {
    const { double } = await openLedger();
    double.log.append('made-store', 'no_stream', [json('LedgerStoreMade', data)]);
    await expect(openEventStoreDbStore(double.url('made'))).rejects.toMatchObject({ code });
  });
});

describe('an inspection', () => {
  test('finds a single server in good health and says what it is', async () => {
    const { double, store } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1)]);
    double.log.setMetadata('another-ledger.some-stream', { $maxAge: 1 });
    const findings = await store.inspect();
    expect(findings.filter(({ isGood }) => !isGood)).toEqual([]);
    expect(findings.map(({ found }) => found)).toContain('23.10.8');
  });

  test.each([
    ['an age', { $maxAge: 60 }, '$maxAge'],
    ['a number of events', { $maxCount: 2 }, '$maxCount'],
    ['a first revision', { $tb: 1 }, '$tb'],
  ])('finds a stream that is limited by %s', async (_, metadata, found) => {
    const { double, store, name } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1), someEvent(2), someEvent(3)]);
    double.log.setMetadata(`${name}.some-stream`, metadata);
    expect(await badIn(store)).toEqual([`${name}.some-stream: ${found}`]);
    double.log.setMetadata(`${name}.some-stream`, {});
    expect(await badIn(store)).toEqual([]);
  });

  test.each([
    ['deleted', false, '$tb'],
    ['deleted for ever', true, 'deleted for ever'],
  ])('finds a stream that was %s', async (_, forEver, found) => {
    const { double, store, name } = await openLedger();
    await store.append('some-stream', 0, [someEvent(1)]);
    double.log.remove(`${name}.some-stream`, 'any', forEver);
    expect(await badIn(store)).toEqual([`${name}.some-stream: ${found}`]);
  });

  test('finds what others put into the streams of the ledger', async () => {
    const { double, store, name } = await openLedger();
    double.log.append(`${name}.some-stream`, 'any', [json('$>', '0@other')]);
    expect(await badIn(store)).toEqual(['1']);
  });

  test('finds a clock that is ahead, and not one that only gossiped a while ago', async () => {
    const { double, store } = await openLedger();
    double.setAhead(-60_000);
    expect(await badIn(store)).toEqual([]);
    double.setAhead(60_000);
    expect(await badIn(store)).toEqual([expect.stringContaining('ms ahead')]);
  });

  test('finds a node of a cluster that is away', async () => {
    const { double, store } = await openLedger({ nodes: 3, parameters: '&retryBudget=2000' });
    double.nodes[2]?.kill();
    expect(await badIn(store)).toEqual(['2 of 3']);
  });
});

async function badIn(store: Awaited<ReturnType<typeof openEventStoreDbStore>>) {
  const findings = await store.inspect();
  return findings.filter(({ isGood }) => !isGood).map(({ found }) => found);
}

function json(type: string, data: unknown) {
  return {
    id: '00000000-0000-4000-8000-000000000001',
    type,
    contentType: 'application/json',
    metadata: new Uint8Array(),
    data: Buffer.from(JSON.stringify(data)),
  };
}
