import { createHash } from 'node:crypto';
import { verifySDJWT } from '@meeco/sd-jwt';
import { digest } from '@sd-jwt/crypto-nodejs';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import type { ConfiguredViewChoice } from '../../../domain/learner/configuredView/commands.js';
import { createMemoryAccessStores } from '../../../src/access/stores.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { parseHeader } from '../../../streams/envelope.js';
import type { EventStore } from '../../../streams/eventStore.js';
import { AWARDING, type Setting } from '../setting.js';
import {
  CHOICE,
  CHOICE_FOR_AWARDING,
  createSharing,
  requestBy,
  requestOfRecipient,
  UNPICKED,
} from '../sharing.js';

const ISSUER = 'https://test.invalid/2026';
const MINUTE_MS = 60_000;

type Given = Setting & { readonly link: string; readonly viewId: string };

/** A ledger with a view for one organisation. */
async function createGiven(choice: ConfiguredViewChoice = CHOICE_FOR_AWARDING): Promise<Given> {
  const setting = await createSharing();
  const { ledger, uln } = setting;
  const { link, viewId } = await ledger.configuredViews.create(uln, choice, requestBy('learner'));
  return { ...setting, link, viewId };
}

async function credentialOf(
  { ledger, link }: Pick<Given, 'ledger' | 'link'>,
  minutes = 60,
  request = requestOfRecipient(),
) {
  const prepared = await ledger.configuredViews.prepare(link, null, request);
  return ledger.credentials.issue(prepared, minutes);
}

/** What one verifier makes of a credential: jose for the signature and the times, another author's for the disclosures. */
async function verify({ ledger, clock }: Pick<Given, 'ledger' | 'clock'>, credential: string) {
  const { keys } = await ledger.credentials.issuerKeys();
  const keySet = createLocalJWKSet({ keys: [...keys] });
  const currentDate = new Date(clock.now());
  const hasher = (text: string) => createHash('sha256').update(text).digest('base64url');
  return verifySDJWT(
    credential,
    async (jwt) => {
      await jwtVerify(jwt, keySet, { issuer: ISSUER, typ: 'dc+sd-jwt', currentDate });
      return true;
    },
    async () => hasher,
  );
}

/** What a second verifier makes of it, which fetches the status list. */
async function verifyWithStatus(
  { ledger, clock }: Pick<Given, 'ledger' | 'clock'>,
  credential: string,
) {
  const { keys } = await ledger.credentials.issuerKeys();
  const keySet = createLocalJWKSet({ keys: [...keys] });
  const instance = new SDJwtVcInstance({
    hasher: (data, algorithm) => digest(data, algorithm),
    verifier: async (data, signature) => {
      await jwtVerify(`${data}.${signature}`, keySet, { currentDate: new Date(clock.now()) });
      return true;
    },
    statusListFetcher: async (uri) => {
      expect(uri).toBe(`${ISSUER}/status-lists/2024`);
      return ledger.credentials.statusList('2024');
    },
  });
  return instance.verify(credential, { currentDate: Date.parse(clock.now()) / 1000 });
}

/** Where a credential's status stands. */
function statusOf({ credential }: { readonly credential: string }) {
  return decodeJwt(credential.split('~')[0] ?? '')['status'];
}

function disclosuresOf(credential: string): readonly string[] {
  return credential
    .split('~')
    .slice(1, -1)
    .map((text) => Buffer.from(text, 'base64url').toString());
}

describe('a credential', () => {
  test('is accepted by a verifier of another author, with what was picked', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(given);
    expect(await verify(given, credential)).toMatchObject({
      iss: ISSUER,
      vct: 'urn:learning-record-ledger:configured-view:1',
      view: { purpose: 'employment', mode: 'live' },
      details: { underDataChallenge: false, values: { givenName: 'Given1' } },
      entries: [
        {
          kind: 'achievement',
          state: 'standing',
          underDataChallenge: false,
          values: { grade: 'Pass' },
        },
      ],
    });
    await expect(verifyWithStatus(given, credential)).resolves.toBeDefined();
  });

  test('holds no value that was not picked, and no ULN, in the open or in a disclosure', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(given);
    const [jwt = ''] = credential.split('~');
    const open = JSON.stringify([decodeProtectedHeader(jwt), decodeJwt(jwt)]);
    const all = [open, ...disclosuresOf(credential)].join(' ');
    expect(all).not.toMatch(UNPICKED);
    expect(all).not.toContain(given.uln);
    expect(disclosuresOf(credential)).toHaveLength(2);
    // The picked values stand in disclosures alone, so that whoever holds it can leave them out.
    expect(open).not.toMatch(/Given1|Pass/);
  });

  test('has salts of 128 bits, other ones each time', async () => {
    const given = await createGiven();
    const salts = [await credentialOf(given), await credentialOf(given)].flatMap(({ credential }) =>
      disclosuresOf(credential).map((text) => String(JSON.parse(text)[0])),
    );
    expect(new Set(salts).size).toBe(4);
    expect(salts.every((salt) => Buffer.from(salt, 'base64url').length === 16)).toBe(true);
  });

  test('with a field left out is accepted without it', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(given);
    const parts = credential
      .split('~')
      .filter((part) => !Buffer.from(part, 'base64url').toString().includes('givenName'));
    const claims = await verify(given, parts.join('~'));
    expect(claims).toMatchObject({
      details: { values: {} },
      entries: [{ values: { grade: 'Pass' } }],
    });
    expect(JSON.stringify(claims)).not.toContain('Given1');
  });

  test('with an altered disclosure does not show the altered value', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(given);
    const parts = credential.split('~').map((part) => {
      const text = Buffer.from(part, 'base64url').toString();
      return text.includes('"grade"')
        ? Buffer.from(text.replace('Pass', 'Distinction')).toString('base64url')
        : part;
    });
    const altered = parts.join('~');
    expect(altered).not.toBe(credential);
    const shown = await verify(given, altered).then(JSON.stringify, () => 'refused');
    expect(shown).not.toMatch(/Distinction|Pass/);
  });

  test('with an altered body is refused', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(given);
    const [header, body = '', ...rest] = credential.split('.');
    const text = Buffer.from(body, 'base64url')
      .toString()
      .replace('"underDataChallenge":false', '"underDataChallenge":true');
    const altered = [header, Buffer.from(text).toString('base64url'), ...rest].join('.');
    await expect(verify(given, altered)).rejects.toThrow('Failed to verify');
  });

  test('signed by another ledger is refused', async () => {
    const given = await createGiven();
    const { credential } = await credentialOf(await createGiven());
    await expect(verify(given, credential)).rejects.toThrow('Failed to verify');
  });

  test('is refused once it has expired', async () => {
    const given = await createGiven();
    const { credential, expiresAt } = await credentialOf(given, 15);
    given.clock.advance(15 * MINUTE_MS - 1000);
    await expect(verify(given, credential)).resolves.toBeDefined();
    given.clock.advance(2000);
    await expect(verify(given, credential)).rejects.toThrow('Failed to verify');
    expect(expiresAt <= given.clock.now()).toBe(true);
  });

  test('is good no longer than its view', async () => {
    const given = await createGiven({
      ...CHOICE_FOR_AWARDING,
      expiresAt: '2024-03-01T09:30:00.000Z',
    });
    expect((await credentialOf(given, 60)).expiresAt).toBe('2024-03-01T09:30:00.000Z');
  });

  test('says that an entry is disputed or withdrawn where nobody can leave it out', async () => {
    const given = await createGiven();
    await given.record({
      type: 'WithdrawAchievement',
      data: { achievementId: 'A-1', submittedBy: AWARDING },
    });
    const { credential } = await credentialOf(given);
    const [jwt = ''] = credential.split('~');
    expect(decodeJwt(jwt)).toMatchObject({
      entries: [{ kind: 'achievement', state: 'withdrawn' }],
    });
    expect(disclosuresOf(credential)).toHaveLength(1);
  });

  test('signed again of one opening stands under the same index until the same instant', async () => {
    const given = await createGiven();
    const { ledger, link } = given;
    const prepared = await ledger.configuredViews.prepare(link, null, requestOfRecipient());
    const first = await ledger.credentials.issue(prepared, 60);
    given.clock.advance(MINUTE_MS);
    const again = await ledger.credentials.issue(prepared, 60);
    expect([statusOf(again), again.expiresAt]).toEqual([statusOf(first), first.expiresAt]);
    expect(await ledger.configuredViews.list(given.uln)).toMatchObject([{ exports: 1 }]);
    given.clock.advance(60 * MINUTE_MS);
    await expect(ledger.credentials.issue(prepared, 60)).rejects.toMatchObject({
      code: 'ERR_VIEW_ENDED',
    });
  });

  test('of another opening is another one, also by the same command', async () => {
    const given = await createGiven();
    const request = requestOfRecipient();
    const both = [await credentialOf(given, 60, request), await credentialOf(given, 60, request)];
    expect(new Set(both.map((one) => JSON.stringify(statusOf(one)))).size).toBe(2);
  });

  test('for whoever has link and code uses the code up', async () => {
    const { ledger, uln } = await createSharing();
    const { link, code } = await ledger.configuredViews.create(uln, CHOICE, requestBy('learner'));
    const prepared = await ledger.configuredViews.prepare(link, code, requestBy('keeper'));
    expect((await ledger.credentials.issue(prepared, 60)).credential).toMatch(/~$/);
    await expect(
      ledger.configuredViews.prepare(link, code, requestBy('keeper')),
    ).rejects.toMatchObject({ code: 'ERR_VIEW_CODE' });
  });

  test('is not signed when the view was revoked after it was opened', async () => {
    const { ledger, uln, link, viewId } = await createGiven();
    const prepared = await ledger.configuredViews.prepare(link, null, requestOfRecipient());
    await ledger.configuredViews.revoke(uln, viewId, requestBy('learner'));
    await expect(ledger.credentials.issue(prepared, 60)).rejects.toMatchObject({
      code: 'ERR_VIEW_NOT_AVAILABLE',
    });
  });
});

describe('revoking a view', () => {
  test('revokes every credential it left as, and no other', async () => {
    const given = await createGiven();
    const { ledger, uln, viewId } = given;
    const other = await ledger.configuredViews.create(
      uln,
      CHOICE_FOR_AWARDING,
      requestBy('learner'),
    );
    const credentials = [await credentialOf(given), await credentialOf(given)];
    const untouched = await credentialOf({ ledger, link: other.link });
    await ledger.configuredViews.revoke(uln, viewId, requestBy('learner'));
    for (const { credential } of credentials) {
      await expect(verifyWithStatus(given, credential)).rejects.toThrow('Status is not valid');
    }
    await expect(verifyWithStatus(given, untouched.credential)).resolves.toBeDefined();
  });

  test('that is cut short leaves no credential good, and is finished by asking again', async () => {
    const given = await createGiven();
    const { ledger, uln, viewId } = given;
    const { credential } = await credentialOf(given);
    const dying = await onEngine(ledger, async (append, stream, ...rest) => {
      if (stream.startsWith('learner-')) {
        throw new Error('the process was killed');
      }
      return append(stream, ...rest);
    });
    const request = requestBy('learner');
    await expect(dying.configuredViews.revoke(uln, viewId, request)).rejects.toThrow('killed');
    await expect(verifyWithStatus(given, credential)).rejects.toThrow('Status is not valid');
    expect(await ledger.configuredViews.list(uln)).toMatchObject([{ state: 'open' }]);
    await ledger.configuredViews.revoke(uln, viewId, request);
    await ledger.configuredViews.revoke(uln, viewId, requestBy('learner'));
    expect(await ledger.configuredViews.list(uln)).toMatchObject([{ state: 'revoked' }]);
    expect(await eventsOf(ledger, 'credential-2024')).toHaveLength(2);
  });

  test('revokes a credential too that another process signs meanwhile', async () => {
    const given = await createGiven();
    const { ledger, uln, viewId } = given;
    await credentialOf(given);
    let late = '';
    const raced = await onEngine(ledger, async (append, stream, ...rest) => {
      if (stream.startsWith('credential-') && late === '') {
        late = (await credentialOf(given)).credential;
      }
      return append(stream, ...rest);
    });
    await raced.configuredViews.revoke(uln, viewId, requestBy('learner'));
    await expect(verifyWithStatus(given, late)).rejects.toThrow('Status is not valid');
  });
});

describe('a credential that is cut short', () => {
  test('never came out, and a retry takes its place', async () => {
    const given = await createGiven();
    const dying = await onEngine(given.ledger, async (append, stream, ...rest) => {
      if (stream.startsWith('learner-')) {
        throw new Error('the process was killed');
      }
      return append(stream, ...rest);
    });
    const { ledger, link } = given;
    const prepared = await ledger.configuredViews.prepare(link, null, requestOfRecipient());
    await expect(dying.credentials.issue(prepared, 60)).rejects.toThrow('killed');
    await ledger.credentials.issue(prepared, 60);
    expect(await eventsOf(given.ledger, 'credential-2024')).toHaveLength(1);
  });
});

describe('the stream of a status list', () => {
  test('says nothing of whom a credential is, nor shares a command with the learner', async () => {
    const given = await createGiven();
    const { ledger, uln, viewId, stream } = given;
    await credentialOf(given);
    await ledger.configuredViews.revoke(uln, viewId, requestBy('learner'));
    const listed = await eventsOf(ledger, 'credential-2024');
    const texts = listed.map(({ header, data }) => `${header} ${Buffer.from(data).toString()}`);
    expect(texts).toHaveLength(2);
    expect(texts.join(' ')).not.toMatch(
      new RegExp(`${uln}|${stream.slice(8)}|${viewId}|Given1|${AWARDING}`),
    );
    const commandsOf = (events: typeof listed) =>
      events.flatMap(({ header }) => [
        parseHeader(header).causation,
        parseHeader(header).correlation,
      ]);
    const own = commandsOf(await eventsOf(ledger, stream));
    expect(commandsOf(listed).filter((id) => own.includes(id))).toEqual([]);
  });

  test('has indices that do not tell in which order credentials were signed', async () => {
    const given = await createGiven();
    for (let count = 0; count < 8; count += 1) {
      await credentialOf(given);
    }
    const events = await eventsOf(given.ledger, 'credential-2024');
    const indices = events.map(({ data }) =>
      Number(JSON.parse(Buffer.from(data).toString()).index),
    );
    expect(new Set(indices).size).toBe(8);
    expect(indices).not.toEqual(indices.toSorted((one, other) => one - other));
  });
});

describe('a status list', () => {
  test('is signed, names its issuer and its address, and is to be fetched again soon', async () => {
    const { ledger, clock } = await createGiven();
    const { keys } = await ledger.credentials.issuerKeys();
    const list = await ledger.credentials.statusList('2024');
    const { payload, protectedHeader } = await jwtVerify(
      list,
      createLocalJWKSet({ keys: [...keys] }),
      { currentDate: new Date(clock.now()) },
    );
    expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'statuslist+jwt', kid: keys[0]?.kid });
    expect(payload).toEqual({
      iss: ISSUER,
      sub: `${ISSUER}/status-lists/2024`,
      iat: Date.parse(clock.now()) / 1000,
      exp: Date.parse(clock.now()) / 1000 + 3600,
      ttl: 300,
      status_list: { bits: 1, lst: expect.any(String) },
    });
  });

  test('is small', async () => {
    const { ledger } = await createGiven();
    expect((await ledger.credentials.statusList('2024')).length).toBeLessThan(3000);
  });
});

describe('the issuer’s key', () => {
  test('is the same in every process, public only, and another in another ledger', async () => {
    const given = await createGiven();
    const keys = await given.ledger.credentials.issuerKeys();
    expect(await (await given.openAgain()).credentials.issuerKeys()).toEqual(keys);
    expect(keys.keys).toEqual([
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: expect.any(String),
        kid: expect.any(String),
        use: 'sig',
        alg: 'EdDSA',
      },
    ]);
    expect(await (await createGiven()).ledger.credentials.issuerKeys()).not.toEqual(keys);
  });
});

type Append = EventStore['append'];

/** The same ledger over an engine that does something else when it is asked to append. */
async function onEngine(
  { parts }: Ledger,
  change: (append: Append, ...given: Parameters<Append>) => ReturnType<Append>,
): Promise<Ledger> {
  const { store, vault, views, clock } = parts;
  const append: Append = (...given) => change(store.append, ...given);
  return assembleLedger({
    store: { ...store, append },
    vault,
    views,
    clock,
    accessStores: createMemoryAccessStores('test.invalid/access'),
  });
}

async function eventsOf({ parts }: Ledger, stream: string) {
  const events = [];
  for await (const event of parts.store.read(stream)) {
    events.push(event);
  }
  return events;
}
