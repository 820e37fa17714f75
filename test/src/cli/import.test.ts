import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import { LEARNER_HEADER, learnerRow, learnersCsv, readResult } from '../imports/files.js';
import { AWARDING, createLedgerWorld, fieldsOf, PERSONAL, REGISTRY, register } from './world.js';

let world: CliWorld;
let files = 0;

beforeAll(async () => {
  world = await createLedgerWorld();
});

/** Writes a file and imports it. */
async function importing(
  content: string | Buffer,
  options: readonly string[] = [],
  kind = 'learners',
) {
  files += 1;
  const path = world.path(`rows-${files}.csv`);
  writeFileSync(path, content);
  const run = await world.plr(['import', kind, path, '--as', REGISTRY, ...options]);
  return { path, ...run };
}

describe('import', () => {
  test('says how many rows came to each outcome and where the answers are', async () => {
    const { path, code, stdout, stderr } = await importing(
      `${LEARNER_HEADER}\n${learnerRow('L-1')}\nL-2,,,,,,,,\n`,
    );
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `1 new, 1 rejected\nAnswers for every row: ${path}.result.csv\n`,
      stderr: '',
    });
  });

  test('says the same as JSON', async () => {
    const run = await importing(learnersCsv(2), ['--json']);
    expect(fieldsOf(run)).toEqual({
      new: 2,
      'already-exists': 0,
      'possible-match': 0,
      rejected: 0,
      warnings: [],
      result: `${run.path}.result.csv`,
    });
  });

  test('writes the answers where it is told to', async () => {
    const result = world.path('answers.csv');
    await importing(learnersCsv(3), ['--result', result]);
    expect(readResult(result)).toHaveLength(3);
  });

  test('does not write the answers over the file that it reads', async () => {
    const path = world.path('same.csv');
    const content = learnersCsv(1);
    writeFileSync(path, content);
    await world.plr(['import', 'learners', path, '--as', REGISTRY, '--result', path]);
    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  test('of the same file again records nothing', async () => {
    const { path } = await importing(learnersCsv(4));
    const { stdout } = await world.plr(['import', 'learners', path, '--as', REGISTRY]);
    expect(stdout).toMatch(/^4 already exists\n/);
  });

  test('of a malformed file is wrong usage and leaves no answers', async () => {
    const { path, code } = await importing(`${LEARNER_HEADER}\nL-1,"Amber\n`);
    expect({ code, hasAnswers: existsSync(`${path}.result.csv`) }).toEqual({
      code: 2,
      hasAnswers: false,
    });
  });

  test('of a malformed file says so without personal data', async () => {
    const { stderr } = await importing(`${LEARNER_HEADER}\nL-1,Amber,Sampleton\n`);
    expect(stderr).toMatch(/^plr: ERR_INPUT_INVALID line 2: /);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('of a file that is not there is not found', async () => {
    const argv = ['import', 'learners', world.path('Sampleton.csv'), '--as', REGISTRY];
    const { code, stderr } = await world.plr(argv);
    expect(code).toBe(3);
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('of a folder is refused in one line', async () => {
    const { code, stderr } = await world.plr([
      'import',
      'learners',
      world.folder,
      '--as',
      REGISTRY,
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^plr: .*\n$/) });
  });

  test('to answers in a folder that is not there is refused before anything is recorded', async () => {
    const before = (await world.plr(['tail'])).stdout;
    await importing(learnersCsv(2), ['--result', world.path('nowhere', 'answers.csv')]);
    expect((await world.plr(['tail'])).stdout).toBe(before);
  });

  test('of achievements records under the organisation that acts', async () => {
    const uln = await register(world);
    const header = 'ULN,AchievementId,Status,Source,SubjectCode,AchievementAwardDate,Grade';
    const content = `${header}\n${uln},A-1,F,AO,601/0143/X,2026-07-01,Pass\n`;
    await importing(content, ['--as', AWARDING], 'achievements');
    expect((await world.plr(['show', uln])).stdout).toContain('submitted by 10000003 as A-1');
  });

  describe('of a file in Windows-1252', () => {
    const named = learnerRow('L-1').replace('Sampleton', 'Ó Súilleabháin');
    const content = Buffer.from(`${LEARNER_HEADER}\n${named}\n`, 'latin1');

    test('records its names as they are where the encoding is declared', async () => {
      const { path } = await importing(content, ['--encoding', 'windows-1252']);
      const uln = readResult(`${path}.result.csv`)[0]?.ULN ?? '';
      expect((await world.plr(['show', uln])).stdout).toContain('Ó Súilleabháin');
    });

    test('is refused where it is not, in words that say how to declare it', async () => {
      const { code, stderr } = await importing(content);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/^plr: ERR_INPUT_INVALID line 2: .*--encoding windows-1252/),
      });
    });

    test('is wrong usage with an encoding that there is not', async () => {
      expect((await importing(content, ['--encoding', 'latin1'])).code).toBe(2);
    });
  });

  describe('of a file of five rows', () => {
    test('records them where five are declared', async () => {
      const { stdout } = await importing(learnersCsv(5), ['--rows', '5']);
      expect(stdout).toMatch(/^5 new\n/);
    });

    test('records nothing where six are declared', async () => {
      const before = (await world.plr(['tail'])).stdout;
      const { code, stderr } = await importing(learnersCsv(5), ['--rows', '6']);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr:
          'plr: ERR_INPUT_INVALID expected 6 rows, as declared, found 5; the file was not taken (WSRC0017)\n',
      });
      expect((await world.plr(['tail'])).stdout).toBe(before);
    });

    test.each(['two', '-2', '2.0', '', '02', '1e1'])(
      'is wrong usage with --rows=%s',
      async (rows) => {
        const { code, stderr } = await importing(learnersCsv(5), [`--rows=${rows}`]);
        expect({ code, stderr }).toMatchObject({
          code: 2,
          stderr: expect.stringContaining('expected --rows to be a whole number'),
        });
      },
    );
  });
});
