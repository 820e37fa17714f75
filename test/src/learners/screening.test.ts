import { describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { standardScreening } from '../../../src/learners/screening.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { isConflict } from '../../../streams/errors.js';
import { AWARDING, createSetting, REGISTRY, requestOf } from '../setting.js';

const ALL = { subjectCode: null, submittedBy: null, year: null };
const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;
const data = {
  achievementId: 'A-1',
  submittedBy: AWARDING,
  standing: 'final',
  source: 'AO',
  subjectCode: '601/0143/X',
  achievementAwardDate: '2021-07-09',
  grade: 'Pass',
  learningProviderName: 'HMP Example',
} as const;
const achieving = { type: 'RecordAchievement', data } as const;
const officer = (user: string) => requestOf(REGISTRY, user, { purpose: 'data-protection' });

async function followed(ledger: Ledger): Promise<readonly LearnerEvent['type'][]> {
  const stop = new AbortController();
  const types: LearnerEvent['type'][] = [];
  for await (const item of ledger.follow({ after: null, signal: stop.signal })) {
    if (item.kind === 'caught-up') {
      break;
    }
    types.push(item.recorded.event.type);
  }
  stop.abort();
  return types;
}

describe('a flag', () => {
  test('is recorded in the same append as what it flags, and names it', async () => {
    const { ledger, uln } = await createSetting();
    const request = requestOf(AWARDING, 'awards');
    const { receipt, recorded } = await ledger.handle(uln, achieving, request);
    expect(recorded).toEqual(['AchievementRecorded', 'ReviewFlagged']);
    const [, , flag] = await ledger.read(uln);
    expect(flag?.commandId).toBe(request.commandId);
    expect(flag?.event).toMatchObject({
      type: 'ReviewFlagged',
      data: {
        event: receipt.eventIds[0],
        entry,
        fields: ['learningProviderName'],
        categories: ['offence'],
        list: standardScreening.digest,
      },
    });
  });

  test('is recorded once, however often the command is sent', async () => {
    const { ledger, uln } = await createSetting();
    const request = requestOf(AWARDING, 'awards');
    const { receipt } = await ledger.handle(uln, achieving, request);
    const again = await ledger.handle(uln, achieving, request);
    expect({ ...again.receipt, repeated: again.repeated }).toEqual({ ...receipt, repeated: true });
    expect((await ledger.reviews.list({ limit: 9 })).length).toBe(1);
  });

  test('is recorded with a registration', async () => {
    const { ledger, uln } = await createSetting('Misses Tuesdays for treatment');
    const [flag] = await ledger.reviews.list({ limit: 9 });
    expect(flag).toMatchObject({ uln, entry: null, flagged: { fields: ['notes'] } });
  });

  test('of what is said of a challenge names the disputed entry', async () => {
    const { ledger, uln, record } = await createSetting();
    await record({ ...achieving, data: { ...data, learningProviderName: null } });
    const reason = 'A clerical error';
    await record({ type: 'RaiseChallenge', data: { challengeId: 'C-1', entry, reason } });
    await record({
      type: 'RejectChallenge',
      data: { challengeId: 'C-1', reason: 'Was in prison' },
    });
    const [flag] = await ledger.reviews.list({ limit: 9 });
    expect(flag).toMatchObject({ uln, entry, flagged: { fields: ['reason'] } });
  });

  test('is not made of a report, which is about such data', async () => {
    const { ledger, record } = await createSetting();
    const report = { reportId: 'R-1', entry: null, reason: 'It says I was in prison' };
    await record({ type: 'ReportSensitive', data: report });
    expect((await ledger.reviews.list({ limit: 9 })).map(({ kind }) => kind)).toEqual(['report']);
  });

  test('is answered by a redaction of what it flagged', async () => {
    const { ledger, uln, stream } = await createSetting();
    const { receipt } = await ledger.handle(uln, achieving, requestOf(AWARDING, 'awards'));
    const [event = ''] = receipt.eventIds;
    const selection = { event, fields: ['learningProviderName'], everywhere: false };
    const { erasure } = ledger;
    const basis = 'special-category-data';
    const { orders } = await erasure.propose(stream, selection, basis, officer('one'));
    await erasure.order(orders[0] ?? '', officer('two'));
    expect(await ledger.reviews.list({ limit: 9 })).toEqual([]);
  });

  test('is made by the screening that the ledger was opened with', async () => {
    const { ledger, uln } = await createSetting();
    const quiet = { screen: () => [], digest: standardScreening.digest };
    const other = await assembleLedger({ ...ledger.parts, policy: { screening: quiet } });
    const { recorded } = await other.handle(uln, achieving, requestOf(AWARDING, 'awards'));
    expect(recorded).toEqual(['AchievementRecorded']);
  });
});

describe('a quarantined entry', () => {
  async function createQuarantined() {
    const setting = await createSetting();
    const { ledger, uln } = setting;
    await ledger.handle(uln, achieving, requestOf(AWARDING, 'awards'));
    const quarantine = { quarantineId: 'Q-1', entry };
    await ledger.handle(uln, { type: 'QuarantineEntry', data: quarantine }, officer('one'));
    const lift = () =>
      ledger.reviews.decide(
        uln,
        { quarantineId: 'Q-1', outcome: 'dismiss', reason: null },
        officer('two'),
      );
    return { ...setting, lift };
  }

  test('is in no feed until the quarantine is lifted', async () => {
    const { ledger, lift } = await createQuarantined();
    expect(await followed(ledger)).toEqual(['UlnIssued']);
    await lift();
    expect(await followed(ledger)).toEqual([
      ...['UlnIssued', 'AchievementRecorded', 'ReviewFlagged'],
      ...['EntryQuarantined', 'QuarantineLifted'],
    ]);
  });

  test('is not read by who does not ask for all', async () => {
    const { ledger, uln } = await createQuarantined();
    expect(await ledger.read(uln)).toHaveLength(1);
    expect(await ledger.readAll(uln)).toHaveLength(4);
  });

  test('is counted in no statistics meanwhile', async () => {
    const { ledger, lift } = await createQuarantined();
    expect(await ledger.statistics(ALL)).toEqual([]);
    await lift();
    expect(await ledger.statistics(ALL)).toMatchObject([{ final: 1 }]);
  });

  test('has no challenge in the list meanwhile', async () => {
    const { ledger, record, lift } = await createQuarantined();
    const challenge = { challengeId: 'C-1', entry, reason: 'Not me' };
    await record({ type: 'RaiseChallenge', data: challenge });
    const query = { owner: null, dueBy: null, limit: 9 };
    expect(await ledger.openChallenges(query)).toEqual([]);
    await lift();
    expect(await ledger.openChallenges(query)).toHaveLength(1);
  });

  test('can still be corrected by its source', async () => {
    const { record } = await createQuarantined();
    const correction = {
      achievementId: 'A-1',
      submittedBy: AWARDING,
      changes: { learningProviderName: 'Example College' },
    };
    expect(await record({ type: 'CorrectAchievement', data: correction })).toHaveLength(1);
  });

  test('is not decided twice by two who decide at once', async () => {
    const { ledger, uln, lift } = await createQuarantined();
    const answers = await Promise.allSettled([lift(), lift()]);
    const events = await ledger.readAll(uln);
    expect(events.filter(({ event }) => event.type === 'QuarantineLifted')).toHaveLength(1);
    expect(answers.filter((one) => one.status === 'rejected' && !isConflict(one.reason))).toEqual(
      [],
    );
  });
});
