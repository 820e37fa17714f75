import { writeSync } from 'node:fs';
import { Ukprn } from '../../domain/values/ukprn.js';
import { createSystemClock } from '../../src/clock.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { uuidOf } from '../streams/events.js';
import { learnerDetails, placesIn } from '../support/synthetic.js';

// A process under load, to be killed: from command `first` on it registers learners and records
// achievements, many at a time, and says of each what it was answered as soon as it is.

const COMMANDS_PER_LEARNER = 4;
const IN_FLIGHT = 16;

const [folder = '', first = '0', last = '0'] = process.argv.slice(2);
const ledger = await openLedger(placesIn(folder), createSystemClock());
const by = { kind: 'organisation', ukprn: Ukprn.parse('10000003') } as const;

async function command(n: number): Promise<void> {
  const learner = Math.floor(n / COMMANDS_PER_LEARNER);
  const request = { by, user: 'load', purpose: 'achievement-reporting' } as const;
  const registered = await ledger.register(learnerDetails(learner), {
    ...request,
    commandId: uuidOf(folder, 'register', learner),
  });
  const recorded = await ledger.handle(
    registered.uln,
    {
      type: 'RecordAchievement',
      data: {
        achievementId: `A-${n}`,
        submittedBy: by.ukprn,
        standing: 'final',
        source: 'AO',
        subjectCode: '601/0143/X',
        achievementAwardDate: '2021-07-09',
        grade: 'Pass',
      },
    },
    { ...request, commandId: uuidOf(folder, 'record', n) },
  );
  // Straight to the pipe: what the parent has read was acknowledged before the kill.
  writeSync(1, `${n} ${JSON.stringify([registered.receipt, recorded.receipt])}\n`);
}

let next = Number(first);
async function work(): Promise<void> {
  while (next < Number(last)) {
    const n = next;
    next += 1;
    await command(n);
  }
}

await Promise.all(Array.from({ length: IN_FLIGHT }, work));
await ledger.close();
