import { beforeEach, describe, expect, test } from 'vitest';
import { Ukprn } from '../../../domain/values/ukprn.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import { createTestClock } from '../../support/ledger.js';
import { keeperRequest } from '../../support/organisations.js';
import { freshFile, importRows } from './files.js';

const HEADER =
  'Ukprn,Name,Type,SignatoryRole,MailDomain,ResponsibleUser,Roles,PersonName,EmailAddress,VerificationProvided,AgreementId,Purposes,AgreementStartDate,AgreementEndDate,Signature,DataProtectionReference,DataProtectionExpiryDate';
const REGISTRATION =
  '10000042,Example College,college,principal,college.example,adviser1,super-user online-user,Lee Example,lee@college.example,Staff card';
const AGREEMENT = 'DSA-1,admission advice-and-guidance,2026-01-01,2027-12-31,digital';
const PROTECTION = 'ZA1,2027-06-30';
const COLLEGE = Ukprn.parse('10000042');

let ledger: Ledger;

beforeEach(async () => {
  ledger = await openMemoryLedger(createTestClock('2026-09-01T09:00:00.000Z').clock);
});

async function importing(...rows: readonly string[]) {
  const path = freshFile(HEADER, ...rows);
  const { answers } = await importRows(ledger, 'organisations', path, keeperRequest());
  return answers.map(({ Outcome, Code, Reason }) => [Outcome, Code, Reason]);
}

describe('a row of a file of organisations', () => {
  test('registers with agreement and data-protection registration, once', async () => {
    const row = `${REGISTRATION},${AGREEMENT},${PROTECTION}`;
    expect(await importing(row)).toEqual([['registered', '', '']]);
    expect(await importing(row)).toEqual([['unchanged', '', '']]);
    const { agreements, users, dataProtectionExpiryDate } =
      await ledger.organisations.read(COLLEGE);
    expect([...agreements]).toEqual([
      [
        'DSA-1',
        {
          purposes: ['admission', 'advice-and-guidance'],
          startDate: '2026-01-01',
          endDate: '2027-12-31',
        },
      ],
    ]);
    expect(users.get('adviser1')?.roles).toEqual(['super-user', 'online-user']);
    expect(dataProtectionExpiryDate).toBe('2027-06-30');
  });

  test('adds to what was registered before', async () => {
    expect(await importing(`${REGISTRATION},,,,,,,`)).toEqual([['registered', '', '']]);
    expect(await importing(`${REGISTRATION},${AGREEMENT},,`)).toEqual([['changed', '', '']]);
  });

  test.each([
    ['an agreement without its number', `,admission,2026-01-01,2027-12-31,digital,${PROTECTION}`],
    ['an agreement of purposes alone', `,admission,,,,${PROTECTION}`],
    ['an agreement without purposes', `DSA-1,,2026-01-01,2027-12-31,digital,${PROTECTION}`],
    ['an agreement for marketing', `DSA-1,marketing,2026-01-01,2027-12-31,digital,${PROTECTION}`],
    ['a data-protection registration without its number', `${AGREEMENT},,2027-06-30`],
    ['a data-protection registration without its end', `${AGREEMENT},ZA1,`],
  ])('with %s is rejected and says what was recorded', async (_, rest) => {
    const [[outcome, code, reason] = []] = await importing(`${REGISTRATION},${rest}`);
    expect([outcome, code]).toEqual(['rejected', 'ERR_INPUT_INVALID']);
    expect(reason).toMatch(/; recorded before that: RegisterOrganisation/);
    expect(reason).not.toMatch(/Lee|college\.example|marketing/);
  });

  test.each([
    [
      'another name',
      REGISTRATION.replace('Example College', 'Another'),
      'ERR_ORGANISATION_DIFFERS',
    ],
    [
      'another domain',
      REGISTRATION.replaceAll('college.example', 'other.example'),
      'ERR_ORGANISATION_DIFFERS',
    ],
    ['no UKPRN', REGISTRATION.replace('10000042', '1234'), 'ERR_INPUT_INVALID'],
    [
      'a shared mailbox',
      REGISTRATION.replace('10000042', '10000043').replace('lee@', 'exams@'),
      'ERR_USER_ADDRESS',
    ],
    [
      'no verification',
      REGISTRATION.replace('10000042', '10000043').replace('Staff card', ''),
      'ERR_INPUT_INVALID',
    ],
  ])('with %s is rejected, and the rows beside it are not', async (_, row, code) => {
    const others = [REGISTRATION, REGISTRATION.replace('10000042', '10000044')];
    const [first, rejected, last] = await importing(
      ...[others[0], row, others[1]].map((one) => `${one},,,,,,,`),
    );
    expect([first?.[0], last?.[0]]).toEqual(['registered', 'registered']);
    expect(rejected?.slice(0, 2)).toEqual(['rejected', code]);
  });
});
