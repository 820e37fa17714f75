import { randomUUID } from 'node:crypto';
import {
  createLedger,
  createSystemClock,
  NOW,
  openLedger,
  plrAt,
  Ukprn,
} from 'learning-record-ledger';

const places = {
  store: 'sqlite:./data/ledger.db',
  vault: './data/vault.db',
  vaultCopy: null,
  views: './data/views.db',
  access: 'sqlite:./data/access-{year}.db',
  master: './keys/master.key',
};
const clock = createSystemClock();
await createLedger(places, 'ledger.example/embedded', clock);
const ledger = await openLedger(places, clock);

// Who asks, and for what. Keep the command id until you have the answer: sent again, after a crash
// or from another process, it returns the first receipt and records nothing twice.
const college = { kind: 'organisation', ukprn: Ukprn.parse('10000002') } as const;
const { uln } = await ledger.register(
  {
    givenName: 'Amber',
    familyName: 'Sampleton',
    dateOfBirth: '2003-04-17',
    gender: '2',
    lastKnownPostCode: 'ZZ99 9ZZ',
    abilityToShare: '1',
    verificationType: '2',
  },
  { by: college, user: 'registry', purpose: 'learner-registration', commandId: randomUUID() },
);

const awarding = { kind: 'organisation', ukprn: Ukprn.parse('10000003') } as const;
await ledger.handle(
  uln,
  {
    type: 'RecordAchievement',
    data: {
      achievementId: 'A-1',
      submittedBy: awarding.ukprn,
      standing: 'final',
      source: 'AO',
      subjectCode: '601/0143/X',
      subject: 'Award in Education and Training',
      achievementAwardDate: '2021-07-09',
      grade: 'Pass',
    },
  },
  { by: awarding, user: 'results', purpose: 'achievement-reporting', commandId: randomUUID() },
);

// The record is folded from the learner's events whenever it is asked for, at any point of them.
const events = await ledger.read(uln);
for (const { key, achievements } of plrAt(events, NOW).qualifications) {
  for (const { values, achieved } of achievements) {
    process.stdout.write(`${key}: ${values['grade']}, ${achieved ? 'achieved' : 'not achieved'}\n`);
  }
}
const before = plrAt(events, { ...NOW, version: 1 });
process.stdout.write(`At version 1: ${before.qualifications.length} qualifications\n`);
await ledger.close();
