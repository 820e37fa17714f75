import { describe, expect, test } from 'vitest';
import { CalendarDate } from '../../../domain/values/date.js';
import type { Uln } from '../../../domain/values/uln.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { StreamError } from '../../../streams/errors.js';
import { requestBy } from '../../support/ledger.js';
import { isNatsMissing, startNatsServer } from '../../support/natsServer.js';
import { keeperRequest } from '../../support/organisations.js';
import {
  AWARDING,
  askerOf,
  COLLEGE,
  connection,
  issue,
  OPT_OUT,
  openSetting,
  recordedLooks,
  restriction,
  settle,
} from '../access/setting.js';
import {
  achievement,
  addSubscriber,
  collegeService,
  kindsOf,
  ownService,
  publishAll,
  receive,
  settleAll,
} from './setting.js';

/** Somebody of the operator's data-protection staff. */
const officer = (user: string) => ({ ...requestBy('10000009', 'data-protection'), user });
const ENTRY = { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' } as const;

/** A ledger with a subscriber and a learner who is connected to the college, and the bus. */
async function openConnected(subscriber = collegeService()) {
  const [setting, broker] = [await openSetting(), await startNatsServer()];
  const { ledger } = setting;
  await addSubscriber(ledger, subscriber);
  const uln = await issue(ledger, 1);
  await settle(ledger, uln, connection(COLLEGE));
  const { subscriber: name } = subscriber;
  return {
    ...setting,
    broker,
    uln,
    /** What the subscriber was told of everything so far. */
    told: async (count: number) => {
      await publishAll(ledger, broker.url);
      return receive(broker.url, name, count);
    },
  };
}

describe.skipIf(isNatsMissing)('an organisation is told', () => {
  test('of the learners it is connected to, and of no others', async () => {
    const { ledger, uln, told } = await openConnected();
    const other = await issue(ledger, 2);
    await settleAll(ledger, other, [achievement('A-2')]);
    await settleAll(ledger, uln, [achievement('A-1')]);
    expect(kindsOf(await told(2))).toEqual(['sharing.restored', 'achievement.recorded']);
  });

  test('what becomes of an achievement, always by the same reference', async () => {
    const { ledger, uln, told } = await openConnected();
    const named = { achievementId: 'A-1', submittedBy: AWARDING };
    await settleAll(ledger, uln, [
      achievement('A-1'),
      { type: 'CorrectAchievement', data: { ...named, changes: { grade: 'Merit' } } },
      { type: 'WithdrawAchievement', data: named },
      { type: 'ReinstateAchievement', data: named },
    ]);
    const received = await told(5);
    expect(kindsOf(received).slice(1)).toEqual([
      'achievement.recorded',
      'achievement.corrected',
      'achievement.withdrawn',
      'achievement.recorded',
    ]);
    const entries = received.slice(1).map(({ data }) => ('entry' in data ? data.entry : null));
    expect(new Set(entries).size).toBe(1);
    expect(new Set(received.map(({ subject }) => subject)).size).toBe(1);
  });

  test('of an opt-out, of no achievement after it, and when it ends', async () => {
    const { ledger, time, uln, told } = await openConnected();
    await settleAll(ledger, uln, [OPT_OUT, achievement('A-1')]);
    expect(kindsOf(await told(1))).toEqual(['sharing.withdrawn']);
    time.advance(1_000);
    await settleAll(ledger, uln, [
      { type: 'LiftOptOut', data: { route: 'helpdesk', evidenceReference: 'ID-2' } },
      achievement('A-2'),
    ]);
    expect(kindsOf(await told(2))).toEqual(['sharing.restored', 'achievement.recorded']);
  });

  test('that sharing ended where it knew of the learner before, for whatever reason that was', async () => {
    const { ledger, uln, told } = await openConnected();
    expect(kindsOf(await told(1))).toEqual(['sharing.restored']);
    await settleAll(ledger, uln, [restriction(), achievement('A-1')]);
    expect(kindsOf(await told(1))).toEqual(['sharing.withdrawn']);
  });

  test('of a learner who is handled as restricted only where it is authorised', async () => {
    const { ledger, uln, told } = await openConnected();
    await told(1);
    await settleAll(ledger, uln, [
      restriction([{ ukprn: COLLEGE, user: 'exams' }]),
      achievement('A-1'),
    ]);
    expect(kindsOf(await told(1))).toEqual(['achievement.recorded']);
  });

  test('of nothing more once the connection ended', async () => {
    const { ledger, time, uln, told } = await openConnected();
    await told(1);
    await settle(ledger, uln, {
      type: 'EndConnection',
      data: { connectionId: 'C-1', endDate: '2026-09-01' },
    });
    // The last day of a connection is a day of it.
    time.set('2026-09-02T09:00:00.000Z');
    await settleAll(ledger, uln, [achievement('A-1')]);
    expect(kindsOf(await told(1))).toEqual(['sharing.withdrawn']);
  });

  test('of nothing while its access is suspended', async () => {
    const { ledger, uln, told } = await openConnected();
    await told(1);
    await ledger.organisations.handle(
      COLLEGE,
      { type: 'SuspendAccess', data: { cause: 'suspected-abuse', alert: null } },
      keeperRequest(),
    );
    await settleAll(ledger, uln, [achievement('A-1'), OPT_OUT]);
    expect(await told(0)).toEqual([]);
  });

  test('of a redaction by the event that lost something, also of who opted out', async () => {
    const { ledger, uln, told } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1')]);
    const [, recorded] = await told(2);
    await settleAll(ledger, uln, [OPT_OUT]);
    await redactGrade(ledger, uln);
    const after = await told(2);
    expect(kindsOf(after)).toEqual(['sharing.withdrawn', 'record.redacted']);
    const [, redacted] = after;
    expect(redacted?.data).toEqual({ ...recorded?.data, event: recorded?.id });
  });

  test('of a merge and its end, by the references that it knows', async () => {
    const { ledger, uln, told } = await openConnected();
    const other = await issue(ledger, 2);
    await settle(ledger, other, connection(COLLEGE));
    const [first, second] = await told(2);
    const { mergeId } = await ledger.merging.merge(
      other,
      { superseded: uln, reason: 'One certificate names both.' },
      keeperRequest(),
    );
    await ledger.merging.unmerge(other, { mergeId, reason: 'They are twins.' }, keeperRequest());
    const received = await told(2);
    const data = { learner: second?.subject, superseded: first?.subject };
    expect(received.map((one) => [one.kind, one.data])).toEqual([
      ['learner.merged', data],
      ['learner.unmerged', data],
    ]);
  });

  test('of an entry that is hidden as if it were gone, and again when it is shown', async () => {
    const { ledger, uln, told } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1')]);
    expect(kindsOf(await told(2))).toEqual(['sharing.restored', 'achievement.recorded']);
    await quarantine(ledger, uln);
    await settleAll(ledger, uln, [
      {
        type: 'CorrectAchievement',
        data: { achievementId: 'A-1', submittedBy: AWARDING, changes: { grade: 'Merit' } },
      },
    ]);
    expect(kindsOf(await told(1))).toEqual(['achievement.withdrawn']);
    await ledger.reviews.decide(
      uln,
      { quarantineId: 'Q-1', outcome: 'dismiss', reason: 'Nothing in it' },
      officer('officer2'),
    );
    expect(kindsOf(await told(1))).toEqual(['achievement.recorded']);
  });

  test('of the kinds it asked for, and of no others', async () => {
    const { ledger, uln, told } = await openConnected(
      collegeService({ kinds: ['achievement.withdrawn'] }),
    );
    await settleAll(ledger, uln, [
      achievement('A-1'),
      { type: 'WithdrawAchievement', data: { achievementId: 'A-1', submittedBy: AWARDING } },
    ]);
    expect(kindsOf(await told(1))).toEqual(['achievement.withdrawn']);
  });
});

describe.skipIf(isNatsMissing)('a service of the keeper', () => {
  test('is told of everybody, also of who opted out, and that they did', async () => {
    const { ledger, uln, told } = await openConnected(ownService());
    const other = await issue(ledger, 2);
    await settleAll(ledger, uln, [OPT_OUT, achievement('A-1')]);
    await settleAll(ledger, other, [achievement('A-2')]);
    expect(kindsOf(await told(3))).toEqual([
      'sharing.withdrawn',
      'achievement.recorded',
      'achievement.recorded',
    ]);
  });

  test('is told nothing of who is handled as restricted', async () => {
    const { ledger, uln, told } = await openConnected(ownService());
    await settleAll(ledger, uln, [restriction(), achievement('A-1')]);
    expect(kindsOf(await told(1))).toEqual(['sharing.withdrawn']);
  });
});

describe.skipIf(isNatsMissing)('a reference', () => {
  test('to one learner is another for every subscriber', async () => {
    const { ledger, broker, told } = await openConnected();
    await addSubscriber(ledger, collegeService({ subscriber: 'second' }));
    const [[mine], [other]] = [await told(1), await receive(broker.url, 'second', 1)];
    expect(other?.id).toBe(mine?.id);
    expect(other?.subject).not.toBe(mine?.subject);
    expect(other?.dataref).not.toBe(mine?.dataref);
  });
});

describe.skipIf(isNatsMissing)('every message', () => {
  test('is a look that the learner sees, and that is decided again the same', async () => {
    const { ledger, uln, told } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1'), OPT_OUT]);
    await told(1);
    const looks = await recordedLooks(ledger);
    expect(looks.map(({ event }) => [event.data.action, event.data.fields])).toEqual([
      ['retract', ['message: sharing.withdrawn']],
    ]);
    for (const { stream, version } of looks) {
      expect(await ledger.access.explain(`${stream}.${version}`)).toMatchObject({ same: true });
    }
  });

  test('is recorded before it is sent: where that fails, nothing is sent', async () => {
    const { ledger, broker, uln } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1')]);
    const broken = await assembleLedger({
      ...ledger.parts,
      accessStores: {
        open: async () => {
          throw new StreamError('ERR_STORE_FAILED', 'expected a disk, found it full');
        },
        close: async () => undefined,
      },
    });
    await expect(publishAll(broken, broker.url)).rejects.toMatchObject({
      code: 'ERR_STORE_FAILED',
    });
    expect(await receive(broker.url, 'college', 0)).toEqual([]);
  });

  test('is no use of the access by the organisation itself', async () => {
    const { ledger, uln, told } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1')]);
    await told(2);
    await ledger.reviewing.review(CalendarDate.parse('2026-09-01'));
    const days = ledger.parts.views.database.prepare('SELECT count(*) FROM access_days').pluck();
    expect(days.get()).toBe(0);
  });
});

describe.skipIf(isNatsMissing)('the particulars of a message', () => {
  test('are the entry as it stands, by the decision of the moment', async () => {
    const { ledger, uln, told } = await openConnected();
    await settleAll(ledger, uln, [achievement('A-1')]);
    const [, message] = await told(2);
    const { subscribers } = ledger;
    const fetching = () =>
      subscribers.particulars(
        'college',
        message?.dataref ?? '',
        askerOf(COLLEGE, 'advice-and-guidance'),
      );
    const found = await fetching();
    expect(found).toMatchObject({ about: 'entry', uln, details: null });
    const [qualification] = found.qualifications;
    expect(qualification?.achievements.map(({ values }) => values['grade'])).toEqual(['Pass']);
    await settleAll(ledger, uln, [OPT_OUT]);
    await expect(fetching()).rejects.toMatchObject({ code: 'ERR_ACCESS_REFUSED' });
  });

  test('are for the subscriber alone', async () => {
    const { ledger, uln, told } = await openConnected();
    await addSubscriber(ledger, ownService());
    await settleAll(ledger, uln, [achievement('A-1')]);
    const [message] = await told(2);
    const dataref = message?.dataref ?? '';
    const { subscribers } = ledger;
    const asCollege = askerOf(COLLEGE, 'advice-and-guidance');
    await expect(subscribers.particulars('statistics', dataref, asCollege)).rejects.toMatchObject({
      code: 'ERR_SUBSCRIBER_NOT_FOUND',
    });
    await expect(
      subscribers.particulars('statistics', dataref, keeperRequest()),
    ).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
    await expect(
      subscribers.particulars('college', dataref, askerOf(AWARDING, 'advice-and-guidance')),
    ).rejects.toMatchObject({ code: 'ERR_SUBSCRIBER_NOT_FOUND' });
  });
});

async function redactGrade(ledger: Ledger, uln: Uln) {
  const events = await ledger.readAll(uln);
  const award = events.find(({ event }) => event.type === 'AchievementRecorded');
  const { orders } = await ledger.erasure.propose(
    award?.stream ?? '',
    { event: award?.id ?? '', fields: ['grade'], everywhere: false },
    'special-category-data',
    officer('officer1'),
  );
  for (const order of orders) {
    await ledger.erasure.order(order, officer('officer2'));
  }
}

async function quarantine(ledger: Ledger, uln: Uln) {
  const data = { quarantineId: 'Q-1', entry: ENTRY, cause: null };
  await ledger.handle(uln, { type: 'QuarantineEntry', data }, officer('officer1'));
}
