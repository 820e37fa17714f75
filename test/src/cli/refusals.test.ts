import { beforeAll, describe, expect, test } from 'vitest';
import type { CliWorld } from '../../support/ledger.js';
import {
  ACHIEVEMENT,
  AWARDING,
  COLLEGE,
  createLedgerWorld,
  onLearner,
  PARTICIPATION,
  PERSONAL,
} from './world.js';

let world: CliWorld;

beforeAll(async () => {
  world = await createLedgerWorld();
});

/** Refusals, with the exit code and the error's code. */
const refused: readonly (readonly [string, readonly string[], number, string])[] = [
  [
    'details amended by the learner',
    ['amend', 'ULN', '--as', 'learner', '--notes', 'x'],
    5,
    'ERR_NOT_PERMITTED',
  ],
  [
    'an entry of another source corrected',
    [
      'correct',
      'achievement',
      'ULN',
      '--as',
      COLLEGE,
      '--id',
      'A-1',
      '--submitted-by',
      '10000003',
      '--grade',
      'U',
    ],
    5,
    'ERR_NOT_SUBMITTER',
  ],
  [
    'an unknown entry confirmed',
    ['confirm', 'ULN', '--as', AWARDING, '--id', 'A-9'],
    3,
    'ERR_ENTRY_NOT_FOUND',
  ],
  [
    'an unknown challenge upheld',
    ['challenge', 'uphold', 'ULN', '--id', 'C-9'],
    3,
    'ERR_CHALLENGE_NOT_FOUND',
  ],
  [
    'another entry under the same id',
    [
      'record',
      'participation',
      'ULN',
      '--as',
      COLLEGE,
      '--id',
      'P-1',
      ...PARTICIPATION,
      '--level',
      'Level 2',
    ],
    4,
    'ERR_ENTRY_DIFFERS',
  ],
  [
    'an opt-out from the ULN',
    ['opt-out', 'set', 'ULN', '--route', 'helpdesk', '--of', 'uln'],
    1,
    'ERR_ULN_OPT_OUT',
  ],
  [
    'an award still to come',
    [
      'record',
      'achievement',
      'ULN',
      '--as',
      AWARDING,
      '--id',
      'A-3',
      ...ACHIEVEMENT,
      '--achievement-award-date',
      '2062-07-01',
    ],
    1,
    'ERR_AWARD_DATE_IN_FUTURE',
  ],
  [
    'an end before the beginning',
    [
      'correct',
      'participation',
      'ULN',
      '--as',
      COLLEGE,
      '--id',
      'P-1',
      '--participation-end-date',
      '2001-01-01',
    ],
    1,
    'ERR_PARTICIPATION_DATES',
  ],
  [
    'a learner of no ULN here',
    ['amend', '1000000000', '--as', COLLEGE, '--notes', 'x'],
    3,
    'ERR_LEARNER_NOT_FOUND',
  ],
  [
    'a challenge rejected without a reason',
    ['challenge', 'reject', 'ULN', '--id', 'C-1'],
    2,
    'ERR_INPUT_INVALID',
  ],
  [
    'a subject code that is none',
    [
      'record',
      'achievement',
      'ULN',
      '--as',
      AWARDING,
      '--id',
      'A-4',
      ...ACHIEVEMENT,
      '--subject-code',
      'Sampleton',
    ],
    2,
    'ERR_INPUT_INVALID',
  ],
  [
    'credits that are no number',
    ['correct', 'achievement', 'ULN', '--as', AWARDING, '--id', 'A-1', '--credits', '-3'],
    2,
    'ERR_INPUT_INVALID',
  ],
];

describe.each(refused)('%s', (_, argv, code, errorCode) => {
  test(`is refused with exit code ${code} and ${errorCode} in one line`, async () => {
    const run = await onLearner(world, argv);
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(new RegExp(`^plr: ${errorCode} [^\n]+\n$`));
  });

  test('is refused without personal data', async () => {
    expect((await onLearner(world, argv)).stderr).not.toMatch(PERSONAL);
  });
});
