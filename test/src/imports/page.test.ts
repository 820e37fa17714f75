import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { HoldCode } from '../../../domain/imports/events.js';
import { entryOutcomes } from '../../../src/held/submitting.js';
import { layouts } from '../../../src/imports/layouts.js';
import { learnerOutcomes } from '../../../src/imports/learnerRows.js';
import type { CliRun, CliWorld } from '../../support/ledger.js';
import { createCliWorld } from '../../support/ledger.js';
import { admitOrganisations } from '../cli/world.js';
import { readResult } from './files.js';

const page = readFileSync(new URL('../../../docs/imports.md', import.meta.url), 'utf8');
const sections = new Map(
  page.split(/^## /m).map((section) => [section.split('\n', 1)[0] ?? '', section]),
);
/** The ULNs that the page writes for the first two learners of its example. */
const PAGE_ULNS = ['4710300800', '9276308686'];
const PAGE_IMPORT = /import-1[a-z2-7]{26}-1/g;

function section(title: string): string {
  return sections.get(title) ?? expect.fail(`the page has no section ${title}`);
}

/** The code blocks of a language in a text. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block]) => block ?? '',
  );
}

/** The words of a command line; only double quotes are used on the page. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('the page of imports', () => {
  let world: CliWorld;
  let ulns: readonly string[] = [];
  let runs: ReadonlyMap<string, CliRun>;

  /** Runs the commands of a block, in the folder of the files, with the ledger's own names in them. */
  async function runBlock(block: string, place: string, into: Map<string, CliRun>): Promise<void> {
    for (const line of block.trimEnd().split('\n')) {
      const [, ...argv] = wordsOf(line.replaceAll(PAGE_IMPORT, place));
      into.set(
        line,
        await world.plr(argv.map((word) => (word.endsWith('.csv') ? world.path(word) : word))),
      );
      if (argv[1] === 'learners') {
        ulns = readResult(world.path('learners.csv.result.csv'))
          .slice(0, 2)
          .map(({ ULN }) => ULN);
        for (const [kind, title] of [
          ['participation', 'Participation'],
          ['achievements', 'Achievements'],
          ['verifications', 'Verifications'],
        ] as const) {
          const [example = ''] = blocks(section(title), 'csv');
          writeFileSync(world.path(`${kind}.csv`), withOwnUlns(example));
        }
      }
    }
  }

  function withOwnUlns(text: string): string {
    return PAGE_ULNS.reduce((own, uln, index) => own.replaceAll(uln, ulns[index] ?? ''), text);
  }

  beforeAll(async () => {
    world = createCliWorld();
    await world.plr(['init', '--origin', 'test.invalid/page']);
    await admitOrganisations(world);
    const [learners = ''] = blocks(section('Learners'), 'csv');
    writeFileSync(world.path('learners.csv'), learners);
    const run = new Map<string, CliRun>();
    const [imports = '', held = ''] = blocks(page, 'sh');
    await runBlock(imports, '', run);
    const [place = ''] = (await world.plr(['held', 'list'])).stdout.split(' ');
    await runBlock(held, place, run);
    runs = run;
  });

  test('shows commands that all end well', () => {
    const failed = [...runs].filter(([, { code, stderr }]) => code !== 0 || stderr !== '');
    expect(failed).toEqual([]);
    expect(runs.size).toBe(9);
  });

  test('shows learners that come to the outcomes that it shows', () => {
    const [shown = ''] = blocks(section('The result file'), 'text');
    expect(readFileSync(world.path('learners.csv.result.csv'), 'utf8')).toBe(withOwnUlns(shown));
  });

  test('shows entries of which two are recorded and two wait, as it says of their codes', () => {
    const participation = readResult(world.path('participation.csv.result.csv'));
    const achievements = readResult(world.path('achievements.csv.result.csv'));
    expect(participation.map(({ Outcome }) => Outcome)).toEqual(['created']);
    expect(achievements.map(({ Outcome, Code }) => Outcome + Code)).toEqual([
      'created',
      'created',
      'heldERR_IDENTITY_MISMATCH',
      'heldERR_LEARNER_NOT_FOUND',
    ]);
  });

  test('shows held rows listed, shown, released and rejected, until none waits', () => {
    const printed = [...runs.values()].slice(4).map(({ stdout }) => stdout);
    const [listed = '', shown = '', ...decided] = printed;
    expect(listed.trimEnd().split('\n')).toHaveLength(2);
    expect(shown).toContain('GivenName: Brian');
    expect(decided).toEqual(['created\n', 'rejected\n', 'No row is held.\n']);
  });

  test.each([
    ['learners', 'Learners'],
    ['participation', 'Participation'],
    ['achievements', 'Achievements'],
  ] as const)('names every column of %s, and which are required', (kind, title) => {
    const { known, required } = layouts[kind].columns;
    const [, requiredText = '', optionalText = ''] =
      /^Required: (.*?)\n\nOptional: (.*?)\n\n/ms.exec(section(title)) ?? [];
    const named = (text: string) =>
      [...text.matchAll(/`([A-Z]\w+)`/g)].map(([, column]) => column ?? '');
    expect(named(requiredText).sort()).toEqual([...required].sort());
    const optional = known.filter((column) => !required.includes(column));
    expect(named(optionalText).sort()).toEqual([...optional].sort());
  });

  test.each<[string, readonly string[], string]>([
    ['outcome of learners', learnerOutcomes, 'Learners'],
    ['outcome of entries', entryOutcomes, 'What becomes of an entry'],
    ['reason to wait', HoldCode.options, 'Rows that wait'],
  ])('lists every %s, and no other', (_, words, title) => {
    const listed = [...section(title).matchAll(/^\| `([\w-]+)` \|/gm)].map(([, word]) => word);
    expect(listed.sort()).toEqual([...words].sort());
  });
});
