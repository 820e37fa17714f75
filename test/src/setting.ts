import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { Uln } from '../../domain/values/uln.js';
import type { LearnerRequest } from '../../src/learners/learners.js';
import type { Ledger, LedgerPlaces } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import type { Request } from '../../src/request/request.js';
import { createTestClock, openNewLedger, type TestClock } from '../support/ledger.js';
import { learnerDetails } from '../support/synthetic.js';

/** A ledger of one learner, on a clock that moves a second with each request. */
export type Setting = {
  readonly ledger: Ledger;
  readonly places: LedgerPlaces;
  readonly clock: TestClock;
  readonly uln: Uln;
  readonly stream: string;
  /** Another opening of the same ledger, as another process has it; closed when the test ends. */
  readonly openAgain: () => Promise<Ledger>;
  readonly record: (command: LearnerRequest, by?: Partial<Request>) => Promise<readonly string[]>;
};

export const REGISTRY = Ukprn.parse('10000001');
export const AWARDING = Ukprn.parse('10000003');

/** A request of one organisation's user, with a new command id. */
export function requestOf(ukprn: Ukprn, user: string, more: Partial<Request> = {}): Request {
  return {
    by: { kind: 'organisation', ukprn },
    user,
    purpose: 'data-correction',
    commandId: randomUUID(),
    ...more,
  };
}

/** Makes the setting; everything is closed when the test ends. */
export async function createSetting(notes: string | null = null): Promise<Setting> {
  const clock = createTestClock('2024-03-01T09:00:00.000Z');
  const { ledger, places } = await openNewLedger(clock.clock);
  const opened = [ledger];
  onTestFinished(async () => {
    for (const one of opened) {
      await one.close();
    }
  });
  const { uln, receipt } = await ledger.register(
    { ...learnerDetails(1), notes },
    requestOf(REGISTRY, 'registry'),
  );
  return {
    ledger,
    places,
    clock,
    uln,
    stream: receipt.stream,
    openAgain: async () => {
      const again = await openLedger(places, clock.clock);
      opened.push(again);
      return again;
    },
    record: async (command, by = {}) => {
      clock.advance(1000);
      const request = requestOf(AWARDING, 'awards', by);
      return (await ledger.handle(uln, command, request)).receipt.eventIds;
    },
  };
}

/** A command that records an achievement under an id. */
export function achievement(id: string, grade = 'Pass'): LearnerRequest {
  return {
    type: 'RecordAchievement',
    data: {
      achievementId: id,
      submittedBy: AWARDING,
      standing: 'final',
      source: 'AO',
      subjectCode: '601/0143/X',
      achievementAwardDate: '2021-07-09',
      grade,
    },
  };
}
