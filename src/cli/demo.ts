import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { Instant } from '../../domain/date.js';
import type { CliContext, CliIo } from './context.js';
import { achievementsCsv, learnersCsv, participationCsv } from './demoFiles.js';
import { type ExitCode, usageError } from './exitCodes.js';

type Run = (argv: readonly string[], io: CliIo) => Promise<ExitCode>;

const REGISTRY = 'registry@10000001';
const COLLEGE = 'exams@10000002';
const AWARDING = 'awards@10000003';

/** `plr demo`: the main job from beginning to end, in a new folder, on a clock that starts years ago. */
export function demoCommand(context: CliContext, run: Run): Command {
  return new Command('demo')
    .description('show what the ledger does, in a new folder and on a scripted clock')
    .argument(
      '[folder]',
      'a folder that is empty or not there yet; a temporary one where not given',
    )
    .action(async (folder: string | undefined) => {
      process.chdir(newFolder(folder));
      context.print(`A ledger from beginning to end, in ${process.cwd()}.`);
      context.print('The clock is scripted: it starts in 2019. All learners are made up.');
      await playDemo(createStage(context, run));
      context.print('');
      context.print(`That was it. Everything is in ${process.cwd()}: go there and look around.`);
    });
}

/** Where the demo plays: it tells, sets the clock, and runs real commands. */
type Stage = {
  readonly tell: (words: string) => void;
  readonly at: (instant: string) => void;
  /** Shows a command, runs it, shows what it prints. */
  readonly show: (...argv: readonly string[]) => Promise<void>;
  /** Runs a command without showing it and returns what it prints. */
  readonly quietly: (...argv: readonly string[]) => Promise<string>;
};

function newFolder(folder: string | undefined): string {
  if (folder === undefined) {
    return mkdtempSync(join(tmpdir(), 'plr-demo-'));
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw usageError('expected an empty folder for the demo, found something in it');
  }
  mkdirSync(folder, { recursive: true });
  return folder;
}

function createStage(context: CliContext, run: Run): Stage {
  let nowMs = 0;
  async function runAt(argv: readonly string[]): Promise<string> {
    const output = new PassThrough();
    const printed = text(output);
    const code = await run(argv, {
      ...context,
      // The demo is the same whatever the caller's own ledger is set to.
      environment: {},
      stdout: output,
      stderr: output,
      clock: () => {
        nowMs += 1000;
        return Instant.parse(new Date(nowMs).toISOString());
      },
    });
    output.end();
    const lines = await printed;
    return code === 0 ? lines : `${lines}(exit code ${code})\n`;
  }
  return {
    tell: (words) => {
      context.print('');
      context.print(`# ${words}`);
    },
    at: (instant) => {
      nowMs = Date.parse(instant);
    },
    show: async (...argv) => {
      context.print(`$ plr ${argv.map(shellWord).join(' ')}`);
      const lines = await runAt(argv);
      for (const line of lines.trimEnd().split('\n')) {
        context.print(`  ${line}`);
      }
    },
    quietly: (...argv) => runAt(argv),
  };
}

async function playDemo(stage: Stage): Promise<void> {
  const first = await registerAndRecord(stage);
  await disputeAndOptOut(stage, first);
  await redactAndLookBack(stage, first);
}

async function registerAndRecord({ tell, at, show }: Stage): Promise<string> {
  at('2019-09-02T08:00:00.000Z');
  tell(
    'September 2019. Make a ledger. Its name begins with "demo." so that nobody takes it for a real one.',
  );
  await show('init', '--origin', 'demo.ledger.example/2019');

  tell('A college registers its learners from a CSV file. Each gets a Unique Learner Number.');
  writeFileSync('learners.csv', learnersCsv());
  await show('import', 'learners', 'learners.csv', '--as', REGISTRY);
  const [first = '', second = ''] = ulnsIn('learners.csv.result.csv');

  tell('It records what they take part in.');
  writeFileSync('participation.csv', participationCsv(first, second));
  await show('import', 'participation', 'participation.csv', '--as', COLLEGE);

  at('2021-08-12T09:00:00.000Z');
  tell('August 2021. The awarding organisation sends results; one of them is provisional.');
  writeFileSync('achievements.csv', achievementsCsv(first, second));
  await show('import', 'achievements', 'achievements.csv', '--as', AWARDING);
  tell('The same file again changes nothing.');
  await show('import', 'achievements', 'achievements.csv', '--as', AWARDING);

  return first;
}

async function disputeAndOptOut({ tell, at, show }: Stage, first: string): Promise<void> {
  at('2021-10-04T10:00:00.000Z');
  tell(
    'October 2021. The learner disputes a grade. The source finds the challenge right and corrects it.',
  );
  await show(
    'challenge',
    'raise',
    first,
    '--as',
    'learner',
    '--id',
    'C-1',
    '--achievement',
    'A-1',
    '--submitted-by',
    '10000003',
    '--reason',
    'The certificate says Merit',
  );
  at('2021-10-20T10:00:00.000Z');
  await show('correct', 'achievement', first, '--as', AWARDING, '--id', 'A-1', '--grade', 'Merit');
  await show(
    'challenge',
    'uphold',
    first,
    '--as',
    AWARDING,
    '--id',
    'C-1',
    '--reason',
    'A clerical error, corrected',
  );
  tell('The provisional result becomes final.');
  await show('confirm', first, '--as', AWARDING, '--id', 'A-2');

  at('2022-03-01T14:00:00.000Z');
  tell('March 2022. The learner opts out of sharing. From the ULN itself nobody can opt out.');
  await show('opt-out', 'set', first, '--as', 'learner', '--route', 'own-account');
  await show('opt-out', 'set', first, '--as', 'learner', '--route', 'own-account', '--of', 'uln');
}

async function redactAndLookBack({ tell, at, show, quietly }: Stage, first: string): Promise<void> {
  at('2023-05-09T11:00:00.000Z');
  tell(
    'May 2023. Somebody finds health data in the notes. One person proposes to redact it, another orders it.',
  );
  const history = await quietly('history', first, '--ndjson');
  const issued = JSON.parse(history.split('\n')[0] ?? '') as { id: string };
  await show(
    'redact',
    'propose',
    first,
    '--as',
    'officer1@10000001',
    '--event',
    issued.id,
    '--field',
    'notes',
    '--basis',
    'special-category-data',
  );
  const statuses = JSON.parse(await quietly('redact', 'status', '--json')) as { order: string }[];
  await show('redact', 'order', statuses[0]?.order ?? '', '--as', 'officer2@10000001');

  at('2024-01-15T09:00:00.000Z');
  tell('January 2024. The record as it is now.');
  await show('show', first);
  tell(
    'The same record as the ledger knew it in September 2021, before the challenge. The notes stay redacted.',
  );
  await show('show', first, '--as-at', '2021-09-01');
  tell('And in December 2019, before any result.');
  await show('show', first, '--as-at', '2019-12-31');
  tell('What is now known to have been true in June 2020.');
  await show('show', first, '--valid-at', '2020-06-30');
  tell('Its history: every event, who recorded it, for what, and what it replaced.');
  await show('history', first);

  tell('Nothing was altered: headers, chains and commitments hold, the redaction included.');
  await show('verify', '--all');
}

function ulnsIn(resultFile: string): readonly string[] {
  const [, ...rows] = readFileSync(resultFile, 'utf8').trimEnd().split('\n');
  return rows.map((row) => row.split(',').at(-1) ?? '');
}

function shellWord(word: string): string {
  return /^[\w@./:-]+$/.test(word) ? word : `'${word}'`;
}
