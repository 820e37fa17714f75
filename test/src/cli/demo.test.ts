import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/ledger.js';

const main = fileURLToPath(new URL('../../../dist/src/main.js', import.meta.url));
const run = promisify(execFile);

/** Runs the built command line in a process of its own. */
async function plr(argv: readonly string[], cwd: string) {
  try {
    const { stdout, stderr } = await run(process.execPath, [main, ...argv], { cwd });
    return { code: 0, stdout, stderr };
  } catch (error) {
    // Sound: a process that ended with another code than 0 is given as such an error.
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('the demo', () => {
  const folder = join(temporaryFolder(), 'new', 'demo');
  let told: Awaited<ReturnType<typeof plr>>;

  beforeAll(async () => {
    told = await plr(['demo', folder], temporaryFolder());
  });

  test('ends with exit code 0 and nothing on standard error', () => {
    expect([told.code, told.stderr]).toEqual([0, '']);
  });

  test.each([
    ['a ledger made', /Made ledger demo\.ledger\.example\/2019/],
    ['learners registered', /3 new, 1 already exists, 1 possible match/],
    [
      'whose row is whose',
      /the same learner as in row 1,\d{10}\n.*possible-match,,like row 2 of this file/,
    ],
    ['a wrong row rejected and two held', /3 created, 2 held, 1 rejected/],
    ['the same file changing nothing', /3 unchanged, 2 held, 1 rejected/],
    ['held rows', /held list\n {2}import-\w+-1 5 {2}ERR_AWARD_DATE_IN_FUTURE/],
    ['one released and one still held', /1 created, 1 still held \(ERR_AWARD_DATE_IN_FUTURE\)/],
    ['a held row rejected', /held reject .*\n {2}rejected/],
    ['a search', /plr find [^#]*1 possible \(WSRC0003\):\n {4}\d{10} {2}Amber Sampleton/],
    ['sums', /H\/505\/0053 {2}AO {6}10000003 {6}2021 {8}2 {12}0/],
    [
      'a rebuild under reading',
      /rows compared, all the same\n.*new generation;[^#]*1 possible \(WSRC0003\):/,
    ],
    ['the view switched', /register {4}generation 2 {2}active {4}up to date/],
    ['the opt-out from the ULN refused', /ERR_ULN_OPT_OUT .*\n {2}\(exit code 1\)/],
    ['organisations registered', /2 registered, 1 rejected/],
    ['an opted-out learner no longer shared', /WSEC0206, opt-out-stands/],
    ['who looked', /access looks [^#]*refused \(direct-connection\)/],
    ['a redaction carried out', /completed {2}special-category-data {2}notes/],
    ['the marker as at an earlier time', /as at 2021-09-01T[^#]*\[redacted 2023-05-09/],
    ['the grade as it was before the challenge', /as at 2021-09-01T[^#]*grade Pass, final[^#]*A-1/],
    ['the grade as it is now', /Record, now[^#]*grade Merit, final[^#]*corrected 2021-10-20/],
    [
      'the challenge and its answer',
      /upheld, raised 2021-10-04, decided 2021-10-20, corrected 2021-10-20 .*answer: A clerical error/,
    ],
    ['what a correction replaced', /AchievementCorrected[^#]*replaced grade: Pass/],
    ['a ledger that verifies', /\d+ events in \d+ streams: .* all hold; 1 events? redacted/],
  ])('shows %s', (_, words) => {
    expect(told.stdout).toMatch(words);
  });

  test('shows the refusals that it tells of, and no other failure', () => {
    expect(told.stdout.match(/\(exit code \d\)/g)).toEqual([
      '(exit code 3)',
      '(exit code 1)',
      '(exit code 5)',
    ]);
  });

  test('shows no text that it redacted', () => {
    expect(told.stdout).not.toContain('hospital');
  });

  test('leaves a ledger to look around in', async () => {
    const { code, stdout } = await plr(['verify', '--all'], folder);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('all hold') });
  });

  test('refuses a folder with something in it and leaves it alone', async () => {
    const taken = temporaryFolder();
    writeFileSync(join(taken, 'mine.txt'), 'mine');
    const { code } = await plr(['demo', taken], taken);
    expect({ code, hasLedger: existsSync(join(taken, 'data')) }).toEqual({
      code: 2,
      hasLedger: false,
    });
  });
});

describe('the built command line', () => {
  test('refuses with its exit code and one line on standard error', async () => {
    const { code, stdout, stderr } = await plr(['verify', '--all'], temporaryFolder());
    expect({ code, stdout, stderr }).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^plr: ERR_LEDGER_MISSING [^\n]*"plr init"[^\n]*\n$/),
    });
  });
});
