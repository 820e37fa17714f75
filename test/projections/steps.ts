import fc from 'fast-check';
import { DomainError } from '../../domain/errors.js';
import type { HoldCode, ImportEvent } from '../../domain/imports/events.js';
import { type HeldRowsCommand, heldRows } from '../../domain/imports/heldRows.js';
import { DEFAULT_POLICY } from '../../domain/learner/retention/policy.js';
import { CalendarDate } from '../../domain/values/date.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { Uln } from '../../domain/values/uln.js';
import { keptViews } from '../../projections/views/all.js';
import type { ViewName } from '../../src/keptViews/keptViews.js';
import type { LearnerRequest } from '../../src/learners/learners.js';
import type { DetailsInput } from '../../src/learners/registration.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import type { Request } from '../../src/request/request.js';
import { recordingOf } from '../../src/request/request.js';
import { decideOnly, merge, unmerge } from '../src/mergeSetting.js';
import { AWARDING, REGISTRY, requestOf } from '../src/setting.js';
import type { TestClock } from '../support/ledger.js';
import { learnerDetails } from '../support/synthetic.js';
import { onWeakEngine } from './world.js';

/** A ledger at play: who was registered in it, and which imports have held rows. */
export type Stage = {
  readonly ledger: Ledger;
  /** The same, on which orders wait. */
  readonly weak: Ledger;
  readonly clock: TestClock;
  readonly ulns: Uln[];
};

/** Something done to a ledger; what the rules refuse is left out. */
export type Step = (stage: Stage) => Promise<unknown>;

/** The imports of the steps. */
export const IMPORTS = ['import-1', 'import-2'] as const;
const SOURCES = [AWARDING, Ukprn.parse('10000002')] as const;

// Few values of each field, so that learners are often alike and steps meet what earlier ones did.
const givenName = fc.constantFrom('Zoë', 'Ann', 'Anne', 'Sampleton');
const familyName = fc.constantFrom('Sampleton', 'Smapleton', "O'Neill-Łis", '-', 'Ann');
const dateOfBirth = fc.constantFrom('2003-04-17', '2003-04-18', '2004-05-18');
const lastKnownPostCode = fc.constantFrom('ZZ99 9ZZ', 'BFPO 12');
const gender = fc.constantFrom('1' as const, '2' as const);
const orNone = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 2 });
const details = { givenName, familyName, dateOfBirth, lastKnownPostCode, gender };
const others = {
  preferredGivenName: orNone(givenName),
  previousFamilyName: orNone(familyName),
  familyNameAtAge16: orNone(familyName),
};

/** What searches ask for. */
export const searches = fc.record({
  ...details,
  dateOfBirth: dateOfBirth.map((date) => CalendarDate.parse(date)),
  gender: orNone(gender),
  lastKnownPostCode: orNone(lastKnownPostCode),
  preferredGivenName: orNone(details.givenName),
  previousFamilyName: orNone(details.familyName),
  familyNameAtAge16: orNone(details.familyName),
});

const someone = fc.nat(5);
const award = {
  source: fc.constantFrom('AO', 'ILR'),
  subjectCode: fc.constantFrom('601/0143/X', '500/2652/5'),
  achievementAwardDate: fc.constantFrom('2021-07-09', '2022-08-18'),
  grade: fc.constantFrom('Pass', 'Merit'),
  learningProviderName: fc.constantFrom('Example College', 'HMP Example'),
};

const registering: fc.Arbitrary<Step> = fc
  .record({ ...details, ...others })
  .map((changes) => async ({ ledger, ulns }) => {
    const input: DetailsInput = { ...learnerDetails(1), ...changes };
    ulns.push((await ledger.register(input, requestOf(REGISTRY, 'registry'))).uln);
  });

const amending = fc
  .record({ who: someone, changes: fc.record({ ...details, ...others }, { requiredKeys: [] }) })
  .map(({ who, changes }) => commandTo(who, 'AmendLearnerDetails', { changes }, REGISTRY));

const achieving = fc
  .record({
    who: someone,
    type: fc.constantFrom(
      'RecordAchievement',
      'RecordAchievement',
      'CorrectAchievement',
      'ConfirmAchievement',
      'WithdrawAchievement',
      'ReinstateAchievement',
    ),
    achievementId: fc.constantFrom('A-1', 'A-2'),
    submittedBy: fc.constantFrom(...SOURCES),
    standing: fc.constantFrom('provisional', 'final'),
    values: fc.record(award),
    changes: fc.record(award, { requiredKeys: [] }),
  })
  .map(({ who, type, achievementId, submittedBy, standing, values, changes }) => {
    const named = { achievementId, submittedBy };
    const data = {
      RecordAchievement: { ...named, standing, ...values },
      CorrectAchievement: { ...named, changes },
      ConfirmAchievement: named,
      WithdrawAchievement: named,
      ReinstateAchievement: named,
    }[type];
    return commandTo(who, type as LearnerRequest['type'], data, submittedBy);
  });

const challenging = fc
  .record({
    who: someone,
    type: fc.constantFrom(
      'RaiseChallenge',
      'RaiseChallenge',
      'WithdrawChallenge',
      'UpholdChallenge',
      'RejectChallenge',
      'ExtendChallenge',
    ),
    challengeId: fc.constantFrom('C-1', 'C-2', 'C-3'),
    by: fc.constantFrom(...SOURCES),
    ofDetails: fc.boolean(),
  })
  .map(({ who, type, challengeId, by, ofDetails }) => {
    const entry = ofDetails ? null : { kind: 'achievement', submittedBy: by, entryId: 'A-1' };
    const data = {
      challengeId,
      reason: 'A wrong date',
      ...(type === 'RaiseChallenge' && { entry }),
      ...(type === 'ExtendChallenge' && { months: 1 }),
    };
    return commandTo(who, type as LearnerRequest['type'], data, by);
  });

const redacting: fc.Arbitrary<Step> = fc
  .record({
    who: someone,
    event: fc.nat(20),
    field: fc.constantFrom(
      ...['familyName', 'familyName', 'givenName', 'previousFamilyName', 'dateOfBirth'],
      'learningProviderName',
      ...['lastKnownPostCode', 'gender', 'grade', 'reason', '_user'],
    ),
    everywhere: fc.boolean(),
    waits: fc.boolean(),
    basis: fc.constantFrom('court-order' as const, 'special-category-data' as const),
  })
  .map(({ who, event, field, everywhere, waits, basis }) => async ({ ledger, weak, ulns }) => {
    const uln = ulns[who];
    const events = uln === undefined ? [] : await ledger.readAll(uln);
    const id = events[event % Math.max(events.length, 1)]?.id;
    if (uln === undefined || id === undefined) {
      return;
    }
    const on = waits ? weak : ledger;
    const selection = { event: id, fields: [field], everywhere };
    const stream = await ledger.streamOf(uln);
    const proposer = requestOf(REGISTRY, 'officer1');
    const { orders } = await on.erasure.propose(stream, selection, basis, proposer);
    for (const order of orders) {
      await on.erasure.order(order, requestOf(REGISTRY, 'officer2'));
    }
  });

const reviewing = fc
  .record({
    who: someone,
    type: fc.constantFrom(
      'ReportSensitive',
      'DismissReview',
      'QuarantineEntry',
      'QuarantineEntry',
      'DecideQuarantine',
      'DecideQuarantine',
    ),
    id: fc.constantFrom('1', '2', '3'),
    entryId: fc.constantFrom('A-1', 'A-2'),
    by: fc.constantFrom(...SOURCES),
    ofDetails: fc.boolean(),
    outcome: fc.constantFrom('dismiss', 'redact'),
    user: fc.constantFrom('officer1', 'officer2'),
  })
  .map(({ who, type, id, entryId, by, ofDetails, outcome, user }) => {
    const entry = { kind: 'achievement', submittedBy: by, entryId };
    const data = {
      ReportSensitive: { reportId: id, entry: ofDetails ? null : entry, reason: 'Too much' },
      DismissReview: { reviewId: id, reason: 'It is nothing' },
      QuarantineEntry: { quarantineId: id, entry },
      DecideQuarantine: { quarantineId: id, outcome },
    }[type];
    return commandTo(who, type as LearnerRequest['type'], data, by, user);
  });

const retaining = fc
  .record({
    who: someone,
    type: fc.constantFrom('PlaceLegalHold', 'ReleaseLegalHold', 'RecordVitalStatus'),
    holdId: fc.constantFrom('H-1', 'H-2'),
    dateOfDeath: fc.constantFrom('2020-02-02', null),
  })
  .map(({ who, type, holdId, dateOfDeath }) => {
    const data = {
      PlaceLegalHold: { holdId, reason: 'A claim' },
      ReleaseLegalHold: { holdId },
      RecordVitalStatus: { dateOfDeath },
    }[type];
    return commandTo(who, type as LearnerRequest['type'], data, REGISTRY);
  });

const disposing: fc.Arbitrary<Step> = fc
  .record({ who: someone, waits: fc.boolean() })
  .map(({ who, waits }) => async ({ ledger, weak, ulns }) => {
    const uln = ulns[who];
    if (uln !== undefined) {
      const { retention } = waits ? weak : ledger;
      const proposer = requestOf(REGISTRY, 'officer1');
      const { order } = await retention.propose(uln, 'court-order', DEFAULT_POLICY, proposer);
      await retention.order(order, DEFAULT_POLICY, requestOf(REGISTRY, 'officer2'));
    }
  });

const disposingOfImports: fc.Arbitrary<Step> = fc.constant(async ({ ledger, clock }) => {
  clock.advance(31 * 86_400_000);
  const keeper = { ...requestOf(REGISTRY, 'staff1'), by: { kind: 'keeper' }, user: null } as const;
  await ledger.retention.disposeImports(10, keeper);
});

const holding: fc.Arbitrary<Step> = fc
  .record({
    stream: fc.constantFrom(...IMPORTS),
    row: fc.integer({ min: 1, max: 3 }),
    code: fc.constantFrom<HoldCode>('ERR_LEARNER_NOT_FOUND', 'ERR_IDENTITY_MISMATCH'),
    type: fc.constantFrom('HoldRow', 'HoldRow', 'ReleaseRow', 'RejectRow'),
  })
  .map(({ stream, row, code, type }) => async ({ ledger: { parts } }) => {
    const by = { kind: 'keeper' } as const;
    const recordedBy = '00000000-0000-4000-8000-000000000001';
    const commands: Record<string, HeldRowsCommand> = {
      HoldRow: {
        type: 'HoldRow',
        started: { kind: 'achievements', submittedBy: AWARDING, rows: 3 },
        data: { row, recordedBy, code, cells: { Forename: 'Zoë' } },
      },
      ReleaseRow: { type: 'ReleaseRow', row, by },
      RejectRow: { type: 'RejectRow', row, reason: null, by },
    };
    const command = commands[type];
    const { events, end } = await parts.journal.read<ImportEvent>(stream);
    const state = events.reduce(
      (one, { event }) => heldRows.evolve(one, event),
      heldRows.initialState,
    );
    const decided = command === undefined ? [] : heldRows.decide(command, state);
    if (decided.length > 0) {
      const recording = recordingOf(requestOf(AWARDING, 'awards'), '');
      await parts.journal.append(stream, end, decided, recording);
    }
  });

const merging: fc.Arbitrary<Step> = fc
  .record({
    who: someone,
    other: someone,
    type: fc.constantFrom('merge', 'merge', 'decide', 'unmerge', 'resume', 'retire'),
  })
  .map(({ who, other, type }) => async ({ ledger, ulns }) => {
    const [master, superseded] = [ulns[who], ulns[other]];
    if (master === undefined || superseded === undefined) {
      return;
    }
    const keeper = requestOf(REGISTRY, 'x', { by: { kind: 'keeper' }, user: null });
    const one = { uln: master, stream: await ledger.streamOf(master) };
    const stands = (await ledger.record(master)).merging.merged.at(0);
    const deeds: Readonly<Record<typeof type, () => Promise<unknown>>> = {
      merge: () => merge(ledger, one, { uln: superseded }),
      decide: () => decideOnly(ledger, one, { uln: superseded }),
      unmerge: async () => stands && unmerge(ledger, one, stands.key),
      resume: () => ledger.merging.resume(),
      // Seldom, because nothing is recorded after it.
      retire: async () =>
        who === other &&
        ledger.handle(master, { type: 'RetireUln', data: { cause: 'other', reason: 'r' } }, keeper),
    };
    await deeds[type]();
  });

const view = fc.constantFrom(...keptViews.map(({ name }) => name as ViewName));
const looking: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: view.map(
      (name): Step =>
        async ({ ledger: { parts } }) => {
          const kept = keptViews.find((one) => one.name === name);
          return kept && parts.runner.catchUp(kept);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: view.map(
      (name): Step =>
        ({ ledger }) =>
          ledger.projections.rebuild(name),
    ),
  },
  {
    weight: 1,
    arbitrary: view.map(
      (name): Step =>
        ({ ledger }) =>
          ledger.projections.rollback(name),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Step>(({ ledger }) => ledger.erasure.resume()) },
  { weight: 2, arbitrary: fc.constant<Step>(async ({ clock }) => clock.advance(1000)) },
);

/** Up to 70 steps after two learners were registered. */
export const plays: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    registering,
    registering,
    fc.array(
      fc.oneof(
        { weight: 2, arbitrary: registering },
        { weight: 3, arbitrary: amending },
        { weight: 5, arbitrary: achieving },
        { weight: 3, arbitrary: challenging },
        { weight: 3, arbitrary: redacting },
        { weight: 4, arbitrary: reviewing },
        { weight: 2, arbitrary: holding },
        { weight: 2, arbitrary: merging },
        { weight: 1, arbitrary: retaining },
        { weight: 1, arbitrary: disposing },
        { weight: 1, arbitrary: disposingOfImports },
        { weight: 4, arbitrary: looking },
      ),
      { maxLength: 70, size: 'max' },
    ),
  )
  .map(([one, other, rest]) => [one, other, ...rest]);

/** Does a step, unless the rules refuse it. */
export async function take(step: Step, stage: Stage): Promise<void> {
  try {
    await step(stage);
  } catch (error) {
    if (!(error instanceof DomainError)) {
      throw error;
    }
  }
}

/** Sets the stage on a ledger without learners. */
export async function createStage(ledger: Ledger, clock: TestClock): Promise<Stage> {
  return { ledger, weak: await onWeakEngine(ledger), clock, ulns: [] };
}

function commandTo(
  who: number,
  type: LearnerRequest['type'],
  data: unknown,
  by: Ukprn,
  user = 'staff1',
): Step {
  return async ({ ledger, ulns }) => {
    const uln = ulns[who];
    const request: Request = requestOf(by, user);
    // Sound: `handle` parses the data by the schema of the type.
    return uln && ledger.handle(uln, { type, data } as LearnerRequest, request);
  };
}
