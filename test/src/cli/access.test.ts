import { chmodSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliRun, CliWorld } from '../../support/ledger.js';
import { createCliWorld } from '../../support/ledger.js';
import { learnersCsv, readResult } from '../imports/files.js';
import {
  ACHIEVEMENT,
  admitOrganisations,
  createLedgerWorld,
  DETAILS,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  PERSONAL,
  register,
} from './world.js';

const COLLEGE = ['10000042', 'college.example', 'college', 'tutor'] as const;
const AWARDS = ['10000043', 'awards.example', 'awarding-organisation', 'marker'] as const;
const TUTOR = ['--as', 'tutor@10000042'];
const MARKER = ['--as', 'marker@10000043'];
const GUIDANCE = ['--purpose', 'advice-and-guidance'];
const REGISTRATION = ['--purpose', 'learner-registration'];

const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = DETAILS;
const SEARCH = JSON.stringify({ givenName, familyName, dateOfBirth, gender, lastKnownPostCode });

/** Registers an organisation with one person, an agreement and a data-protection registration. */
async function admitOne(
  { plr }: CliWorld,
  [ukprn, domain, type, user]: readonly [string, string, string, string],
  role: string,
): Promise<void> {
  const person = {
    name: `Person of ${type}`,
    emailAddress: `jo.doe@${domain}`,
    verificationProvided: 'Staff card seen',
  };
  const steps: readonly (readonly string[])[] = [
    [
      ...['register', ukprn, '--name', `Example ${type}`, '--type', type, '--mail-domain', domain],
      ...['--signatory-role', 'director', '--responsible-user', user, '--roles', role],
      ...['--input', '-'],
    ],
    [
      ...['agreement', 'sign', ukprn, '--agreement-id', 'DSA-1', '--purposes'],
      ...['learner-registration', 'participation-reporting', 'achievement-reporting'],
      ...['advice-and-guidance', 'learner-choice', 'data-challenge'],
      ...['--start-date', '2017-01-01', '--end-date', '2030-12-31'],
      ...['--signatory-role', 'director', '--signature', 'digital'],
    ],
    ['data-protection', ukprn, '--reference', 'ZA1', '--expiry-date', '2030-12-31'],
  ];
  for (const step of steps) {
    expectDone(await plr(['organisation', ...step], { stdin: JSON.stringify(person) }));
  }
}

describe('a college and an awarding organisation from their registration to their suspension', () => {
  let world: CliWorld;
  let uln = '';
  const plr = (...argv: readonly string[]): Promise<CliRun> =>
    world.plr(argv.map((word) => (word === 'ULN' ? uln : word)));
  const done = async (...argv: readonly string[]) => expectDone(await plr(...argv)).stdout;

  beforeAll(async () => {
    world = createCliWorld();
    expectDone(await world.plr(['init', '--origin', 'test.invalid/access']));
    await admitOne(world, COLLEGE, 'super-user');
    await admitOne(world, AWARDS, 'awarding-body-user');
  });

  test('a learner is searched for, registered, connected, submitted for and shown', async () => {
    const input = ['--input', '-', ...TUTOR];
    const registering = ['register', ...input, '--json'];
    const stdin = JSON.stringify(DETAILS);
    const tooEarly = await world.plr(registering, { stdin });
    expect(tooEarly).toMatchObject({ code: 1, stdout: '' });
    expect(tooEarly.stderr).toMatch(/^plr: ERR_SEARCH_REQUIRED .*\(WSRC0021\)\n$/);
    const searched = await world.plr(['find', ...input, ...REGISTRATION], { stdin: SEARCH });
    expect(searched).toEqual({ code: 3, stdout: 'No match (WSRC0001).\n', stderr: '' });
    uln = String(fieldsOf(expectDone(await world.plr(registering, { stdin })))['uln']);

    const unconnected = await plr('show', 'ULN', ...TUTOR, ...GUIDANCE);
    expect(unconnected).toMatchObject({ code: 3, stdout: '' });
    const link = ['--kind', 'enrolment', '--evidence-reference', 'ENROL-7'];
    await done('connection', 'establish', 'ULN', ...TUTOR, ...link, '--connection-id', 'C-1');
    await done('record', 'achievement', 'ULN', ...MARKER, '--id', 'A-1', ...ACHIEVEMENT);
    const shown = await done('show', 'ULN', ...TUTOR, ...GUIDANCE);
    expect(shown).toContain('Personal Learning Record, as shared now');
    expect(shown).toContain('Amber');
    expect(shown).toContain('Pass');
    // What an organisation has no need of.
    expect(shown).not.toMatch(/AB1 2CD|Prefers/);
  });

  test('the awarding organisation sees its own submissions and may not search', async () => {
    expect(await done('show', 'ULN', ...MARKER, '--purpose', 'achievement-reporting')).toContain(
      'Pass',
    );
    const run = await world.plr(['find', '--input', '-', ...MARKER, ...REGISTRATION], {
      stdin: SEARCH,
    });
    expect(run).toMatchObject({ code: 5, stdout: '' });
    expect(run.stderr).toContain('role-allows-the-action');
    const whole = await plr('show', 'ULN', ...MARKER, ...GUIDANCE);
    expect(whole).toMatchObject({ code: 5, stdout: '' });
  });

  test('an opt-out counts at once, is told to the college, and is lifted again', async () => {
    const choice = ['--route', 'own-account', '--as', 'learner'];
    await done('opt-out', 'set', 'ULN', ...choice);
    const refused = await plr('show', 'ULN', ...TUTOR, ...GUIDANCE);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toMatch(/^plr: ERR_ACCESS_REFUSED .*\(WSEC0206, opt-out-stands\)\n$/);
    expect(await done('show', 'ULN', '--as', 'learner')).toContain('opted out since');
    await done('opt-out', 'lift', 'ULN', ...choice);
    expect(await done('show', 'ULN', ...TUTOR, ...GUIDANCE)).toContain('Pass');
  });

  test('other names than the learner’s are told to the college', async () => {
    const other = await plr('show', 'ULN', ...TUTOR, ...GUIDANCE, '--family-name', 'Somebody');
    expect(other).toMatchObject({ code: 5, stdout: '' });
    expect(other.stderr).toContain('WSEC0208');
    expect(other.stderr).not.toMatch(NAMES);
    const same = ['--given-name', 'amber', '--family-name', 'SAMPLETON'];
    expect(await done('show', 'ULN', ...TUTOR, ...GUIDANCE, ...same)).toContain('Pass');
  });

  test('who is handled as restricted is shown to the person authorised, and an alert tells of it', async () => {
    const restricted = ['--level', 'restricted', '--review-date', '2027-01-01', '--reason', 'R-1'];
    await done('handling', 'ULN', ...restricted);
    const hidden = await plr('show', 'ULN', ...TUTOR, ...GUIDANCE);
    expect(hidden).toMatchObject({ code: 3, stdout: '' });
    expect(await plr('find', 'ULN', ...TUTOR, ...REGISTRATION)).toMatchObject({
      code: 3,
      stdout: 'No match (WSRC0001).\n',
    });
    await done('handling', 'ULN', ...restricted, '--authorise', 'tutor@10000042');
    expect(await done('show', 'ULN', ...TUTOR, ...GUIDANCE)).toContain('Pass');
    const alerts = linesOf(expectDone(await plr('alert', 'list', '--ndjson')));
    expect(alerts.map(({ kind, level, organisation }) => [kind, level, organisation])).toEqual(
      Array.from({ length: 3 }, () => ['restricted-learner', 'notice', '10000042']),
    );
    const [first] = alerts;
    await done('alert', 'close', String(first?.['alertId']), '--outcome', 'explained');
    expect(linesOf(expectDone(await plr('alert', 'list', '--ndjson')))).toHaveLength(2);
    expect(linesOf(expectDone(await plr('alert', 'list', '--all', '--ndjson')))).toHaveLength(3);
    await done('handling', 'ULN', '--level', 'standard', '--reason', 'R-2');
  });

  test('a suspension ends all access, and its end begins it again', async () => {
    await done('organisation', 'suspend', '10000042', '--cause', 'breach-of-agreement');
    for (const argv of [
      ['show', 'ULN', ...TUTOR, ...GUIDANCE],
      ['find', 'ULN', ...TUTOR, ...REGISTRATION],
      [
        'verify-learner',
        'ULN',
        '--given-name',
        'A',
        '--family-name',
        'B',
        ...TUTOR,
        ...REGISTRATION,
      ],
      ['amend', 'ULN', ...TUTOR, '--notes', 'x'],
      ['connection', 'end', 'ULN', ...TUTOR, '--connection-id', 'C-1'],
      ['organisation', 'user', 'remove', '10000042', '--user', 'tutor', ...TUTOR],
    ]) {
      const run = await plr(...argv);
      expect(run, argv[0]).toMatchObject({ code: 5, stdout: '' });
      expect(run.stderr).not.toMatch(PERSONAL);
    }
    expect(await done('organisation', 'show', '10000042')).toContain(
      'SUSPENDED: breach-of-agreement',
    );
    await done('organisation', 'restore', '10000042', '--evidence-reference', 'E-1');
    expect(await done('show', 'ULN', ...TUTOR, ...GUIDANCE)).toContain('Pass');
  });

  test('a new name ends all access until it is attested', async () => {
    await done('organisation', 'rename', '10000042', '--name', 'Example New College');
    const refused = await plr('show', 'ULN', ...TUTOR, ...GUIDANCE);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toContain('changes-attested');
    const evidence = ['--signatory-role', 'principal', '--evidence-reference', 'E-2'];
    await done('organisation', 'attest', '10000042', ...evidence);
    expect(await done('show', 'ULN', ...TUTOR, ...GUIDANCE)).toContain('Pass');
  });

  test('the learner sees every look, and each is explained to the same answer', async () => {
    const looks = linesOf(
      expectDone(await plr('access', 'looks', 'ULN', '--as', 'learner', '--ndjson')),
    );
    const ofCollege = looks.filter(({ organisation }) => organisation === '10000042');
    const decided = (decision: string) => ofCollege.filter((look) => look['decision'] === decision);
    expect(decided('refused').flatMap(({ rules }) => rules as string[])).toEqual(
      expect.arrayContaining(
        'direct-connection opt-out-stands identity-verified handled-as-restricted organisation-not-suspended changes-attested'.split(
          ' ',
        ),
      ),
    );
    expect(decided('allowed').length).toBeGreaterThan(5);
    expect(looks.map(({ user }) => user)).toEqual(expect.arrayContaining(['marker', 'learner']));
    for (const { look } of looks) {
      expect(await done('access', 'explain', String(look))).toMatch(/The same answer\.\n$/);
    }
    const text = await done('access', 'looks', 'ULN', '--as', 'learner', '--limit', '3');
    expect(text.trimEnd().split('\n')).toHaveLength(3);
    expect(text).not.toMatch(NAMES);
  });

  test('the public list shows them from their registration until their agreement ends', async () => {
    const on = (date: string) => plr('organisations', 'published', '--on', date, '--ndjson');
    expect((await on('2026-08-31')).stdout).toBe('');
    expect(linesOf(await on('2030-12-31')).map(({ ukprn }) => ukprn)).toEqual([
      '10000042',
      '10000043',
    ]);
    expect((await on('2031-01-01')).stdout).toBe('');
    await done('organisation', 'agreement', 'end', '10000043', '--agreement-id', 'DSA-1');
    expect(linesOf(await on('2026-09-02')).map(({ name }) => name)).toEqual([
      'Example New College',
    ]);
    const today = await plr('organisations', 'published');
    expect(today.stderr).toMatch(/^2 organisations may access records on 2026-09-01\.\n$/);
  });

  test('a batch needs no search, and stands in the looks of whom it registers', async () => {
    const path = world.path('rows.csv');
    writeFileSync(path, learnersCsv(1));
    await done('import', 'learners', path, ...TUTOR);
    const [row] = readResult(`${path}.result.csv`);
    const looks = await done('access', 'looks', String(row?.ULN), '--as', 'learner');
    expect(looks).toMatch(
      /register by tutor@10000042 for learner-registration: uln {2}WSRC0009 {2}access-10000042-/,
    );
  });
});

describe('who is named for a restricted learner', () => {
  const handling = (...named: string[]) => [
    ...['handling', '--level', 'restricted', '--reason', 'R', '--review-date', '2027-01-01'],
    ...named.flatMap((one) => ['--authorise', one]),
  ];

  test.each([
    ['a user that there is not', 'somebody@10000002'],
    ['an organisation that there is not', '10000099'],
    ['a user of an organisation that there is not', 'exams@10000099'],
  ])('is not %s', async (_, named) => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    const [command = '', ...options] = handling('exams@10000002', named);
    const { code, stderr } = await world.plr([command, uln, ...options]);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: expect.stringMatching(/^plr: ERR_USER_NOT_FOUND authorised: expected/),
    });
  });
});

describe('a record that is restricted', () => {
  test('says so, and why, to data protection alone', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    const link = ['connection', 'establish', uln, '--as', 'exams@10000002', '--kind', 'enrolment'];
    expectDone(await world.plr([...link, '--evidence-reference', 'E-1']));
    const named = ['--authorise', 'exams@10000002', '--review-date', '2027-01-01'];
    const handling = ['handling', uln, '--level', 'restricted', '--reason', 'Moved away', ...named];
    expectDone(await world.plr(handling));
    const says =
      'HANDLED AS RESTRICTED, to be reviewed on 2027-01-01: Moved away. Authorised by name: exams@10000002.';
    const protecting = ['--purpose', 'data-protection'];
    for (const asker of [protecting, ['--as', 'officer1@10000009', ...protecting]]) {
      expect(expectDone(await world.plr(['show', uln, ...asker])).stdout).toContain(says);
      const { stdout } = expectDone(await world.plr(['show', uln, '--json', ...asker]));
      expect(JSON.parse(stdout).restrictions).toMatchObject([{ reason: 'Moved away' }]);
    }
    for (const asker of [
      ['--as', 'learner'],
      ['--as', 'exams@10000002', ...GUIDANCE],
    ]) {
      const shown = expectDone(await world.plr(['show', uln, ...asker])).stdout;
      expect(shown).not.toMatch(/restricted|Moved away/i);
    }
  });
});

describe('an opt-out of the earlier policy', () => {
  const text = { title: 'T', short: 'S', extended: 'E' };
  const notice = { effectiveDate: '2018-05-25', texts: { en: text, cy: text } };

  /** A connected learner of 2017, and the means to override an opt-out as the college. */
  async function createCase() {
    const world = createCliWorld('2017-10-02T09:00:00.000Z');
    expectDone(await world.plr(['init', '--origin', 'test.invalid/policy']));
    await admitOrganisations(world);
    const uln = await register(world);
    const college = ['--as', 'exams@10000002'];
    const link = ['--kind', 'enrolment', '--evidence-reference', 'E-1'];
    expectDone(await world.plr(['connection', 'establish', uln, ...college, ...link]));
    const show = () => world.plr(['show', uln, ...college, ...GUIDANCE]);
    const evidence = ['--evidence-reference', 'E-2'];
    const override = () => world.plr(['opt-out', 'override', uln, ...college, ...evidence]);
    const publish = () =>
      world.plr(['notice', 'publish', '--input', '-'], { stdin: JSON.stringify(notice) });
    const optOut = () =>
      world.plr(['opt-out', 'set', uln, '--route', 'own-account', '--as', 'learner']);
    const given = () => world.plr(['notice', 'given', uln, ...college, '--notice', '1']);
    const attest = () =>
      world.plr(['organisation', 'notice', '10000002', '--notice', '1', ...college]);
    return { world, uln, show, override, publish, optOut, given, attest };
  }

  test('is overridden after 25 May 2018, once the notice was given', async () => {
    const { world, show, override, publish, optOut, given, attest } = await createCase();
    expectDone(await optOut());
    const before = await show();
    expect(before.stderr).toMatch(/\(WSEC0206, opted-out\)\n$/);
    world.time.set('2018-05-25T09:00:00.000Z');
    expect((await show()).stderr).toContain('person-in-use');
    const access = ['organisation', 'renew', '10000002'];
    expectDone(await world.plr([...access, '--user', 'exams']));
    expectDone(await world.plr(access));
    expect((await show()).stderr).toMatch(/\(WSEC0206, opt-out-stands\)\n$/);
    expect((await override()).stderr).toContain('ERR_NOTICE_NOT_FOUND');
    expectDone(await publish());
    expectDone(await attest());
    expect((await override()).stderr).toContain('found it not given');
    expectDone(await given());
    expect((await override()).stdout).toMatch(/^Recorded 1 event/);
    expect((await show()).code).toBe(0);
  });

  // It is historic by when the ledger learnt of it, not by the date that somebody states.
  test('is none that was recorded since, whatever date it was given', async () => {
    const { world, uln, override, publish, given } = await createCase();
    world.time.set('2018-05-25T09:00:00.000Z');
    const access = ['organisation', 'renew', '10000002'];
    expectDone(await world.plr([...access, '--user', 'exams']));
    expectDone(await world.plr(access));
    const set = ['opt-out', 'set', uln, '--route', 'own-account', '--as', 'learner'];
    expectDone(await world.plr([...set, '--effective-date', '2018-01-01']));
    expectDone(await publish());
    expectDone(await given());
    const { code, stderr } = await override();
    expect(code).toBe(1);
    expect(stderr).toContain('found one recorded since, which only the learner can lift');
  });

  test('cannot be told from a later one by anybody else: a later one stands', async () => {
    const { world, show, override, publish, optOut, given } = await createCase();
    world.time.set('2018-05-25T00:00:00.000Z');
    const access = ['organisation', 'renew', '10000002'];
    expectDone(await world.plr([...access, '--user', 'exams']));
    expectDone(await world.plr(access));
    expectDone(await optOut());
    expectDone(await publish());
    expectDone(await given());
    expect((await override()).stderr).toContain('which only the learner can lift');
    expect((await show()).stderr).toContain('WSEC0206');
  });
});

describe('the complete record', () => {
  const complete = ['--complete', '--as', 'learner'];

  test('is a page of all that is kept, for the learner', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    await world.plr(['show', uln, '--as', 'exams@10000002', ...GUIDANCE]);
    const { stdout } = expectDone(await world.plr(['show', uln, ...complete]));
    expect(stdout).toMatch(NAMES);
    for (const title of [
      'How it came to be\n    1  ',
      'What you have shared yourself\n  nothing',
      'Privacy notices\n  nothing',
      'Who looked at it\n',
      'What you can do\n',
    ]) {
      expect(stdout).toContain(title);
    }
    expect(stdout).toContain('read by exams@10000002 for advice-and-guidance: refused');
  });

  test('is the same as JSON', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    const fields = fieldsOf(await world.plr(['show', uln, ...complete, '--json']));
    expect(fields).toMatchObject({ plr: { uln }, notices: [], views: [] });
    expect(fields['looks']).toHaveLength(3);
  });

  test.each([
    ['an organisation', ['--as', 'exams@10000002', ...GUIDANCE], 5, 'ERR_ACCESS_REFUSED'],
    ['a point of the history', ['--as', 'learner', '--at-version', '1'], 2, 'ERR_INPUT_INVALID'],
  ])('is not for %s', async (_, options, code, error) => {
    const world = await createLedgerWorld();
    const run = await world.plr(['show', await register(world), '--complete', ...options]);
    expect(run).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(error) });
  });
});

describe('who looked at whom', () => {
  test('is verified with everything, and a look that was altered is named', async () => {
    const world = await createLedgerWorld();
    const uln = await register(world);
    await world.plr(['show', uln, '--as', 'exams@10000002', ...GUIDANCE]);
    expectDone(await world.plr(['verify', '--all']));
    const file = world.path('data/access-2026.db');
    const database = new Database(file);
    database.exec('DROP TRIGGER events_no_update');
    database.exec(
      "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), 'refused', 'allowed') AS BLOB)",
    );
    database.close();
    const run = await world.plr(['verify', '--all']);
    expect(run).toMatchObject({
      code: 6,
      stdout: expect.stringMatching(/^ERR_\w+ {2}access-10000002-\d{8} /m),
    });
  });

  test('is readable by the owner of the file alone, which doctor looks at', async () => {
    const world = await createLedgerWorld();
    await register(world);
    expect((await world.plr(['doctor'])).stdout).toMatch(
      /ok +\S*access-2026\.db is readable by its owner alone: mode 0600/,
    );
    chmodSync(world.path('data/access-2026.db'), 0o644);
    expect((await world.plr(['doctor'])).stdout).toMatch(/warning +\S*access-2026\.db is readable/);
  });
});

describe('wrong input', () => {
  let world: CliWorld;
  let uln: string;
  beforeAll(async () => {
    world = await createLedgerWorld();
    uln = await register(world);
  });
  const college = ['--as', 'exams@10000002'];

  test.each<[string, readonly string[], number, string]>([
    ['no purpose', ['show', 'ULN', ...college], 2, 'ERR_INPUT_INVALID'],
    ['a person without an organisation', ['show', 'ULN', '--as', 'exams'], 2, 'ERR_INPUT_INVALID'],
    [
      'a UKPRN that is none',
      ['show', 'ULN', '--as', 'a@00000000', ...GUIDANCE],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'an organisation that is not registered',
      ['show', 'ULN', '--as', 'a@10000055', ...GUIDANCE],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    [
      'a person whom the organisation does not have',
      ['show', 'ULN', '--as', 'other@10000002', ...GUIDANCE],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    [
      'a person of another spelling',
      ['show', 'ULN', '--as', 'EXAMS@10000002', ...GUIDANCE],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    ['marketing', ['show', 'ULN', ...college, '--purpose', 'marketing'], 5, 'ERR_ACCESS_REFUSED'],
    ['sales by the keeper', ['show', 'ULN', '--purpose', 'Sales'], 5, 'ERR_ACCESS_REFUSED'],
    ['a look that is none', ['access', 'explain', 'ULN'], 3, 'ERR_LOOK_NOT_FOUND'],
    ['no limit', ['access', 'looks', 'ULN', '--limit', '0'], 2, 'ERR_INPUT_INVALID'],
    [
      'looks for a college',
      ['access', 'looks', 'ULN', ...college, ...GUIDANCE],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    ['a day that is none', ['access', 'review', '--day', '2026-02-30'], 2, 'ERR_INPUT_INVALID'],
    [
      'an alert that is none',
      ['alert', 'close', 'x', '--outcome', 'misuse'],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'a date of the list that is none',
      ['organisations', 'published', '--on', 'ULN'],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'an organisation that is not there',
      ['organisation', 'show', '10000055'],
      3,
      'ERR_ORGANISATION_NOT_FOUND',
    ],
    [
      'a user who is not there',
      ['organisation', 'user', 'show', '10000002', '--user', 'Amber'],
      3,
      'ERR_USER_NOT_FOUND',
    ],
    [
      'a typed signature',
      [
        ...['organisation', 'agreement', 'sign', '10000002', '--agreement-id', 'DSA-2'],
        ...['--purposes', 'admission', '--start-date', '2026-01-01', '--end-date', '2027-01-01'],
        ...['--signatory-role', 'director', '--signature', 'typed'],
      ],
      1,
      'ERR_SIGNATURE',
    ],
    [
      'an agreement that is not there',
      ['organisation', 'agreement', 'end', '10000002', '--agreement-id', 'X'],
      3,
      'ERR_AGREEMENT_NOT_FOUND',
    ],
    [
      'a shared mailbox',
      [
        ...['organisation', 'user', 'add', '10000002', '--user', 'u2', '--roles', 'view-only'],
        ...['--person-name', 'Amber Sampleton', '--email-address', 'office@o10000002.example'],
        ...['--verification-provided', 'card'],
      ],
      1,
      'ERR_USER_ADDRESS',
    ],
    [
      'a role of the operator’s staff',
      [...['organisation', 'user', 'roles', '10000002', '--user', 'exams', '--roles', 'auditor']],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'a suspension by the organisation itself',
      ['organisation', 'suspend', '10000002', '--cause', 'at-own-request', ...college],
      5,
      'ERR_NOT_PERMITTED',
    ],
    [
      'restricted without a date to look at it again',
      ['handling', 'ULN', '--level', 'restricted', '--reason', 'x'],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'nobody in particular authorised',
      ['handling', 'ULN', '--level', 'restricted', '--reason', 'x', '--authorise', 'Amber'],
      2,
      'ERR_INPUT_INVALID',
    ],
    [
      'handling changed by a college',
      [
        ...['handling', 'ULN', '--level', 'standard', '--reason', 'x', ...college],
        ...['--purpose', 'data-correction'],
      ],
      5,
      'ERR_ACCESS_REFUSED',
    ],
    [
      'another organisation’s connection',
      [
        ...['connection', 'establish', 'ULN', ...college, '--ukprn', '10000003'],
        ...['--kind', 'advice', '--evidence-reference', 'E-1'],
      ],
      5,
      'ERR_NOT_PERMITTED',
    ],
    [
      'a connection that is not there',
      ['connection', 'end', 'ULN', ...college, '--connection-id', 'X'],
      3,
      'ERR_CONNECTION_NOT_FOUND',
    ],
  ])('%s is refused without a word of the learner', async (_, argv, code, error) => {
    const words = argv.map((word) => (word === 'ULN' ? uln : word));
    const run = await world.plr(words);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr.startsWith(`plr: ${error} `)).toBe(true);
    expect(run.stderr).not.toMatch(PERSONAL);
  });

  test('an access ledger that cannot be written shows nothing', async () => {
    const environment = { PLR_ACCESS: 'sqlite:/dev/null/access-{year}.db' };
    for (const argv of [
      ['show', uln],
      ['find', uln],
      ['history', uln],
      ['access', 'looks', uln],
    ]) {
      const run = await world.plr(argv, { environment });
      expect(run.code).toBe(2);
      expect(run.stdout).toBe('');
      expect(run.stderr).not.toMatch(PERSONAL);
    }
    const wrong = await world.plr(['show', uln], { environment: { PLR_ACCESS: 'sqlite:x.db' } });
    expect(wrong.stderr).toContain('ERR_INPUT_INVALID PLR_ACCESS');
    expect(wrong.code).toBe(2);
  });
});
