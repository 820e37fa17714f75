import fc from 'fast-check';
import { DomainError } from '../../../domain/errors.js';
import type { LearnerCommand, LearnerCommandOf } from '../../../domain/learner/commands.js';
import type { LearnerEvent } from '../../../domain/learner/events.js';
import { learner } from '../../../domain/learner/learner.js';
import type { Learner } from '../../../domain/learner/state.js';
import { Instant } from '../../../domain/values/date.js';
import {
  AWARDING,
  awarding,
  CODE_HASH,
  command,
  keeper,
  OTHER_ULN,
  PROVIDER,
  provider,
  theLearner,
} from './examples.js';

/** A command that was accepted: the state it met, and what it recorded, which may be nothing. */
export type Accepted = {
  readonly command: LearnerCommand;
  readonly before: Learner;
  readonly events: readonly LearnerEvent[];
};

// Few values of each field, so that commands often speak of what an earlier one recorded.
const at = fc
  .integer({ min: 0, max: 400 })
  .map((day) => Instant.parse(new Date(Date.UTC(2024, 0, 1 + day, 9)).toISOString()));
const date = fc.constantFrom('2019-08-15', '2021-08-12', '2022-08-18', '2023-08-17');
const effectiveDate = fc.option(date);
const grade = fc.option(fc.constantFrom('A', 'B', 'U', '9999999999'));
const subjectCode = fc.constantFrom('601/0143/X', '500/2652/5', 'K/501/5773');
const text = fc.constantFrom('One', 'Two', 'Three');
const achievementId = fc.constantFrom('1', '2');
const participationId = fc.constantFrom('1', '2');
const challengeId = fc.constantFrom('1', '2', '3');
const source = fc.constantFrom(
  { by: awarding, submittedBy: AWARDING },
  { by: provider, submittedBy: PROVIDER },
);
const anyone = fc.constantFrom(awarding, provider, theLearner, keeper);
const reason = fc.option(text);
const ROUTES = { learner: 'own-account', keeper: 'helpdesk', organisation: 'enrolment' } as const;

const onAchievement = fc.record({ source, achievementId, at });
const onParticipation = fc.record({ source, participationId, at });

const achievementCommands = fc
  .record({
    entry: onAchievement,
    values: fc.record({ achievementAwardDate: date, grade, subjectCode, subject: reason }),
    changes: fc.record(
      { achievementAwardDate: date, grade, subjectCode, subject: reason },
      { requiredKeys: [] },
    ),
    standing: fc.constantFrom('provisional' as const, 'final' as const),
    effectiveDate,
    reason,
  })
  .chain(({ entry, values, changes, standing, effectiveDate: from, reason: why }) => {
    const { by, submittedBy } = entry.source;
    const named = { achievementId: entry.achievementId, submittedBy };
    const who = { by, at: entry.at };
    const dated = { ...named, effectiveDate: from, reason: why };
    return fc.constantFrom<LearnerCommand[]>(
      command('RecordAchievement', { ...named, standing, ...values }, who),
      command('RecordAchievement', { ...named, standing, ...values }, who),
      command('CorrectAchievement', { ...named, changes }, who),
      command('ConfirmAchievement', { ...named, effectiveDate: from }, who),
      command('WithdrawAchievement', dated, who),
      command('ReinstateAchievement', dated, who),
    );
  });

const participationCommands = fc
  .record({
    entry: onParticipation,
    values: fc.record({ participationStartDate: date, subjectCode }),
    changes: fc.record(
      { participationStartDate: date, participationEndDate: fc.option(date), subject: reason },
      { requiredKeys: [] },
    ),
    effectiveDate,
    reason,
  })
  .chain(({ entry, values, changes, effectiveDate: from, reason: why }) => {
    const { by, submittedBy } = entry.source;
    const named = { participationId: entry.participationId, submittedBy };
    const who = { by, at: entry.at };
    const dated = { ...named, effectiveDate: from, reason: why };
    const recorded = { ...named, ...values, participationEndDate: null };
    return fc.constantFrom<LearnerCommand[]>(
      command('RecordParticipation', recorded, who),
      command('RecordParticipation', recorded, who),
      command('CorrectParticipation', { ...named, changes }, who),
      command('WithdrawParticipation', dated, who),
      command('ReinstateParticipation', dated, who),
    );
  });

// Of the names and birth dates some are the learner's, depending on what was amended.
const identity = fc.option(
  fc.record({
    givenName: fc.option(fc.constant('Alex')),
    familyName: fc.option(fc.constantFrom('Example', 'One')),
    dateOfBirth: fc.option(fc.constantFrom('2005-03-14', '2019-08-15'), { freq: 1 }),
  }),
);

/** A source's current version of an entry, which may have been recorded otherwise, withdrawn, or not at all. */
export const submissions: fc.Arbitrary<
  LearnerCommandOf<'SubmitAchievement' | 'SubmitParticipation'>
> = fc.oneof(
  fc
    .record({
      entry: onAchievement,
      standing: fc.constantFrom('provisional' as const, 'final' as const, 'withdrawn' as const),
      identity,
      values: fc.record({ achievementAwardDate: date, grade, subjectCode, subject: reason }),
    })
    .map(({ entry, standing, identity: who, values }) => {
      const { source: from, achievementId: id, at: when } = entry;
      const { by, submittedBy } = from;
      const named = { achievementId: id, submittedBy, standing, identity: who };
      return command('SubmitAchievement', { ...named, ...values }, { by, at: when });
    }),
  fc
    .record({
      entry: onParticipation,
      standing: fc.constantFrom('final' as const, 'final' as const, 'withdrawn' as const),
      identity,
      values: fc.record({
        participationStartDate: date,
        participationEndDate: fc.option(date),
        subjectCode,
        subject: reason,
      }),
    })
    .map(({ entry, standing, identity: who, values }) => {
      const { source: from, participationId: id, at: when } = entry;
      const { by, submittedBy } = from;
      const named = { participationId: id, submittedBy, standing, identity: who };
      return command('SubmitParticipation', { ...named, ...values }, { by, at: when });
    }),
);

const detailsCommands = fc
  .record({
    changes: fc.record(
      { familyName: text, notes: fc.option(text), dateOfBirth: date },
      { requiredKeys: [] },
    ),
    effectiveDate,
    by: anyone,
    at,
  })
  .chain(({ changes, effectiveDate: from, by, at: when }) => {
    const who = { by, at: when };
    const choice = { effectiveDate: from, route: ROUTES[by.kind], evidenceReference: 'CALL-1' };
    return fc.constantFrom<LearnerCommand[]>(
      command('AmendLearnerDetails', { effectiveDate: from, changes }, who),
      command('SetOptOut', choice, who),
      command('LiftOptOut', choice, who),
    );
  });

const sharingCommands = fc
  .record({
    id: fc.constantFrom('K-1', 'K-2'),
    startDate: fc.option(date),
    endDate: fc.option(date),
    isRestricted: fc.boolean(),
    reason: text,
    by: anyone,
    at,
  })
  .chain(({ id: connectionId, startDate, endDate, isRestricted, reason: why, by, at: when }) => {
    const who = { by, at: when };
    const ukprn = by.kind === 'organisation' ? by.ukprn : PROVIDER;
    const handling = isRestricted
      ? { reviewDate: '2030-01-01' }
      : { level: 'standard' as const, authorised: [], reviewDate: null };
    return fc.constantFrom<LearnerCommand[]>(
      command('EstablishConnection', { connectionId, ukprn, startDate, endDate }, who),
      command('EndConnection', { connectionId, endDate, reason: why }, who),
      command('ChangeHandling', { ...handling, reason: why }, { ...who, by: keeper }),
      command(
        'SetOptOut',
        { effectiveDate: '2018-01-01', route: 'helpdesk', evidenceReference: 'CALL-0' },
        { ...who, by: keeper },
      ),
      command('OverrideOptOut', { notice: 1 }, { ...who, by: provider }),
    );
  });

const challengeCommands = fc
  .record({ challengeId, entry: fc.option(onAchievement), reason: text, by: anyone, at })
  .chain(({ challengeId: id, entry, reason: why, by, at: when }) => {
    const who = { by, at: when };
    const disputed = entry && {
      kind: 'achievement' as const,
      submittedBy: entry.source.submittedBy,
      entryId: entry.achievementId,
    };
    return fc.constantFrom<LearnerCommand[]>(
      command('RaiseChallenge', { challengeId: id, entry: disputed, reason: why }, who),
      command('WithdrawChallenge', { challengeId: id, reason: why }, who),
      command('UpholdChallenge', { challengeId: id, reason: why }, who),
      command('RejectChallenge', { challengeId: id, reason: why }, who),
    );
  });

const uuid = (kind: string, number: number) => `00000000-0000-4000-8000-0000000000${kind}${number}`;

const viewCommands = fc
  .record({
    viewId: fc.constantFrom(uuid('c', 1), uuid('c', 2)),
    openingId: fc.constantFrom(...[1, 2, 3, 4, 5, 6, 7].map((number) => uuid('d', number))),
    codeHash: fc.constantFrom(CODE_HASH, { ...CODE_HASH, digest: 'E'.repeat(43) }),
    recipient: fc.constantFrom(
      { kind: 'link' as const },
      { kind: 'organisation' as const, ukprn: AWARDING },
    ),
    picked: fc.option(onAchievement),
    note: reason,
    by: anyone,
    at,
  })
  .chain(({ viewId, openingId, codeHash, recipient, picked, note, by, at: when }) => {
    const expiresAt = new Date(Date.parse(when) + 100 * 86_400_000).toISOString();
    const entry = picked && {
      kind: 'achievement' as const,
      submittedBy: picked.source.submittedBy,
      entryId: picked.achievementId,
    };
    const entries = entry === null ? [] : [{ entry, fields: ['grade'] }];
    const selection = { entries, details: ['givenName', 'uln'] };
    const made = recipient.kind === 'link' ? codeHash : null;
    const data = { viewId, recipient, note, expiresAt, selection, codeHash: made };
    const learnerNow = { by: theLearner, at: when };
    const index = Number(openingId.slice(-1));
    // Parsing is most of the work: only the command that is chosen is made.
    return fc
      .constantFrom<(() => LearnerCommand)[]>(
        () => command('CreateConfiguredView', data, learnerNow),
        () => command('CreateConfiguredView', data, { by, at: when }),
        () => command('IssueConfiguredViewCode', { viewId, codeHash }, learnerNow),
        () => command('RevokeConfiguredView', { viewId }, { by, at: when }),
        () => command('OpenConfiguredView', { viewId, openingId, codeHash }, { by, at: when }),
        () =>
          command('OpenConfiguredView', { viewId, openingId, codeHash }, { by: keeper, at: when }),
        () => command('ExportConfiguredView', { viewId, list: '2024', index }, { by, at: when }),
      )
      .map((chosen) => chosen());
  });

const reviewId = fc.constantFrom('1', '2');

const reviewCommands = fc
  .record({
    id: reviewId,
    cause: fc.option(reviewId),
    entry: onAchievement,
    outcome: fc.constantFrom('dismiss' as const, 'dismiss' as const, 'redact' as const),
    reason: text,
    by: fc.constantFrom(awarding, provider, provider, theLearner, keeper),
    user: fc.constantFrom('officer1', 'officer2'),
    at,
  })
  .chain(({ id, cause, entry, outcome, reason: why, by, user, at: when }) => {
    const { source: from, achievementId: entryId } = entry;
    const named = { kind: 'achievement' as const, submittedBy: from.submittedBy, entryId };
    const who = { by, user, at: when };
    return fc.constantFrom<LearnerCommand[]>(
      command('ReportSensitive', { reportId: id, entry: named, reason: why }, who),
      command('DismissReview', { reviewId: id, reason: why }, who),
      command('QuarantineEntry', { quarantineId: id, entry: named, cause }, who),
      command('QuarantineEntry', { quarantineId: id, entry: named, cause: null }, who),
      command('DecideQuarantine', { quarantineId: id, outcome, reason: why }, who),
      command('DecideQuarantine', { quarantineId: id, outcome, reason: why }, who),
    );
  });

const noticeCommands = fc
  .record({
    notice: fc.constantFrom(1, 2),
    language: fc.constantFrom('en' as const, 'cy' as const),
    by: anyone,
    at,
  })
  .chain(({ notice, language, by, at: when }) =>
    fc.constantFrom<LearnerCommand[]>(
      command('ShowNotice', { notice, language }, { by, at: when }),
      command('AcknowledgeNotice', { notice, language }, { by, at: when }),
    ),
  );

// A challenge is extended within a month or not at all.
const extensions = fc
  .record({ challengeId, reason: text, at })
  .map(({ challengeId: id, reason: why, at: when }): readonly LearnerCommand[] => [
    command(
      'RaiseChallenge',
      { challengeId: id, entry: null, reason: why },
      { by: theLearner, at: when },
    ),
    command(
      'ExtendChallenge',
      { challengeId: id, months: 2, reason: why },
      { by: keeper, at: when },
    ),
  ]);

const entryCommands = [
  { weight: 4, arbitrary: achievementCommands },
  { weight: 2, arbitrary: participationCommands },
  { weight: 2, arbitrary: submissions },
  { weight: 2, arbitrary: detailsCommands },
  { weight: 2, arbitrary: challengeCommands },
] as const;

const mergeIds = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
const mergingCommands = fc
  .record({
    mergeId: fc.constantFrom(...mergeIds),
    uln: fc.constantFrom(OTHER_ULN, '1000000000', '1000000019'),
    reason: text,
    at,
  })
  .chain(({ mergeId, uln, reason: why, at: when }) => {
    const who = { by: keeper, at: when };
    return fc.constantFrom<LearnerCommand[]>(
      command('MergeLearner', { mergeId, superseded: uln, reason: why }, who),
      command('UnmergeLearner', { mergeId, reason: why }, who),
      command('RefuseMerge', { mergeId, cause: 'refused', reason: why }, who),
      command('Supersede', { mergeId, master: uln }, who),
      command('EndSupersession', { mergeId }, who),
    );
  });

// Late and seldom, because nothing is recorded after it.
const retirement = at.map((when) => {
  const late = Instant.parse(when.replace(/^\d{4}/, '2026').replace('-02-29', '-02-28'));
  return command('RetireUln', {}, { at: late });
});

const retentionCommands = fc
  .record({
    outcome: fc.constantFrom('keep' as const, 'dispose' as const),
    later: fc.constantFrom('2026-01-01', '2027-01-01'),
    holdId: fc.constantFrom('1', '2'),
    endDate: fc.option(fc.constantFrom('2024-06-30', '2026-01-01')),
    dateOfDeath: fc.option(date),
    reason: text,
    by: anyone,
    at,
  })
  .chain(({ outcome, later, holdId, endDate, dateOfDeath, reason: why, by, at: when }) => {
    const who = { by, at: when };
    const nextReviewDate = outcome === 'keep' ? later : null;
    return fc.constantFrom<LearnerCommand[]>(
      command('ReviewRetention', { outcome, nextReviewDate, reason: why }, who),
      command('PlaceLegalHold', { holdId, endDate, reason: why }, who),
      command('ReleaseLegalHold', { holdId, reason: why }, who),
      command('RecordVitalStatus', { dateOfDeath }, who),
    );
  });

/**
 * A learner's history as the decider makes it: a ULN and up to 40 random commands, in the order of
 * their time, of which those that are refused are left out.
 */
export const histories: fc.Arbitrary<readonly Accepted[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 12, arbitrary: fc.oneof(...entryCommands).map((one) => [one]) },
        { weight: 3, arbitrary: reviewCommands.map((one) => [one]) },
        { weight: 1, arbitrary: noticeCommands.map((one) => [one]) },
        { weight: 1, arbitrary: extensions },
        { weight: 3, arbitrary: viewCommands.map((one) => [one]) },
        { weight: 3, arbitrary: sharingCommands.map((one) => [one]) },
        { weight: 2, arbitrary: mergingCommands.map((one) => [one]) },
        { weight: 2, arbitrary: retentionCommands.map((one) => [one]) },
      ),
      { maxLength: 40, size: 'max' },
    ),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: retirement.map((last) => [last]) },
    ),
  )
  .map(([commands, last]) => historyOf([...commands.flat(), ...last]));

/** The same without reviews and notices, so that entries meet more of what can happen to them. */
export const entryHistories: fc.Arbitrary<readonly Accepted[]> = fc
  .array(fc.oneof(...entryCommands), { maxLength: 40, size: 'max' })
  .map(historyOf);

function historyOf(commands: readonly LearnerCommand[]): readonly Accepted[] {
  const inOrder = commands.toSorted((one, other) => one.at.localeCompare(other.at));
  const first = command('IssueUln', {}, { at: Instant.parse('2024-01-01T08:00:00.000Z') });
  return accept([first, ...inOrder]);
}

function accept(commands: readonly LearnerCommand[]): readonly Accepted[] {
  const accepted: Accepted[] = [];
  let before = learner.initialState;
  for (const one of commands) {
    const events = decideOrNothing(one, before);
    if (events !== null) {
      accepted.push({ command: one, before, events });
      before = events.reduce(learner.evolve, before);
    }
  }
  return accepted;
}

/** What a command records, or `null` where it is refused. */
export function decideOrNothing(
  one: LearnerCommand,
  state: Learner,
): readonly LearnerEvent[] | null {
  try {
    return learner.decide(one, state);
  } catch (error) {
    if (error instanceof DomainError) {
      return null;
    }
    throw error;
  }
}
