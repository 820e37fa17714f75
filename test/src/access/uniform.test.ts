import { beforeAll, describe, expect, test } from 'vitest';
import type { Uln } from '../../../domain/values/uln.js';
import type { CliWorld } from '../../support/ledger.js';
import { AWARDING, createLedgerWorld, DETAILS, expectDone, register } from '../cli/world.js';
import { achievement } from '../setting.js';
import {
  AWARDING as AWARDS,
  answered,
  askerOf,
  COLLEGE,
  connection,
  doors,
  issue,
  OPT_OUT,
  openSetting,
  openWatched,
  REGISTRY,
  restriction,
  settle,
  UNKNOWN,
} from './setting.js';

const OUTSIDER = 'exams@10000002';
const RETIREMENT = {
  type: 'RetireUln',
  data: { cause: 'issued-in-error', reason: 'Issued twice' },
} as const;

describe('what an organisation without a connection is told through the command line', () => {
  let world: CliWorld;
  let ulns: Readonly<Record<string, string>>;
  const kinds = ['known', 'opted out', 'handled as restricted', 'retired', 'connected elsewhere'];

  beforeAll(async () => {
    world = await createLedgerWorld();
    const done = async (...argv: readonly string[]) => expectDone(await world.plr(argv));
    const made: Record<string, string> = {};
    for (const kind of kinds) {
      made[kind] = await register(world);
    }
    const of = (kind: string) => made[kind] ?? '';
    await done('opt-out', 'set', of('opted out'), '--route', 'own-account', '--as', 'learner');
    const until = ['--review-date', '2027-01-01', '--reason', 'R-1'];
    await done('handling', of('handled as restricted'), '--level', 'restricted', ...until);
    await done('retire', of('retired'), '--cause', 'issued-in-error', '--reason', 'Issued twice');
    const link = ['--kind', 'enrolment', '--evidence-reference', 'E-1'];
    await done('connection', 'establish', of('connected elsewhere'), ...link, '--as', AWARDING);
    ulns = made;
  });

  test.each([
    ['show', ['--purpose', 'advice-and-guidance']],
    ['show', ['--purpose', 'advice-and-guidance', '--json']],
    ['show', ['--purpose', 'admission', '--family-name', DETAILS.familyName]],
    ['show', ['--purpose', 'admission', '--family-name', 'Other']],
    ['show', ['--purpose', 'achievement-reporting']],
    ['show', ['--purpose', 'data-challenge', '--json']],
  ])('by %s %j is the same whoever it is, or nobody', async (command, options) => {
    const ask = (uln: string) => world.plr([command, uln, '--as', OUTSIDER, ...options]);
    const nobody = await ask(UNKNOWN);
    expect(nobody).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'plr: ERR_LEARNER_NOT_FOUND expected a learner whose record can be shown to this asker, found none\n',
    });
    for (const kind of kinds) {
      expect(await ask(ulns[kind] ?? ''), kind).toEqual(nobody);
    }
  });

  test.each([
    ['history', []],
    ['replay', []],
    ['diff', ['--from-at-version', '1']],
    ['access', []],
  ])('by %s is a refusal, the same whoever it is', async (command, more) => {
    const ask = (uln: string) =>
      world.plr([
        ...(command === 'access' ? ['access', 'looks'] : [command]),
        ...[uln, '--as', OUTSIDER, '--purpose', 'advice-and-guidance', ...more],
      ]);
    const nobody = await ask(UNKNOWN);
    expect(nobody).toMatchObject({ code: 5, stdout: '' });
    expect(nobody.stderr).toMatch(/^plr: ERR_ACCESS_REFUSED /);
    for (const kind of kinds) {
      expect(await ask(ulns[kind] ?? ''), kind).toEqual(nobody);
    }
  });

  test.each([
    ['find', [], 'No match (WSRC0001).\n'],
    ['find', ['--json'], '{"kind":"none","code":"WSRC0001"}\n'],
    ['verify-learner', ['--given-name', 'A', '--family-name', 'B'], 'WSVRC006  ULN not found\n'],
  ])('by %s %j is the same of a restricted learner as of nobody', async (command, more, stdout) => {
    const purpose = ['--as', OUTSIDER, '--purpose', 'learner-registration'];
    const ask = (uln: string) => world.plr([command, uln, ...purpose, ...more]);
    expect(await ask(UNKNOWN)).toEqual({ code: 3, stdout, stderr: '' });
    expect(await ask(ulns['handled as restricted'] ?? '')).toEqual({ code: 3, stdout, stderr: '' });
    expect((await ask(ulns['known'] ?? '')).stdout).not.toBe(stdout);
  });

  test('by a search is the same of a restricted learner as of nobody', async () => {
    const uln = await register(world, { givenName: 'Verborgen', familyName: 'Hidden' });
    const ask = async (givenName: string) => {
      const stdin = JSON.stringify({ givenName, familyName: 'Hidden', dateOfBirth: '2003-04-17' });
      const purpose = ['--as', OUTSIDER, '--purpose', 'learner-registration'];
      return world.plr(['find', '--input', '-', ...purpose], { stdin });
    };
    expect((await ask('Verborgen')).stdout).toContain(uln);
    const until = ['--review-date', '2027-01-01', '--reason', 'R-1'];
    expectDone(await world.plr(['handling', uln, '--level', 'restricted', ...until]));
    expect(await ask('Verborgen')).toEqual(await ask('Niemand'));
  });
});

describe('what a connected organisation is told', () => {
  test('that the learner does not share, and that the names are others', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await settle(ledger, uln, connection(COLLEGE));
    const asker = () => askerOf(COLLEGE, 'advice-and-guidance');
    const names = { givenName: 'Other', familyName: 'Synthetic', dateOfBirth: null };
    await expect(ledger.access.record(uln, asker(), names)).rejects.toThrow(
      /^expected that the names given with the ULN are the learner’s, found otherwise \(WSEC0208, identity-verified\)$/,
    );
    await settle(ledger, uln, OPT_OUT);
    await expect(ledger.access.record(uln, asker(), null)).rejects.toThrow(
      /\(WSEC0206, opt-out-stands\)$/,
    );
    await settle(ledger, uln, restriction());
    await expect(ledger.access.record(uln, asker(), null)).rejects.toMatchObject({
      code: 'ERR_LEARNER_NOT_FOUND',
    });
  });

  test('of what it submitted itself, also where the learner does not share, and no more', async () => {
    const { ledger } = await openSetting();
    const uln = await issue(ledger, 1);
    await ledger.handle(uln, achievement('A-1'), askerOf(AWARDS, 'achievement-reporting'));
    await settle(ledger, uln, OPT_OUT);
    const own = (ukprn: typeof AWARDS) =>
      answered(ledger.access.record(uln, askerOf(ukprn, 'achievement-reporting'), null));
    expect(await own(AWARDS)).toContain('"kind":"part"');
    expect(await own(COLLEGE)).toBe('ERR_LEARNER_NOT_FOUND');
  });
});

describe('the calls to the stores', () => {
  /** The names of the calls that asking makes, in their order. */
  async function callsOf(
    ask: (ledger: Awaited<ReturnType<typeof openWatched>>) => Promise<unknown>,
    to: Awaited<ReturnType<typeof openSetting>>['ledger'],
  ) {
    const calls: string[] = [];
    const watching = await openWatched(to, (call) => calls.push(call));
    calls.length = 0;
    const answer = await answered(ask(watching));
    return { calls, answer };
  }

  async function learners() {
    const { ledger } = await openSetting();
    const made: Record<string, Uln> = {};
    const kinds = ['known', 'opted out', 'restricted', 'retired'];
    for (const [number, kind] of kinds.entries()) {
      made[kind] = await issue(ledger, number + 1, { lastKnownPostCode: `AB1${number} 2CD` });
    }
    const of = (kind: string) => made[kind] ?? UNKNOWN;
    await settle(ledger, of('opted out'), OPT_OUT);
    await settle(ledger, of('restricted'), restriction());
    await settle(ledger, of('retired'), RETIREMENT);
    return { ledger, of, kinds };
  }

  test('of show are the same whoever it is, or nobody', async () => {
    const { ledger, of, kinds } = await learners();
    const show = doors['show'] ?? (() => Promise.reject());
    const nobody = await callsOf((watching) => show(watching, UNKNOWN), ledger);
    expect(nobody.calls).toContain('access append');
    expect(nobody.calls).toContain('ledger read');
    expect(nobody.answer).toBe('ERR_LEARNER_NOT_FOUND');
    for (const kind of kinds) {
      expect(await callsOf((watching) => show(watching, of(kind)), ledger), kind).toEqual(nobody);
    }
  });

  test.each(['find by ULN', 'verify-learner'])(
    'of %s are the same of a restricted learner as of nobody',
    async (door) => {
      const { ledger, of } = await learners();
      const ask = doors[door] ?? (() => Promise.reject());
      const nobody = await callsOf((watching) => ask(watching, UNKNOWN), ledger);
      expect(nobody.calls).toContain('access append');
      expect(await callsOf((watching) => ask(watching, of('restricted')), ledger)).toEqual(nobody);
    },
  );

  test('of a search are the same of a restricted learner as of nobody', async () => {
    const { ledger } = await learners();
    const search = (givenName: string) =>
      callsOf(
        ({ access }) =>
          access.find(
            { givenName, familyName: 'Synthetic', dateOfBirth: '2003-04-17' },
            askerOf(REGISTRY, 'learner-registration'),
          ),
        ledger,
      );
    await search('Nobody');
    const nobody = await search('Nobody');
    expect(nobody.answer).toContain('WSRC0001');
    expect(nobody.calls).toContain('access append');
    expect(await search('Given3')).toEqual(nobody);
    expect((await search('Given1')).answer).toContain('Given1');
  });
});
