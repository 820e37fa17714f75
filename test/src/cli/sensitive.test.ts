import { writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { createLedgerWorld, expectDone, PERSONAL, register } from './world.js';

const COLLEGE = 'exams@10000002';
const OFFICER1 = 'officer1@10000009';
const OFFICER2 = 'officer2@10000009';
const ON_IT = ['--participation', 'P-1', '--submitted-by', '10000002'];
const AS_DATA_PROTECTION = ['--purpose', 'data-protection', '--as', OFFICER1];

let world: CliWorld;
let uln: string;

/** Runs a command that has to succeed; the word ULN stands for the ULN. */
async function plr(...argv: readonly string[]): Promise<string> {
  return expectDone(await world.plr(argv.map((word) => (word === 'ULN' ? uln : word)))).stdout;
}

async function refused(...argv: readonly string[]) {
  const run = await world.plr(argv.map((word) => (word === 'ULN' ? uln : word)));
  expect(run.stderr).not.toMatch(PERSONAL);
  return { code: run.code, refusal: /ERR_\w+/.exec(run.stderr)?.[0] };
}

async function waiting(): Promise<readonly Record<string, unknown>[]> {
  const lines = (await plr('sensitive', 'list', '--ndjson')).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** The id of the event of the participation. */
async function entryEvent(): Promise<string> {
  const history = await plr('history', 'ULN', '--ndjson', ...AS_DATA_PROTECTION);
  const rows = history
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows.find((row) => row.event.type === 'ParticipationRecorded').id;
}

beforeEach(async () => {
  world = await createLedgerWorld();
  uln = await register(world);
  await plr(
    ...['record', 'participation', 'ULN', '--as', COLLEGE, '--id', 'P-1', '--source', 'ILR'],
    ...['--subject-code', '601/0143/X', '--participation-start-date', '2025-09-08'],
    ...['--learning-provider-name', 'HMP Example', '--subject', 'Example Studies'],
  );
});

const quarantine = ['sensitive', 'quarantine', 'ULN', ...ON_IT, '--id', 'Q-1'];
const decide = ['sensitive', 'decide', 'ULN', '--quarantine', 'Q-1', '--outcome'];

describe('what is recorded', () => {
  test('is screened, flagged in the same breath and never refused', async () => {
    const [flag] = await waiting();
    expect(flag).toMatchObject({
      kind: 'flag',
      uln,
      entry: { kind: 'participation', submittedBy: '10000002', entryId: 'P-1' },
      flagged: {
        event: await entryEvent(),
        fields: ['learningProviderName'],
        categories: ['offence'],
      },
    });
    expect(JSON.stringify(flag)).not.toContain('HMP');
    expect(await plr('sensitive', 'list')).toMatch(
      /^since 2026-09-01 {2}flag .* on participation 10000002 P-1: offence in learningProviderName/,
    );
  });

  test('can be dismissed, with a reason', async () => {
    const [flag] = await waiting();
    const dismiss = ['sensitive', 'dismiss', 'ULN', '--id', String(flag?.['id'])];
    await plr(...dismiss, '--reason', 'It is the name of a street');
    expect(await plr('sensitive', 'list')).toBe('Nothing waits.\n');
  });
});

describe('a quarantine', () => {
  beforeEach(async () => {
    await plr(...quarantine, '--as', OFFICER1);
  });

  test.each([['show'], ['replay'], ['history']])(
    'hides the entry from %s, at every date',
    async (name) => {
      for (const point of [[], ['--at-version', '2'], ['--as-at', '2026-09-01T09:05:00Z']]) {
        const hidden = await plr(name, 'ULN', ...point);
        expect(hidden).toContain('Amber');
        expect(hidden).not.toMatch(/HMP|P-1/);
        expect(await plr(name, 'ULN', ...point, ...AS_DATA_PROTECTION)).toMatch(/HMP|P-1/);
      }
    },
  );

  test('hides it from diff, from statistics of the learner and from the learner too', async () => {
    expect(await plr('diff', 'ULN', '--from-at-version', '1')).not.toMatch(/HMP|P-1/);
    const asLearner = ['--as', 'learner', '--purpose', 'data-protection'];
    expect(await plr('show', 'ULN', ...asLearner)).not.toMatch(/HMP|P-1/);
    const shown = await plr('diff', 'ULN', '--from-at-version', '1', ...AS_DATA_PROTECTION);
    expect(shown).toMatch(/HMP/);
  });

  test('waits in the list beside what led to it', async () => {
    expect((await waiting()).map(({ kind }) => kind)).toEqual(['flag', 'quarantine']);
  });

  test('is decided by a second person: dismissed, it shows the entry as it was', async () => {
    expect(await refused(...decide, 'dismiss', '--as', OFFICER1)).toEqual({
      code: 5,
      refusal: 'ERR_SAME_PERSON',
    });
    await plr(...decide, 'dismiss', '--as', OFFICER2, '--reason', 'Staff, not prisoner');
    expect(await plr('show', 'ULN')).toMatch(/P-1/);
    expect(await waiting()).toEqual([]);
  });

  test('is decided by a second person: redacted, it shows the rest', async () => {
    expect(await refused(...decide, 'redact', '--as', OFFICER2)).toEqual({
      code: 1,
      refusal: 'ERR_REDACTION_MISSING',
    });
    await plr(
      ...['redact', 'propose', 'ULN', '--as', OFFICER1, '--event', await entryEvent()],
      ...['--field', 'learningProviderName', '--basis', 'special-category-data'],
    );
    await plr(...decide, 'redact', '--as', OFFICER2);
    const text = await plr('show', 'ULN');
    expect(text).toMatch(/P-1.*REDACTED \(learningProviderName\)/);
    expect(text).not.toContain('HMP');
    expect(await waiting()).toEqual([]);
    expect(await plr('verify', '--all')).toBeDefined();
    const days = ['--from', '2026-09-01', '--to', '2026-09-30', '--json'];
    expect(JSON.parse(await plr('sensitive', 'counts', ...days))).toEqual({
      ...{ from: '2026-09-01', to: '2026-09-30' },
      ...{ flagged: 1, reported: 0, quarantined: 1, dismissed: 0, redacted: 1 },
    });
  });

  test('cannot be called redacted by who proposed the redaction', async () => {
    await plr(
      ...['redact', 'propose', 'ULN', '--as', OFFICER2, '--event', await entryEvent()],
      ...['--field', 'learningProviderName', '--basis', 'special-category-data'],
    );
    expect(await refused(...decide, 'redact', '--as', OFFICER2)).toEqual({
      code: 5,
      refusal: 'ERR_PROPOSER_APPROVES',
    });
    expect(await plr('show', 'ULN')).not.toMatch(/P-1/);
  });

  test('is not lifted by a redaction of something else', async () => {
    const history = await plr('history', 'ULN', '--ndjson');
    const issued = JSON.parse(history.split('\n')[0] ?? '');
    await plr(
      ...['redact', 'propose', 'ULN', '--as', OFFICER1, '--event', issued.id],
      ...['--field', 'notes', '--basis', 'special-category-data'],
    );
    const [{ order }] = JSON.parse(await plr('redact', 'status', '--json'));
    await plr('redact', 'order', order, '--as', OFFICER2);
    expect(await refused(...decide, 'redact', '--as', OFFICER2)).toEqual({
      code: 1,
      refusal: 'ERR_REDACTION_MISSING',
    });
  });

  test('leaves versions as they are: a later one than the last is refused', async () => {
    expect(await refused('show', 'ULN', '--at-version', '9')).toEqual({
      code: 2,
      refusal: 'ERR_INPUT_INVALID',
    });
  });
});

describe('refusals', () => {
  test.each([
    ['quarantining without a name', 'ERR_NOT_PERMITTED', 5, quarantine],
    [
      'quarantining what is not there',
      'ERR_ENTRY_NOT_FOUND',
      3,
      ['sensitive', 'quarantine', 'ULN', '--achievement', 'A-9', '--as', OFFICER1],
    ],
    ['quarantining nothing', 'ERR_INPUT_INVALID', 2, ['sensitive', 'quarantine', 'ULN']],
    [
      'deciding what is not there',
      'ERR_QUARANTINE_NOT_FOUND',
      3,
      [...decide, 'redact', '--as', OFFICER2],
    ],
    [
      'dismissing what is not there',
      'ERR_REVIEW_NOT_FOUND',
      3,
      ['sensitive', 'dismiss', 'ULN', '--id', 'R-9', '--reason', 'x'],
    ],
    [
      'counting backwards',
      'ERR_INPUT_INVALID',
      2,
      ['sensitive', 'counts', '--from', '2026-02-01', '--to', '2026-01-01'],
    ],
  ])('%s: %s', async (_, refusal, code, argv) => {
    expect(await refused(...argv)).toEqual({ code, refusal });
  });
});

test('a report by the learner waits with the flags, and its words are not in the list', async () => {
  const run = await world.plr(
    ['sensitive', 'report', uln, '--as', 'learner', '--id', 'R-1', '--input', '-'],
    { stdin: JSON.stringify({ reason: 'The notes say what I was treated for' }) },
  );
  expectDone(run);
  const [, report] = await waiting();
  expect(report).toMatchObject({ kind: 'report', id: 'R-1', entry: null });
  expect(JSON.stringify(report)).not.toContain('treated');
});

describe('PLR_SCREENING', () => {
  const recorded = async (changes: unknown) => {
    writeFileSync(
      world.path('words.json'),
      typeof changes === 'string' ? changes : JSON.stringify(changes),
    );
    const run = await world.plr(
      [
        ...['record', 'participation', uln, '--as', COLLEGE, '--id', 'P-2', '--source', 'ILR'],
        ...['--subject-code', '601/0143/X', '--participation-start-date', '2025-09-08'],
        ...['--learning-provider-name', 'HMP Example', '--subject', 'Llama Studies', '--json'],
      ],
      { environment: { PLR_SCREENING: world.path('words.json') } },
    );
    const ids = run.code === 0 ? JSON.parse(run.stdout).eventIds.length : run.stderr;
    return { code: run.code, said: ids };
  };
  const llama = { phrase: 'llama', category: 'religion', contexts: ['subject'] };

  test('adds, removes and allows words', async () => {
    await recorded({ add: [llama] });
    expect((await waiting()).at(-1)).toMatchObject({
      flagged: { fields: ['subject', 'learningProviderName'], categories: ['religion', 'offence'] },
    });
  });

  test('removes words', async () => {
    expect(await recorded({ remove: ['HMP'] })).toEqual({ code: 0, said: 1 });
  });

  test('allows phrases', async () => {
    expect(await recorded({ allow: ['HMP Example'] })).toEqual({ code: 0, said: 1 });
  });

  test.each([
    ['no JSON', '{', /PLR_SCREENING: expected JSON/],
    ['another field', { words: [] }, /only known fields/],
    [
      'a category that is none',
      { add: [{ ...llama, category: 'x' }] },
      /category: expected one of/,
    ],
    ['a word to remove that is not there', { remove: ['llama'] }, /found 1 not in it/],
  ])('with %s is refused', async (_, file, message) => {
    const { code, said } = await recorded(file);
    expect(code).toBe(2);
    expect(said).toMatch(/ERR_SCREENING_FILE/);
    expect(said).toMatch(message);
  });

  test('that names no file is refused', async () => {
    const environment = { PLR_SCREENING: world.path('none.json') };
    const { code, stderr } = await world.plr(['show', uln], { environment });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/ERR_SCREENING_FILE/),
    });
  });
});
