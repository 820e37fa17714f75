import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { AccessEvent } from '../../../domain/access/events.js';
import type { Recorded } from '../../../domain/recorded.js';
import { Ukprn } from '../../../domain/values/ukprn.js';
import { Uln } from '../../../domain/values/uln.js';
import type { Asker } from '../../../src/access/accessLedger.js';
import type { AccessStores } from '../../../src/access/stores.js';
import { createJournal } from '../../../src/journal/journal.js';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import type { DetailsInput } from '../../../src/learners/registration.js';
import { assembleLedger } from '../../../src/ledger/assembleLedger.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { openMemoryLedger } from '../../../src/ledger/memoryLedger.js';
import type { Request } from '../../../src/request/request.js';
import type { EventStore } from '../../../streams/eventStore.js';
import { createTestClock, type TestClock } from '../../support/ledger.js';
import { admit, keeperRequest } from '../../support/organisations.js';
import { learnerDetails } from '../../support/synthetic.js';

/** The organisations of the tests. */
export const REGISTRY = Ukprn.parse('10000001');
export const COLLEGE = Ukprn.parse('10000002');
export const AWARDING = Ukprn.parse('10000003');
/** A ULN with a valid check digit that no test ledger issues. */
export const UNKNOWN = Uln.parse('1000000043');
/** What every ledger of these tests is asked in. */
export const YEAR = 2026;

const USERS: Readonly<Record<string, string>> = {
  [REGISTRY]: 'registry',
  [COLLEGE]: 'exams',
  [AWARDING]: 'awards',
};

/** A ledger in memory with its organisations, and the clock that it goes by. */
export type AccessSetting = { readonly ledger: Ledger; readonly time: TestClock };

/** Opens a ledger in memory in which the organisations of the tests are registered. */
export async function openSetting(start = `${YEAR}-09-01T09:00:00.000Z`): Promise<AccessSetting> {
  const time = createTestClock(start);
  const ledger = await openMemoryLedger(time.clock);
  onTestFinished(() => ledger.close());
  await admit(ledger);
  return { ledger, time };
}

/** Somebody of an organisation who asks for something, as a new command. */
export function askerOf(
  ukprn: Ukprn,
  purpose: Request['purpose'],
  user: string = USERS[ukprn] ?? 'nobody',
): Request {
  return { by: { kind: 'organisation', ukprn }, user, purpose, commandId: randomUUID() };
}

/** The learner as who asks. */
export function learnerAsker(): Request {
  return {
    by: { kind: 'learner' },
    user: null,
    purpose: 'learner-choice',
    commandId: randomUUID(),
  };
}

/** Issues a ULN, by a door that needs no search, to a made-up learner of this number. */
export async function issue(ledger: Ledger, number: number, changes: object = {}): Promise<Uln> {
  const details: DetailsInput = { ...learnerDetails(number), ...changes };
  return (await ledger.register(details, askerOf(REGISTRY, 'learner-registration'))).uln;
}

/** Records against a learner as the keeper does, past all rights. */
export async function settle(ledger: Ledger, uln: Uln, command: LearnerRequest): Promise<void> {
  await ledger.handle(uln, command, keeperRequest());
}

/** Links an organisation to a learner. */
export function connection(ukprn: Ukprn, connectionId = 'C-1'): LearnerRequest {
  return {
    type: 'EstablishConnection',
    data: { connectionId, ukprn, kind: 'enrolment', evidenceReference: 'E-1' },
  };
}

/** Hides a learner from everybody but those who are named. */
export function restriction(
  authorised: readonly { ukprn: Ukprn; user: string | null }[] = [],
): LearnerRequest {
  return {
    type: 'ChangeHandling',
    data: {
      level: 'restricted',
      authorised: [...authorised],
      reviewDate: '2099-01-01',
      reason: 'R-1',
    },
  };
}

/** The learner's choice not to share. */
export const OPT_OUT: LearnerRequest = {
  type: 'SetOptOut',
  data: { of: 'sharing', route: 'helpdesk', evidenceReference: 'ID-1' },
};

/** Every request that the access ledger holds of a year, in the order in which they were recorded. */
export async function recordedLooks(
  { parts }: Ledger,
  year = YEAR,
): Promise<readonly Recorded<AccessEvent>[]> {
  const store = await parts.accessStores.open(year, { create: false });
  if (store === null) {
    return [];
  }
  const journal = createJournal(store, parts.vault, parts.orders, parts.clock);
  const looks: Recorded<AccessEvent>[] = [];
  for await (const stored of store.readAll()) {
    looks.push((await journal.decode(stored)) as Recorded<AccessEvent>);
  }
  return looks;
}

/** The same ledger again, over stores of which every call is handed to `onCall` before it is made. */
export function openWatched({ parts }: Ledger, onCall: (call: string) => void): Promise<Ledger> {
  return assembleLedger({
    ...parts,
    store: watched(parts.store, 'ledger', onCall),
    accessStores: watchedStores(parts.accessStores, onCall),
  });
}

function watchedStores(stores: AccessStores, onCall: (call: string) => void): AccessStores {
  return {
    ...stores,
    open: async (year, options) => {
      onCall('access open');
      const store = await stores.open(year, options);
      return store === null ? null : watched(store, 'access', onCall);
    },
  };
}

function watched(store: EventStore, name: string, onCall: (call: string) => void): EventStore {
  return {
    ...store,
    append: async (...given) => {
      onCall(`${name} append`);
      return store.append(...given);
    },
    read: (...given) => {
      onCall(`${name} read`);
      return store.read(...given);
    },
    readAll: (...given) => {
      onCall(`${name} readAll`);
      return store.readAll(...given);
    },
    head: () => {
      onCall(`${name} head`);
      return store.head();
    },
  };
}

/** What asking was answered with, or the code of the error that it was refused with. */
export async function answered(asked: Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await asked);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
}

/** Every way to ask about one learner that the rules decide on. */
export const doors: Readonly<
  Record<string, (ledger: Ledger, uln: Uln, asker?: Asker) => Promise<unknown>>
> = {
  show: ({ access }, uln, asker = askerOf(COLLEGE, 'advice-and-guidance')) =>
    access.record(uln, asker, null),
  history: ({ access }, uln, asker = keeperRequest()) => access.history(uln, asker),
  looks: ({ access }, uln, asker = learnerAsker()) => access.looks(uln, asker, 10),
  'find by ULN': ({ access }, uln, asker = askerOf(COLLEGE, 'learner-registration')) =>
    access.findByUln(uln, asker),
  'verify-learner': ({ access }, uln, asker = askerOf(COLLEGE, 'learner-registration')) =>
    access.verifyLearner({ uln, givenName: 'Given1', familyName: 'Synthetic' }, asker),
};
