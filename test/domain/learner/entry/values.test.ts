import { describe, expect, test } from 'vitest';
import { learnerCommands } from '../../../../domain/learner/commands.js';
import {
  EntryReference,
  entryKey,
  isAchievedGrade,
} from '../../../../domain/learner/entry/entries.js';
import { AWARDING, command } from '../examples.js';

describe('a grade', () => {
  test.each<[string | null, boolean, string]>([
    ['A*', true, "the service's sample events"],
    ['AB', true, "the service's sample events: a double award"],
    ['DM', true, "the service's sample events"],
    ['1', true, "the service's sample events"],
    ['Pass', true, "the service's sample events"],
    ['U', false, "the service's sample events: unclassified"],
    ['u', false, 'unclassified, in a small letter'],
    ['9999999999', false, "the service's sample events: no grade"],
    [null, false, 'none at all'],
  ])('of %s is an achievement: %s (%s)', (grade, expected) => {
    expect(isAchievedGrade(grade)).toBe(expected);
  });
});

describe('the key of an entry', () => {
  test('names its kind, its source and its id', () => {
    const reference = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' };
    expect(entryKey(EntryReference.parse(reference))).toBe('achievement 99999901 A-1');
  });
});

describe('an achievement as a source gives it', () => {
  const { data } = command('RecordAchievement');

  test('reads what is missing as null', () => {
    const { credits: _, grade: __, ...given } = data;
    expect(learnerCommands.RecordAchievement.parse(given)).toStrictEqual({
      ...data,
      credits: null,
      grade: null,
    });
  });

  test.each([
    ['half a credit', { credits: 0.5 }],
    ['negative credits', { credits: -1 }],
    ['10,000 credits', { credits: 10_000 }],
    ['a level of another spelling', { level: '3' }],
    ['an unknown source', { source: 'UCAS' }],
    ['no award date', { achievementAwardDate: undefined }],
    ['an award date that does not exist', { achievementAwardDate: '2022-02-30' }],
    ['a standing of another kind', { standing: 'expected' }],
    ['a subject code with a wrong check character', { subjectCode: '601/0143/1' }],
    ['a language in full', { languageForAssessment: 'English' }],
    ['an awarding organisation by its recognition number', { awardingOrganisation: '100060' }],
    ['a field that the schema does not have', { restriction: '0' }],
  ])('is refused with %s', (_, change) => {
    expect(learnerCommands.RecordAchievement.safeParse({ ...data, ...change }).success).toBe(false);
  });

  test.each([
    ['no credits at all', { credits: 0 }],
    ['an entry level', { level: 'Entry Level' }],
    ['a level of two', { level: 'Level 1/2' }],
    ['a unit as its subject', { source: 'QCFU', subjectCode: 'K5015773' }],
    ['an awarding organisation by its UKPRN', { awardingOrganisation: AWARDING }],
    ['a Welsh assessment', { languageForAssessment: 'CYM' }],
  ])('is accepted with %s', (_, change) => {
    expect(learnerCommands.RecordAchievement.safeParse({ ...data, ...change }).success).toBe(true);
  });
});
