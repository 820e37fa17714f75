import { readFileSync, writeFileSync } from 'node:fs';
import {
  achievementsCsv,
  adviserCsv,
  awardingCsv,
  learnersCsv,
  operatorCsv,
  organisationsCsv,
  participationCsv,
} from './demoFiles.js';

const REGISTRY = 'registry@10000001';
const COLLEGE = 'exams@10000002';
const AWARDING = 'awards@10000003';
const ADVISER = 'adviser@10000005';

/** Where the demo plays: it tells, sets the clock, and runs real commands. */
export type Stage = {
  readonly tell: (words: string) => void;
  readonly at: (instant: string) => void;
  /** Shows a command, runs it, shows what it prints. */
  readonly show: (...argv: readonly string[]) => Promise<void>;
  /** The same for commands that run at the same time. */
  readonly showTogether: (...commands: readonly (readonly string[])[]) => Promise<void>;
  /** Shows a file that a command has written. */
  readonly showFile: (path: string) => Promise<void>;
  /** Runs a command without showing it and returns what it prints. */
  readonly quietly: (...argv: readonly string[]) => Promise<string>;
};

/** Plays the scenes one after another. */
export async function playDemo(stage: Stage): Promise<void> {
  const first = await registerAndRecord(stage);
  await decideHeldRows(stage);
  await disputeAndOptOut(stage, first);
  await redactAndLookBack(stage, first);
  await askAcrossLearners(stage);
}

async function registerAndRecord({ tell, at, show, showFile }: Stage): Promise<string> {
  at('2019-09-02T08:00:00.000Z');
  tell(
    'September 2019. Make a ledger. Its name begins with "demo." so that nobody takes it for a real one.',
  );
  await show('init', '--origin', 'demo.ledger.example/2019');

  tell(
    'Organisations are registered: who they are, what they signed, who acts for them. A typed signature and a shared mailbox are refused.',
  );
  writeFileSync('organisations.csv', organisationsCsv());
  await show('import', 'organisations', 'organisations.csv');
  await showFile('organisations.csv.result.csv');

  tell(
    'A council registers its learners from a CSV file. Each gets a Unique Learner Number; who is in it twice gets one, and who may be is left for a person to look at.',
  );
  writeFileSync('learners.csv', learnersCsv());
  await show('import', 'learners', 'learners.csv', '--as', REGISTRY);
  const [first = '', second = ''] = ulnsIn('learners.csv.result.csv');
  await showFile('learners.csv.result.csv');

  tell('It records what they take part in.');
  writeFileSync('participation.csv', participationCsv(first, second));
  await show('import', 'participation', 'participation.csv', '--as', COLLEGE);

  at('2021-08-12T09:00:00.000Z');
  tell('August 2021. The awarding organisation sends results; one of them is provisional.');
  writeFileSync('awarding.csv', awardingCsv());
  await show('import', 'organisations', 'awarding.csv');
  writeFileSync('achievements.csv', achievementsCsv(first, second));
  await show('import', 'achievements', 'achievements.csv', '--as', AWARDING);
  tell('The same file again changes nothing.');
  await show('import', 'achievements', 'achievements.csv', '--as', AWARDING);

  return first;
}

async function decideHeldRows({ tell, at, show, quietly }: Stage): Promise<void> {
  tell('Two rows could not be recorded yet and wait: their award dates lie in the future.');
  await show('held', 'list');
  at('2021-09-06T09:00:00.000Z');
  tell('September 2021. One of the dates has come. The other was mistyped: the row is rejected.');
  await show('held', 'release', '--all', '--as', AWARDING);
  const waiting = await quietly('held', 'list', '--ndjson');
  const held = JSON.parse(waiting) as { import: string; row: number };
  await show(
    'held',
    'reject',
    held.import,
    String(held.row),
    '--as',
    AWARDING,
    '--reason',
    'The year is mistyped',
  );
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
  tell(
    'March 2022. An adviser may see a record once the learner is linked to it, for a purpose that it signed for.',
  );
  writeFileSync('adviser.csv', adviserCsv());
  await show('import', 'organisations', 'adviser.csv');
  const asking = ['--as', ADVISER, '--purpose', 'advice-and-guidance'];
  await show('show', first, ...asking);
  await show(
    'connection',
    'establish',
    first,
    ...asking,
    '--kind',
    'advice',
    '--evidence-reference',
    'APPOINTMENT-7',
  );
  await show('show', first, ...asking);
  tell('The learner opts out of sharing, at once. From the ULN itself nobody can opt out.');
  await show('opt-out', 'set', first, '--as', 'learner', '--route', 'own-account');
  await show('opt-out', 'set', first, '--as', 'learner', '--route', 'own-account', '--of', 'uln');
  await show('show', first, ...asking);
  tell('The learner sees who looked, when, for what, and what was shown.');
  await show('access', 'looks', first, '--as', 'learner');
}

async function redactAndLookBack({ tell, at, show, quietly }: Stage, first: string): Promise<void> {
  at('2023-05-09T11:00:00.000Z');
  tell(
    'May 2023. Somebody finds health data in the notes. One person of the service proposes to redact it, another orders it.',
  );
  writeFileSync('operator.csv', operatorCsv());
  await show('import', 'organisations', 'operator.csv');
  await quietly(
    'organisation',
    'user',
    'add',
    '10000009',
    '--user',
    'officer2',
    '--roles',
    'data-protection',
    '--person-name',
    'Max Example',
    '--email-address',
    'max@service.example',
    '--verification-provided',
    'Staff card seen',
  );
  const history = await quietly('history', first, '--ndjson');
  const issued = JSON.parse(history.split('\n')[0] ?? '') as { id: string };
  await show(
    'redact',
    'propose',
    first,
    '--as',
    'officer1@10000009',
    '--event',
    issued.id,
    '--field',
    'notes',
    '--basis',
    'special-category-data',
  );
  const statuses = JSON.parse(await quietly('redact', 'status', '--json')) as { order: string }[];
  await show('redact', 'order', statuses[0]?.order ?? '', '--as', 'officer2@10000009');

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

async function askAcrossLearners({ tell, show, showTogether }: Stage): Promise<void> {
  const search = [
    'find',
    '--given-name',
    'AMBER',
    '--family-name',
    'sample-ton',
    '--date-of-birth',
    '2003-04-17',
  ];
  tell('A search across learners: case, spaces and punctuation make no difference.');
  await show(...search);
  tell('How many achievements stand, by qualification, source and year.');
  await show('statistics');
  tell('An operator makes the register anew while it is read: nobody notices the switch.');
  await showTogether(['projections', 'rebuild', 'register', '--verify'], search);
  await show('projections', 'list');
}

function ulnsIn(resultFile: string): readonly string[] {
  const [, ...rows] = readFileSync(resultFile, 'utf8').trimEnd().split('\n');
  return rows.map((row) => row.split(',').at(-1) ?? '');
}
