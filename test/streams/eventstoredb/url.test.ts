import { describe, expect, test } from 'vitest';
import { parseEventStoreDbUrl } from '../../../streams/eventstoredb/url.js';
import { openStore, shownStore } from '../../../streams/openStore.js';

const parse = (url: string, environment = {}) => parseEventStoreDbUrl(url, environment);

describe('an EventStoreDB URL', () => {
  test('names a host, a port, a ledger and how to connect', () => {
    expect(parse('esdb://db.example:2114/access-2026?tls=false&defaultDeadline=900')).toEqual({
      name: 'access-2026',
      connection: { endpoint: { address: 'db.example', port: 2114 }, defaultDeadline: 900 },
      channel: { insecure: true },
      credentials: null,
      timeoutMs: 900,
      retryBudgetMs: 20_000,
    });
  });

  test.each([
    'esdb://db.example',
    'esdb://db.example/',
    'esdb://db.example?tls=true',
    'esdb://db.example/?tls=true',
  ])('has a default for what %s leaves out: the ledger plr, port 2113, TLS', (url) => {
    expect(parse(url)).toMatchObject({
      name: 'plr',
      connection: { endpoint: { address: 'db.example', port: 2113 } },
      channel: {},
      timeoutMs: 5_000,
    });
    expect(parse(url).channel.insecure).toBeUndefined();
  });

  test('names the nodes of a cluster, or one name for all', () => {
    expect(parse('esdb://a:1,b:2,c/plr?max_discover_attempts=3').connection).toMatchObject({
      endpoints: [
        { address: 'a', port: 1 },
        { address: 'b', port: 2 },
        { address: 'c', port: 2113 },
      ],
      maxDiscoverAttempts: 3,
    });
    expect(parse('esdb+discover://cluster.example/plr?gossipTimeout=2').connection).toMatchObject({
      discover: { address: 'cluster.example', port: 2113 },
      gossipTimeout: 2,
    });
  });

  test('names the user, percent-encoded, before the environment does', () => {
    const environment = { PLR_STORE_USER: 'other', PLR_STORE_PASSWORD: 'word' };
    expect(parse('esdb://us%40er:p%3Aa:ss%2F@db.example', environment).credentials).toEqual({
      username: 'us@er',
      password: 'p:a:ss/',
    });
    expect(parse('esdb://db.example', environment).credentials).toEqual({
      username: 'other',
      password: 'word',
    });
    expect(
      parse('esdb://db.example', { PLR_STORE_USER: '', PLR_STORE_PASSWORD: '' }).credentials,
    ).toBe(null);
  });

  test.each([
    ['no host', 'esdb://', {}],
    ['no host but a name', 'esdb:///plr', {}],
    ['a port that is none', 'esdb://db.example:99999', {}],
    ['another scheme', 'esdbs://db.example', {}],
    ['capitals in the name', 'esdb://db.example/Secret', {}],
    ['a dot in the name', 'esdb://db.example/secret.2026', {}],
    ['a name that is too long', `esdb://db.example/s${'e'.repeat(41)}`, {}],
    ['two folders', 'esdb://db.example/secret/secret', {}],
    ['an unknown option', 'esdb://db.example?secret=1', {}],
    ['an option without a value', 'esdb://db.example?tls=', {}],
    ['a value that the option cannot have', 'esdb://db.example?tls=secret', {}],
    ['a keep-alive that the client warns of', 'esdb://db.example?keepAliveInterval=50', {}],
    ['reads from followers', 'esdb://db.example?nodePreference=follower', {}],
    ['a user without a password', 'esdb://secret@db.example', {}],
    ['a broken percent-encoding', 'esdb://secret:%zz@db.example', {}],
    ['two hosts to discover by', 'esdb+discover://secret.example,b.example', {}],
    ['a missing certificate', 'esdb://db.example?tlsCAFile=/secret/none.crt', {}],
    ['a client certificate without its key', 'esdb://db.example?userCertFile=secret.crt', {}],
    ['half a user in the environment', 'esdb://db.example', { PLR_STORE_USER: 'secret' }],
  ])('with %s is refused, and not repeated', async (_, url, environment) => {
    const refused = expect.objectContaining({
      code: 'ERR_STORE_URL',
      message: expect.not.stringMatching(/secret|db\.example/i),
    });
    expect(() => parse(url, environment)).toThrow(refused);
  });

  test('leads to the engine, by either scheme', async () => {
    for (const scheme of ['esdb', 'esdb+discover']) {
      await expect(openStore(`${scheme}://db.example/Wrong`)).rejects.toMatchObject({
        code: 'ERR_STORE_URL',
        message: expect.stringContaining('EventStoreDB URL'),
      });
    }
  });

  test('is shown without the user', () => {
    expect(shownStore('esdb://user:pass@a:1,b:2/plr?tls=false')).toBe('esdb://a:1,b:2/plr');
  });
});
