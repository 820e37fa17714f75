import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { dateOf } from '../../../domain/values/date.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { createTestClock, type TestClock } from '../../support/ledger.js';
import { type Admitted, admit, keeperRequest } from '../../support/organisations.js';

// The case is published: a training provider that delivered no funded training kept its access under a
// new trading name and searched for 22,000 learners between September 2018 and January 2020, to sell
// age checks; nobody noticed. Source: the reprimand of 2 November 2022. The organisation here is made up.
const SEARCHES = 22_000;
const DAYS = 488;
const PROVIDER = Ukprn.parse('10000077');
const provider: Admitted = {
  ukprn: PROVIDER,
  name: 'Example Training',
  type: 'training-provider',
  users: { sales: ['online-user'] },
};

/** One search by names and date of birth, as an age check asks; what it was answered with. */
async function search(ledger: Ledger, number: number): Promise<string> {
  try {
    const answer = await ledger.access.find(
      { givenName: `Given${number}`, familyName: 'Sought', dateOfBirth: '1999-02-03' },
      {
        by: { kind: 'organisation', ukprn: PROVIDER },
        user: 'sales',
        purpose: 'learner-registration',
        commandId: randomUUID(),
      },
    );
    return answer.kind;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
}

async function createCase(): Promise<{ readonly ledger: Ledger; readonly time: TestClock }> {
  const time = createTestClock('2018-09-01T09:00:00.000Z');
  const ledger = await openMemoryLedger(time.clock);
  onTestFinished(() => ledger.close());
  await admit(ledger, [provider]);
  return { ledger, time };
}

test('of 22,000 searches without a registration the first sixty raise an alarm, and five hundred are the last', async () => {
  const { ledger, time } = await createCase();
  let answered = 0;
  let firstAlarmAfter: number | null = null;
  let refused = 0;
  // Once access is suspended the rest is refused one like the other: a hundred of them show it.
  for (let done = 0; done < SEARCHES && refused < 100; done += 1) {
    if (done % Math.ceil(SEARCHES / DAYS) === 0) {
      time.advance(86_400_000);
    }
    const answer = await search(ledger, done);
    answered += answer === 'none' ? 1 : 0;
    refused += answer === 'ERR_ACCESS_REFUSED' ? 1 : 0;
    if (done % 10 === 9) {
      // What a timer of the operator's does.
      await ledger.reviewing.review(dateOf(time.now()));
    }
    if (firstAlarmAfter === null && (await ledger.alerts.list({ all: true })).length > 0) {
      firstAlarmAfter = done + 1;
    }
  }
  expect(firstAlarmAfter).toBeLessThanOrEqual(60);
  expect(refused).toBe(100);
  expect(answered).toBeLessThanOrEqual(520);
  const alerts = await ledger.alerts.list({ all: true });
  expect(alerts.map(({ kind, level }) => `${level} ${kind}`).slice(0, 2)).toEqual([
    'warning searches-without-registrations',
    'severe searches-without-registrations',
  ]);
  expect((await ledger.organisations.read(PROVIDER)).suspendedFor).toEqual([
    'automatic-abuse-detection',
  ]);
});

test('the alarm comes first, and then the new trading name ends all access until it is attested', async () => {
  const { ledger, time } = await createCase();
  for (let done = 0; done < 60; done += 1) {
    expect(await search(ledger, done)).toBe('none');
  }
  await ledger.reviewing.review(dateOf(time.now()));
  expect(await ledger.alerts.list({ all: false })).toMatchObject([{ level: 'warning' }]);
  await ledger.organisations.handle(
    PROVIDER,
    { type: 'ChangeOrganisationName', data: { name: 'Example Age Checks', effectiveDate: null } },
    keeperRequest(),
  );
  expect(await search(ledger, 2)).toBe('ERR_ACCESS_REFUSED');
  await ledger.organisations.handle(
    PROVIDER,
    {
      type: 'AttestOrganisation',
      data: { signatoryRole: 'director', evidenceReference: 'FORM-2' },
    },
    keeperRequest(),
  );
  expect(await search(ledger, 3)).toBe('none');
});
