import { describe, expect, test } from 'vitest';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import type { Request } from '../../../src/request/request.js';
import { achieve, createWorld, type WorldLearner } from '../../projections/world.js';
import { merge } from '../mergeSetting.js';
import { AWARDING, achievement, REGISTRY, requestOf } from '../setting.js';

const keeper = { by: { kind: 'keeper' }, user: null } as const;
const self = { by: { kind: 'learner' }, user: null } as const;
const awards = { by: { kind: 'organisation', ukprn: AWARDING }, user: 'awards' } as const;
const officer = { by: { kind: 'organisation', ukprn: REGISTRY }, user: 'officer1' } as const;
const entry = { kind: 'achievement', submittedBy: AWARDING, entryId: 'B-1' } as const;
const own = { achievementId: 'B-1', submittedBy: AWARDING } as const;

/** A master without entries, and a ULN that it answers for with the entry B-1. */
async function createMerged() {
  const world = await createWorld();
  const [a, b] = [await world.register(), await world.register()];
  await achieve(world.ledger, b, 'B-1');
  const { mergeId } = await merge(world.ledger, a, b);
  return { ...world, a, b, mergeId };
}

function act(ledger: Ledger, to: WorldLearner, asked: LearnerRequest, by: Partial<Request>) {
  return ledger.handle(to.uln, asked, requestOf(REGISTRY, 'registry', by));
}

const raised = (challengeId: string): LearnerRequest => ({
  type: 'RaiseChallenge',
  data: { challengeId, entry, reason: 'The grade is wrong.' },
});

describe('an act on an entry that a superseded ULN holds, asked of the master', () => {
  test.each<[string, LearnerRequest, Partial<Request>]>([
    ['raises a challenge', raised('C-2'), self],
    ['withdraws it', { type: 'WithdrawChallenge', data: { challengeId: 'C-1' } }, keeper],
    ['upholds it', { type: 'UpholdChallenge', data: { challengeId: 'C-1' } }, awards],
    [
      'rejects it',
      { type: 'RejectChallenge', data: { challengeId: 'C-1', reason: 'It is right.' } },
      awards,
    ],
    [
      'takes longer over it',
      { type: 'ExtendChallenge', data: { challengeId: 'C-1', months: 1, reason: 'Archived.' } },
      awards,
    ],
    [
      'reports it',
      { type: 'ReportSensitive', data: { reportId: 'R-2', entry, reason: 'A hospital.' } },
      self,
    ],
    [
      'dismisses a report of it',
      { type: 'DismissReview', data: { reviewId: 'R-1', reason: 'Harmless.' } },
      officer,
    ],
    [
      'hides it',
      { type: 'QuarantineEntry', data: { quarantineId: 'Q-2', entry, cause: 'R-1' } },
      officer,
    ],
    [
      'corrects it',
      { type: 'CorrectAchievement', data: { ...own, changes: { grade: 'A' } } },
      awards,
    ],
    ['confirms it', { type: 'ConfirmAchievement', data: { ...own, effectiveDate: null } }, awards],
    ['takes it back', { type: 'WithdrawAchievement', data: own }, awards],
    [
      'ends a connection',
      { type: 'EndConnection', data: { connectionId: 'L-1', reason: 'Left.' } },
      officer,
    ],
  ])('%s where it is', async (_, asked, by) => {
    const { ledger, a, b } = await createMerged();
    await act(ledger, b, raised('C-1'), keeper);
    const report = { reportId: 'R-1', entry, reason: 'A prison.' };
    await act(ledger, b, { type: 'ReportSensitive', data: report }, keeper);
    const link = { connectionId: 'L-1', ukprn: REGISTRY, kind: 'care', evidenceReference: 'E' };
    await act(ledger, b, { type: 'EstablishConnection', data: link as never }, officer);
    const before = (await ledger.readAll(a.uln)).length;
    const outcome = await act(ledger, a, asked, by);
    expect(outcome.receipt.stream).toBe(b.stream);
    expect(outcome.warnings).toEqual([]);
    expect((await ledger.readAll(a.uln)).length).toBe(before);
  });

  test('is the same act when it is sent again, by that ULN', async () => {
    const { ledger, a, b } = await createMerged();
    const request = requestOf(AWARDING, 'awards');
    const asked: LearnerRequest = { type: 'WithdrawAchievement', data: own };
    const { receipt } = await ledger.handle(a.uln, asked, request);
    expect(await ledger.handle(a.uln, asked, request)).toMatchObject({ receipt, repeated: true });
    expect(await ledger.handle(b.uln, asked, request)).toMatchObject({ receipt, repeated: true });
  });

  test('is refused to another source, and where there is no such entry', async () => {
    const { ledger, a } = await createMerged();
    const asked: LearnerRequest = { type: 'WithdrawAchievement', data: own };
    await expect(act(ledger, a, asked, officer)).rejects.toMatchObject({
      code: 'ERR_NOT_SUBMITTER',
    });
    const other: LearnerRequest = {
      type: 'WithdrawAchievement',
      data: { ...own, achievementId: 'X' },
    };
    await expect(act(ledger, a, other, awards)).rejects.toMatchObject({
      code: 'ERR_ENTRY_NOT_FOUND',
    });
  });

  test('stays on the ULN asked for where both hold an entry of this name', async () => {
    const { ledger, register } = await createWorld();
    const [a, b] = [await register(), await register()];
    await achieve(ledger, a, 'B-1');
    await achieve(ledger, b, 'B-1');
    await merge(ledger, a, b);
    const asked: LearnerRequest = { type: 'WithdrawAchievement', data: own };
    expect((await act(ledger, a, asked, awards)).receipt.stream).toBe(a.stream);
    expect((await act(ledger, b, asked, awards)).receipt.stream).toBe(b.stream);
  });

  test('finds it in a chain, and by the superseded ULN what the master holds', async () => {
    const { ledger, register } = await createWorld();
    const [a, b, c] = [await register(), await register(), await register()];
    await achieve(ledger, a, 'A-1');
    await achieve(ledger, c, 'B-1');
    await merge(ledger, b, c);
    await merge(ledger, a, b);
    const asked: LearnerRequest = { type: 'WithdrawAchievement', data: own };
    expect((await act(ledger, a, asked, awards)).receipt.stream).toBe(c.stream);
    const ofMaster: LearnerRequest = {
      type: 'WithdrawAchievement',
      data: { ...own, achievementId: 'A-1' },
    };
    expect((await act(ledger, c, ofMaster, awards)).receipt.stream).toBe(a.stream);
  });

  test('reaches it no more once the two are apart', async () => {
    const { ledger, a, mergeId } = await createMerged();
    const undone = { mergeId, reason: 'They are twins.' };
    await ledger.merging.unmerge(a.uln, undone, requestOf(REGISTRY, 'registry'));
    await expect(act(ledger, a, raised('C-1'), self)).rejects.toMatchObject({
      code: 'ERR_ENTRY_NOT_FOUND',
    });
  });

  test('is a source’s current version of it, by the names that the master has', async () => {
    const { ledger, register } = await createWorld();
    const a = await register({ familyName: 'Married' });
    const b = await register({ familyName: 'Maiden' });
    await achieve(ledger, b, 'B-1');
    await merge(ledger, a, b);
    const { type: _, data } = achievement('B-1', 'Merit');
    const submit = (familyName: string) =>
      ({
        type: 'SubmitAchievement',
        data: { ...data, identity: { familyName } },
      }) as LearnerRequest;
    expect(await act(ledger, a, submit('Married'), awards)).toMatchObject({
      receipt: { stream: b.stream },
      recorded: ['AchievementCorrected'],
    });
    await expect(act(ledger, a, submit('Nobody'), awards)).rejects.toMatchObject({
      code: 'ERR_IDENTITY_MISMATCH',
    });
  });

  test('works on what a superseded ULN holds that was retired since', async () => {
    const { ledger, a, b } = await createMerged();
    const data = { cause: 'duplicate', reason: 'One is enough.' } as const;
    await act(ledger, b, { type: 'RetireUln', data }, keeper);
    expect((await act(ledger, a, raised('C-1'), self)).receipt.stream).toBe(b.stream);
    await expect(act(ledger, b, achievement('B-2'), awards)).rejects.toMatchObject({
      code: 'ERR_ULN_RETIRED',
    });
  });
});

describe('a quarantine of an entry that a superseded ULN holds', () => {
  test('is decided under the master, with what was proposed to be redacted of it', async () => {
    const { ledger, a, b } = await createMerged();
    const place = { quarantineId: 'Q-1', entry, cause: null };
    await act(ledger, a, { type: 'QuarantineEntry', data: place }, officer);
    const [event = ''] = (await ledger.readAll(b.uln))
      .filter(({ event: { type } }) => type === 'AchievementRecorded')
      .map(({ id }) => id);
    const selection = { event, fields: ['grade'], everywhere: false };
    const basis = 'special-category-data';
    await ledger.erasure.propose(b.stream, selection, basis, requestOf(REGISTRY, 'officer2'));
    const decision = { quarantineId: 'Q-1', outcome: 'redact', reason: null } as const;
    const decider = requestOf(REGISTRY, 'officer3');
    expect(await ledger.reviews.decide(a.uln, decision, decider)).toMatchObject({
      receipt: { stream: b.stream },
      recorded: ['QuarantineLifted'],
    });
    const events = await ledger.read(b.uln);
    expect(events.find(({ id }) => id === event)?.event.data).toMatchObject({
      grade: { redacted: true },
    });
  });
});
