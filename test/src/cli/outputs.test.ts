import {
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../../support/fingerprint.js';
import type { CliRun, CliWorld } from '../../support/ledger.js';
import { temporaryFolder } from '../../support/ledger.js';
import { learnersCsv } from '../imports/files.js';
import { AWARDING, createLedgerWorld, expectDone, PERSONAL, REGISTRY } from './world.js';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
  writeFileSync(world.path('mine.txt'), 'do not lose me');
  mkdirSync(world.path('full'));
  writeFileSync(world.path('full', 'mine.txt'), 'nor me');
  symlinkSync(world.path('elsewhere.csv'), world.path('link.csv'));
  symlinkSync(world.path('new-folder'), world.path('link'));
});

/** Files to import that can be answered, or refused whole, by kind. */
const FILES = {
  learners: [learnersCsv(1), REGISTRY],
  verifications: ['ULN,GivenName,FamilyName\n1000000000,A,B\n', REGISTRY],
  organisations: ['Ukprn,LegalName,Type\n', null],
  participation: ['ULN,ParticipationId,Source,SubjectCode,ParticipationStartDate\n', AWARDING],
  achievements: ['ULN,AchievementId,Status,Source,SubjectCode,AchievementAwardDate\n', AWARDING],
} as const;
const kinds = Object.keys(FILES) as (keyof typeof FILES)[];

function importing(kind: keyof typeof FILES, result: string): Promise<CliRun> {
  const [content, as] = FILES[kind];
  const path = world.path(`${kind}.csv`);
  writeFileSync(path, content);
  const asker = as === null ? [] : ['--as', as];
  return world.plr(['import', kind, path, '--result', result, ...asker]);
}

async function expectRefused(run: Promise<CliRun>): Promise<void> {
  const before = fingerprint(world.folder);
  const { code, stdout, stderr } = await run;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^plr: ERR_OUTPUT_PATH expected .*, found .*\n$/);
  expect(stderr).not.toMatch(PERSONAL);
  expect(fingerprint(world.folder)).toEqual(before);
}

const LEDGERS = [
  'data/ledger.db',
  'data/ledger.db-wal',
  'data/vault.db',
  'data/vault.db-shm',
  'data/views.db',
  'data/access-2026.db',
  'data/access-2031.db',
  'data/access-2031.db-wal',
  'keys/master.key',
  'keys/master.key.next',
  'keys/../data/vault.db',
];

describe.each(kinds)('import %s', (kind) => {
  test.each([
    ...LEDGERS,
    'mine.txt',
    'full',
    'link.csv',
    'nowhere/result.csv',
    'mine.txt/result.csv',
  ])('never writes its answers over %s', async (name) => {
    await expectRefused(importing(kind, world.path(name)));
  });

  test.each(['/dev/null', '/dev/full'])('never writes them to %s', async (path) => {
    await expectRefused(importing(kind, path));
  });

  test('never writes them while they are made over a file of another', async () => {
    writeFileSync(world.path('part.csv.part'), 'do not lose me');
    await expectRefused(importing(kind, world.path('part.csv')));
  });
});

describe('answers', () => {
  test('are refused where no file can be made', async () => {
    await expectRefused(importing('learners', '/proc/x'));
  });

  test('take the place of earlier answers of the same kind alone', async () => {
    const result = world.path('answers.csv');
    expectDone(await importing('learners', result));
    const first = readFileSync(result, 'utf8');
    expectDone(await importing('learners', result));
    expect(readFileSync(result, 'utf8')).not.toBe(first);
    await expectRefused(importing('verifications', result));
  });

  test('do not take a place that was taken while they were made', async () => {
    const result = world.path('taken.csv');
    const path = world.path('slow.csv');
    writeFileSync(path, learnersCsv(300));
    const run = await world.plr(
      ['import', 'learners', path, '--result', result, '--as', REGISTRY],
      {
        // Put there by another program once the import has begun.
        get signal() {
          writeFileSync(result, 'do not lose me');
          return new AbortController().signal;
        },
      },
    );
    expect(run.code).toBe(2);
    expect(readFileSync(result, 'utf8')).toBe('do not lose me');
  });
});

describe('export', () => {
  const exporting = (folder: string) => world.plr(['export', folder]);

  test.each(['data', 'data/new', 'keys', 'keys/new/er', 'full', 'mine.txt', 'mine.txt/x', 'link'])(
    'does not write into %s',
    async (name) => {
      await expectRefused(exporting(world.path(name)));
    },
  );

  test.each(['/proc/x', '/proc/x/y', '/dev/null', '/sys/kernel/x'])(
    'says at once that nothing can be written into %s',
    async (path) => {
      await expectRefused(exporting(path));
    },
  );

  test('does not follow a link in a folder that it has written', async () => {
    const folder = world.path('linked');
    mkdirSync(folder);
    symlinkSync(world.path('full'), join(folder, 'ledger'));
    await expectRefused(exporting(folder));
    unlinkSync(join(folder, 'ledger'));
    expectDone(await exporting(folder));
    expect(readdirSync(folder)).toContain('ledger');
  });

  test('goes on in a folder that it has written, and in an empty one', async () => {
    const folder = world.path('deep', 'er', 'export');
    expectDone(await exporting(folder));
    expectDone(await exporting(folder));
    writeFileSync(join(folder, 'ledger', 'notes.txt'), 'mine');
    await expectRefused(exporting(folder));
  });
});

describe('demo', () => {
  test.each(['full', 'mine.txt', 'link', 'data'])('does not play in %s', async (name) => {
    await expectRefused(world.plr(['demo', world.path(name)]));
  });

  test('does not play where there can be no folder', async () => {
    await expectRefused(world.plr(['demo', '/proc/x']));
  });
});

describe('init', () => {
  test.each([
    ['PLR_STORE', 'sqlite:/proc/x/ledger.db'],
    ['PLR_VAULT', '/proc/x/vault.db'],
    ['PLR_VIEWS', '/proc/x/views.db'],
    ['PLR_MASTER', '/proc/x/master.key'],
  ])('says at once that nothing can be made where %s is %s', async (name, value) => {
    const folder = temporaryFolder();
    const environment = {
      PLR_STORE: `sqlite:${join(folder, 'ledger.db')}`,
      PLR_VAULT: join(folder, 'vault.db'),
      PLR_VIEWS: join(folder, 'views.db'),
      PLR_MASTER: join(folder, 'master.key'),
      [name]: value,
    };
    const { code, stderr } = await world.plr(['init', '--origin', 'a.invalid/1'], { environment });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^plr: ERR_OUTPUT_PATH /);
  });
});
