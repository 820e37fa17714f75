import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import {
  AWARDING,
  COLLEGE,
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  PERSONAL,
  register,
  registerWithEntries,
} from './world.js';

const PICKED = [
  ...['--entry', 'achievement 10000003 A-1:grade,achievementAwardDate', '--detail', 'givenName'],
  ...['--purpose', 'employment', '--expires', '2026-12-31'],
];
/** The id of no view of this ledger. */
const VIEW_ELSEWHERE = '6f1c0c5e-2f0a-5c3b-9a54-1d2e3f405162';
const CODE = /^Code {2}((?:[2-9A-HJKMNP-TW-Z]{4}-){3}[2-9A-HJKMNP-TW-Z]{4}) /m;

let world: CliWorld;
let uln: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await registerWithEntries(world);
});

const asLearner = ['--as', 'learner'];

/** Makes a view and returns what the command printed about it. */
async function create(...options: readonly string[]) {
  const run = await world.plr([
    'view',
    'create',
    uln,
    ...asLearner,
    ...PICKED,
    ...options,
    '--json',
  ]);
  const { viewId, link, code } = fieldsOf(expectDone(run));
  return { viewId: String(viewId), link: String(link), code: String(code) };
}

describe('a view, from making to revoking', () => {
  test('is made, opened once, given a new code, listed and revoked', async () => {
    const made = expectDone(await world.plr(['view', 'create', uln, ...asLearner, ...PICKED]));
    expect(made.stdout).toMatch(
      /^View {2}[0-9a-f-]{36}\nLink {2}v1\.[\w-]+\nCode {2}[^\n]+\nRecorded 1 event, version 4 .*\n$/,
    );
    const [, viewId = ''] = /^View {2}(.*)$/m.exec(made.stdout) ?? [];
    const [, link = ''] = /^Link {2}(.*)$/m.exec(made.stdout) ?? [];
    const [, code = ''] = CODE.exec(made.stdout) ?? [];

    const opened = await world.plr(['view', 'open', '-', '--code', code], { stdin: `${link}\n` });
    expect(opened).toEqual({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(
        /^A record at 2026-.*Z, for employment, until 2026-12-31T23:59:59.999Z\n\nDetails\n {2}givenName +Amber\n\nAchievement\n {2}achievementAwardDate +2026-07-01\n {2}grade +Pass\n$/,
      ),
    });
    expect(opened.stdout).not.toMatch(/Sampleton|601|10000003|A-1/);
    expect(opened.stdout).not.toContain(uln);
    expect(await world.plr(['view', 'open', link, '--code', code])).toMatchObject({
      code: 5,
      stdout: '',
    });

    const renewed = expectDone(
      await world.plr(['view', 'code', uln, '--view', viewId, ...asLearner]),
    );
    const [, next = ''] = CODE.exec(renewed.stdout) ?? [];
    expect(renewed.stdout).toContain(`Link  ${link}\n`);
    const asJson = await world.plr(['view', 'open', link, '--code', next, '--json']);
    expect(fieldsOf(expectDone(asJson))).toMatchObject({
      details: { values: { givenName: 'Amber' } },
      entries: [{ values: { grade: 'Pass', achievementAwardDate: '2026-07-01' } }],
    });

    const listed = expectDone(await world.plr(['view', 'list', uln]));
    expect(listed.stdout).toContain(`${viewId}  open, live, code used\n`);
    expect(listed.stdout).toContain('achievement 10000003 A-1: grade, achievementAwardDate\n');

    const revoke = ['view', 'revoke', uln, '--view', viewId, ...asLearner];
    expect((await world.plr(revoke)).stdout).toMatch(/^Recorded 1 event/);
    expect((await world.plr(revoke)).stdout).toBe('Nothing to record: it is so already.\n');
    const shut = await world.plr(['view', 'open', link, '--code', next]);
    expect(shut).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/^plr: ERR_VIEW_NOT_AVAILABLE /),
    });
    const lines = linesOf(await world.plr(['view', 'list', uln, '--ndjson']));
    expect(lines.find((line) => line['viewId'] === viewId)).toMatchObject({ state: 'revoked' });
  });

  test('is never in the history with its code', async () => {
    const { code } = await create();
    const { stdout } = await world.plr(['history', uln]);
    expect(stdout).toContain('ConfiguredViewCreated');
    expect(stdout).not.toContain(code.replaceAll('-', ''));
    expect(stdout).not.toContain(code);
  });
});

describe('a view for an organisation', () => {
  test('opens for its people without a code, and for nobody else', async () => {
    const { link } = await create('--recipient', '10000002', '--frozen');
    const open = ['view', 'open', link];
    expect((await world.plr([...open, '--as', COLLEGE])).stdout).toMatch(/^A record as it was at /);
    for (const others of [['--as', AWARDING], [], asLearner]) {
      const run = await world.plr([...open, ...others]);
      const none = await world.plr(['view', 'open', 'v1.nothing', ...others]);
      expect(run).toEqual(none);
      expect(run).toMatchObject({ code: 3, stdout: '' });
    }
  });

  test('shows disputed, withdrawn and redacted values as what they are', async () => {
    const { link } = await create('--recipient', '10000002');
    const disputed = ['--achievement', 'A-1', '--submitted-by', '10000003', '--reason', 'Mistyped'];
    expectDone(
      await world.plr(['challenge', 'raise', uln, ...asLearner, '--id', 'C-1', ...disputed]),
    );
    const [issued] = linesOf(await world.plr(['history', uln, '--ndjson']));
    const field = ['--field', 'givenName', '--basis', 'court-order', '--as', 'officer1@10000009'];
    expectDone(
      await world.plr(['redact', 'propose', uln, '--event', String(issued?.['id']), ...field]),
    );
    const orders = JSON.parse((await world.plr(['redact', 'status', '--json'])).stdout);
    expectDone(await world.plr(['redact', 'order', orders[0].order, '--as', 'officer2@10000009']));
    const { stdout } = await world.plr(['view', 'open', link, '--as', COLLEGE]);
    expect(stdout).toMatch(/givenName +\[redacted\]\n/);
    expect(stdout).toContain('Achievement  UNDER DATA CHALLENGE\n');
    expect(stdout).not.toMatch(/court-order|Mistyped/);
    expectDone(await world.plr(['withdraw', 'achievement', uln, '--as', AWARDING, '--id', 'A-1']));
    const after = await world.plr(['view', 'open', link, '--as', COLLEGE]);
    expect(after.stdout).toContain('Achievement  WITHDRAWN by its source\n');
    expect(after.stdout).not.toMatch(/grade|Pass/);
    expectDone(await world.plr(['reinstate', 'achievement', uln, '--as', AWARDING, '--id', 'A-1']));
  });
});

test.each(['open', 'credential'])('%s takes no command id', async (command) => {
  const { link, code } = await create();
  const argv = ['view', command, link, '--code', code, '--command-id', VIEW_ELSEWHERE];
  const run = await world.plr(argv);
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toMatch(/^error: unknown option/);
  expectDone(await world.plr(argv.slice(0, -2)));
});

describe('a view of a learner who is handled as restricted', () => {
  const until = ['--review-date', '2027-01-01', '--reason', 'R-1'];

  test('opens like a link that opens nothing, and is chosen by the learner or for data protection', async () => {
    const restricted = await register(world);
    const picked = ['--detail', 'givenName', '--purpose', 'employment', '--expires', '2026-12-31'];
    const make = ['view', 'create', restricted, ...picked, '--json'];
    const { link, code, viewId } = fieldsOf(expectDone(await world.plr([...make, ...asLearner])));
    expectDone(await world.plr(['handling', restricted, '--level', 'restricted', ...until]));
    const open = (argument: string, ...more: readonly string[]) =>
      world.plr(['view', 'open', argument, '--code', String(code), ...more]);
    for (const who of [[], asLearner, ['--as', COLLEGE]]) {
      const run = await open(String(link), ...who);
      expect(run).toEqual(await open('v1.AAAA', ...who));
      expect(run).toMatchObject({ code: 3, stdout: '' });
    }
    const one = ['--view', String(viewId)];
    for (const argv of [
      make,
      ['view', 'code', restricted, ...one],
      ['view', 'list', restricted],
      ['view', 'revoke', restricted, ...one],
    ]) {
      expect(await world.plr(argv)).toMatchObject({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(/^plr: ERR_LEARNER_NOT_FOUND /),
      });
    }
    const officer = ['--purpose', 'data-protection'];
    expectDone(await world.plr(['view', 'list', restricted, ...officer]));
    expectDone(await world.plr(['view', 'list', restricted, ...asLearner]));
    expectDone(await world.plr(['view', 'revoke', restricted, ...one, ...asLearner]));
    const { stdout } = await world.plr(['access', 'looks', restricted, ...asLearner]);
    expect(stdout).toContain(
      'open-view by link for learner-choice: refused (handled-as-restricted)',
    );
  });
});

describe('a view as a credential', () => {
  test('is one line, of nothing but what was picked; the list and the key come with it', async () => {
    const { link } = await create('--recipient', '10000002');
    const credential = ['view', 'credential', '-', '--as', COLLEGE, '--minutes', '15'];
    const { stdout } = expectDone(await world.plr(credential, { stdin: link }));
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+(~[\w-]+)+~\n$/);
    const [jwt = '', ...disclosures] = stdout.trim().split('~');
    const texts = [...jwt.split('.'), ...disclosures].map((part) =>
      Buffer.from(part, 'base64url').toString(),
    );
    expect(texts.join(' ')).not.toMatch(/Sampleton|601\/0143/);
    expect(texts.join(' ')).not.toContain(uln);
    const payload = JSON.parse(texts[1] ?? '');
    expect(payload.exp - payload.iat).toBe(15 * 60);
    expect((await world.plr(['view', 'status-list'])).stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(fieldsOf(await world.plr(['view', 'issuer-key']))).toMatchObject({
      keys: [{ kty: 'OKP', crv: 'Ed25519', kid: JSON.parse(texts[0] ?? '').kid }],
    });
  });
});

test('a choice can be given as JSON, and options go before it', async () => {
  const choice = {
    purpose: 'training',
    note: 'For the course',
    expiresAt: '2026-10-01T00:00:00.000Z',
    selection: { entries: [], details: ['uln'] },
  };
  const argv = [
    'view',
    'create',
    uln,
    ...asLearner,
    '--input',
    '-',
    '--purpose',
    'funding',
    '--json',
  ];
  const { viewId } = fieldsOf(expectDone(await world.plr(argv, { stdin: JSON.stringify(choice) })));
  const listed = linesOf(await world.plr(['view', 'list', uln, '--ndjson']));
  expect(listed.find((view) => view['viewId'] === viewId)).toMatchObject({
    purpose: 'funding',
    note: 'For the course',
    mode: 'live',
    recipient: { kind: 'link' },
    selection: { details: ['uln'] },
  });
});

const elsewhere = ['--view', VIEW_ELSEWHERE];
/** Refusals, with the exit code and the error's code; the word ULN stands for the ULN. */
const refused: readonly (readonly [string, readonly string[], number, string])[] = [
  ['by an organisation', ['create', 'ULN', '--as', COLLEGE, ...PICKED], 5, 'ERR_NOT_PERMITTED'],
  ['for marketing', ['create', 'ULN', ...PICKED, '--purpose', 'marketing'], 1, 'ERR_VIEW_PURPOSE'],
  ['that has ended', ['create', 'ULN', ...PICKED, '--expires', '2026-08-31'], 1, 'ERR_VIEW_EXPIRY'],
  ['for two years', ['create', 'ULN', ...PICKED, '--expires', '2028-08-31'], 1, 'ERR_VIEW_EXPIRY'],
  [
    'until some day',
    ['create', 'ULN', ...PICKED, '--expires', 'Sampleton'],
    2,
    'ERR_INPUT_INVALID',
  ],
  ['without an end', ['create', 'ULN', ...PICKED.slice(0, -2)], 2, 'ERR_INPUT_INVALID'],
  [
    'without a purpose',
    ['create', 'ULN', ...PICKED.slice(0, 4), ...PICKED.slice(-2)],
    2,
    'ERR_INPUT_INVALID',
  ],
  ['of nothing', ['create', 'ULN', ...PICKED.slice(4)], 2, 'ERR_INPUT_INVALID'],
  [
    'of an unknown entry',
    ['create', 'ULN', ...PICKED, '--entry', 'achievement 10000003 A-9:grade'],
    3,
    'ERR_ENTRY_NOT_FOUND',
  ],
  ['of no entry', ['create', 'ULN', ...PICKED, '--entry', 'Sampleton'], 2, 'ERR_INPUT_INVALID'],
  [
    'of an unknown field',
    ['create', 'ULN', ...PICKED, '--entry', 'participation 10000002 P-1:grade'],
    2,
    'ERR_INPUT_INVALID',
  ],
  [
    'of an unknown detail',
    ['create', 'ULN', ...PICKED, '--detail', 'Sampleton'],
    2,
    'ERR_INPUT_INVALID',
  ],
  [
    'for no UKPRN',
    ['create', 'ULN', ...PICKED, '--recipient', 'Sampleton'],
    2,
    'ERR_INPUT_INVALID',
  ],
  ['of a learner of no ULN here', ['list', '1000000000'], 3, 'ERR_LEARNER_NOT_FOUND'],
  ['that is not there, given a code', ['code', 'ULN', ...elsewhere], 3, 'ERR_VIEW_NOT_FOUND'],
  ['that is not there, revoked', ['revoke', 'ULN', ...elsewhere], 3, 'ERR_VIEW_NOT_FOUND'],
  ['by its name, revoked', ['revoke', 'ULN', '--view', 'Sampleton'], 3, 'ERR_VIEW_NOT_FOUND'],
  ['opened by a link of no view', ['open', 'Sampleton'], 3, 'ERR_VIEW_NOT_AVAILABLE'],
  ['opened by the ULN', ['open', 'ULN'], 3, 'ERR_VIEW_NOT_AVAILABLE'],
  [
    'as a credential for ever',
    ['credential', 'v1.AAAA', '--minutes', '1441'],
    2,
    'ERR_INPUT_INVALID',
  ],
  ['as a list of no year', ['status-list', '--year', 'Sampleton'], 2, 'ERR_INPUT_INVALID'],
];

describe.each(refused)('a view %s', (_, argv, code, errorCode) => {
  test(`is refused with exit code ${code} and ${errorCode}, without personal data`, async () => {
    const run = await world.plr(['view', ...argv.map((word) => (word === 'ULN' ? uln : word))]);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^plr: ${errorCode} [^\n]+\n$`));
    expect(run.stderr).not.toMatch(PERSONAL);
    expect(run.stderr).not.toMatch(NAMES);
  });
});
