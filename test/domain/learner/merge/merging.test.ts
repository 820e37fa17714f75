import { describe, expect, test } from 'vitest';
import { learnerCommands } from '../../../../domain/learner/commands.js';
import { learner } from '../../../../domain/learner/learner.js';
import { supersessionWarnings } from '../../../../domain/learner/merge/decisions.js';
import { command, event, keeper, MERGE_ID, provider, theLearner, ULN } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const merged = event('LearnersMerged');
const unmerged = event('LearnersUnmerged');
const superseded = event('LearnerSuperseded');
const ended = event('SupersessionEnded');
const retired = event('UlnRetired');
const ANOTHER = { mergeId: '00000000-0000-4000-8000-0000000000dd' };
const THIRD_ULN = '1000000019';

describe('merging', () => {
  test('records the decision with its reason', () => {
    given(issued).when(command('MergeLearner')).records(merged);
  });

  test('is the keeper’s too', () => {
    given(issued)
      .when(command('MergeLearner', {}, { by: keeper }))
      .records(merged);
  });

  test('is refused to the learner', () => {
    const asked = command('MergeLearner', {}, { by: theLearner });
    given(issued).when(asked).refuses('ERR_NOT_PERMITTED');
  });

  test('is refused with itself', () => {
    given(issued)
      .when(command('MergeLearner', { superseded: ULN }))
      .refuses('ERR_MERGE_SELF');
  });

  test('is refused on a master that is superseded', () => {
    given(issued, superseded).when(command('MergeLearner')).refuses('ERR_ULN_SUPERSEDED');
  });

  test('is allowed on one that was superseded and is no more', () => {
    given(issued, superseded, ended).when(command('MergeLearner')).records(merged);
  });

  test('is refused before a ULN is issued', () => {
    given().when(command('MergeLearner')).refuses('ERR_ULN_NOT_ISSUED');
  });

  test('again records nothing, under this id or another', () => {
    given(issued, merged).when(command('MergeLearner')).recordsNothing();
    given(issued, merged).when(command('MergeLearner', ANOTHER)).recordsNothing();
  });

  test('again after it was undone needs an id of its own', () => {
    given(issued, merged, unmerged).when(command('MergeLearner')).recordsNothing();
    given(issued, merged, unmerged)
      .when(command('MergeLearner', ANOTHER))
      .records(event('LearnersMerged', ANOTHER));
  });

  test('can take in several ULNs', () => {
    given(issued, merged)
      .when(command('MergeLearner', { ...ANOTHER, superseded: THIRD_ULN }))
      .records(event('LearnersMerged', { ...ANOTHER, superseded: THIRD_ULN }));
  });
});

describe('undoing a merge', () => {
  test('records that it was reversed, and of which ULN', () => {
    given(issued, merged).when(command('UnmergeLearner')).records(unmerged);
  });

  test('is refused to the learner', () => {
    const asked = command('UnmergeLearner', {}, { by: theLearner });
    given(issued, merged).when(asked).refuses('ERR_NOT_PERMITTED');
  });

  test('is refused for a merge of which this is not the master', () => {
    given(issued).when(command('UnmergeLearner')).refuses('ERR_MERGE_NOT_FOUND');
    given(issued, superseded).when(command('UnmergeLearner')).refuses('ERR_MERGE_NOT_FOUND');
  });

  test('again records nothing', () => {
    given(issued, merged, unmerged).when(command('UnmergeLearner')).recordsNothing();
  });
});

describe('what the ledger does itself', () => {
  test.each(['cycle', 'too-long', 'refused'] as const)('ends a merge by cause %s', (cause) => {
    given(issued, merged)
      .when(command('RefuseMerge', { cause, reason: null }))
      .records(event('LearnersUnmerged', { cause, reason: null }));
  });

  test('never ends one as reversed: that is a person’s word', () => {
    const asked = { mergeId: MERGE_ID, cause: 'reversed' };
    expect(learnerCommands.RefuseMerge.safeParse(asked).success).toBe(false);
  });

  test('ends a merge once', () => {
    given(issued, merged, unmerged).when(command('RefuseMerge')).recordsNothing();
  });

  test('supersedes a ULN by one master', () => {
    given(issued).when(command('Supersede')).records(superseded);
    given(issued, superseded).when(command('Supersede')).recordsNothing();
    given(issued, superseded)
      .when(command('Supersede', { ...ANOTHER, master: THIRD_ULN }))
      .refuses('ERR_ULN_SUPERSEDED');
  });

  test('never takes an ended merge up again', () => {
    given(issued, superseded, ended).when(command('Supersede')).recordsNothing();
  });

  test('supersedes one that is a master itself: that makes a chain', () => {
    given(issued, merged)
      .when(command('Supersede', { ...ANOTHER, master: THIRD_ULN }))
      .records(event('LearnerSuperseded', { ...ANOTHER, master: THIRD_ULN }));
  });

  test('supersedes no ULN by itself', () => {
    given(issued)
      .when(command('Supersede', { master: ULN }))
      .refuses('ERR_MERGE_SELF');
  });

  test('ends a supersession once, and only one that was there', () => {
    given(issued, superseded).when(command('EndSupersession')).records(ended);
    given(issued, superseded, ended).when(command('EndSupersession')).recordsNothing();
    given(issued).when(command('EndSupersession')).recordsNothing();
  });

  test.each(['RefuseMerge', 'Supersede', 'EndSupersession', 'RetireUln'] as const)(
    'is the keeper’s alone: %s',
    (type) => {
      given(issued, merged, superseded)
        .when(command(type, {}, { by: provider }))
        .refuses('ERR_NOT_PERMITTED');
    },
  );
});

describe('retiring a ULN', () => {
  test('records why', () => {
    given(issued).when(command('RetireUln')).records(retired);
  });

  test('again records nothing', () => {
    given(issued, retired)
      .when(command('RetireUln', { cause: 'other' }))
      .recordsNothing();
  });

  test('is refused while it answers for another', () => {
    given(issued, merged).when(command('RetireUln')).refuses('ERR_MERGE_STANDS');
    given(issued, merged, unmerged).when(command('RetireUln')).records(retired);
  });

  test('is possible for one that is superseded', () => {
    given(issued, superseded).when(command('RetireUln')).records(retired);
  });
});

describe('a retired ULN', () => {
  const allowed = ['UnmergeLearner', 'RefuseMerge', 'EndSupersession', 'RetireUln', 'IssueUln'];
  // Sound: the names are the table's keys.
  const others = Object.keys(learnerCommands).filter(
    (type) => !allowed.includes(type),
  ) as (keyof typeof learnerCommands)[];

  test.each(others)('takes nothing new: %s', (type) => {
    given(issued, retired).when(command(type)).refuses('ERR_ULN_RETIRED');
  });

  test('lets what was begun before be ended', () => {
    given(issued, superseded, retired).when(command('EndSupersession')).records(ended);
    given(issued, merged, retired).when(command('UnmergeLearner')).records(unmerged);
    given(issued, merged, retired)
      .when(command('RefuseMerge'))
      .records(event('LearnersUnmerged', { cause: 'cycle', reason: null }));
  });
});

describe('who writes to a superseded ULN', () => {
  test.each([
    ['is told so', [issued, superseded], ['WSRC0022']],
    ['is not, once it is superseded no more', [issued, superseded, ended], []],
    ['is not, for the master', [issued, merged], []],
    ['is not, for any other', [issued], []],
    ['is not, where nothing was issued', [], []],
  ])('%s', (_, events, codes) => {
    const state = events.reduce(learner.evolve, learner.initialState);
    expect(supersessionWarnings(state).map((text) => text.slice(0, 8))).toEqual(codes);
  });

  test('has it recorded there all the same', () => {
    given(issued, superseded)
      .when(command('RecordAchievement'))
      .records(event('AchievementRecorded'));
  });
});
