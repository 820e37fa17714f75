import { type Fact, HEAD, type ModelState, stateAt } from './model.js';
import type { Random } from './random.js';
import type { Asked } from './rules.js';

const SOURCES = ['10000002', '10000003', '10000004'];
const ROUTES = ['enrolment', 'helpdesk', 'own-account'];
const SUBJECT_CODES = ['601/0143/X', '500/2652/5', 'H/505/0053', 'ZPROG001'];
const GRADES = ['Pass', 'Merit', 'Distinction', 'U', '9999999999', null];
const FAMILY_NAMES = ['Sampleton', 'Placeholder', 'Testcase', 'Madeup', 'Fictional'];
const TOWNS = ['Nowhere', 'Elsewhere', 'Anytown', null];
const NOTES = ['Prefers letters', 'Prefers e-mail', null];
const DAY_MS = 86_400_000;

/** Details of a made-up learner, every field named. */
export function inventDetails(random: Random, today: string): Record<string, unknown> {
  return {
    title: null,
    givenName: random.pick(['Amber', 'Bryn', 'Cerys', 'Dylan', 'Erin']),
    preferredGivenName: null,
    middleOtherName: null,
    familyName: random.pick(FAMILY_NAMES),
    previousFamilyName: null,
    familyNameAtAge16: null,
    schoolAtAge16: null,
    lastKnownAddressLine1: null,
    lastKnownAddressLine2: null,
    lastKnownAddressTown: random.pick(TOWNS),
    lastKnownAddressCountyOrCity: null,
    lastKnownPostCode: 'ZZ99 9ZZ',
    dateOfAddressCapture: null,
    dateOfBirth: daysBefore(today, 5000 + random.below(2000)),
    placeOfBirth: null,
    emailAddress: null,
    gender: random.pick(['0', '1', '2', '9']),
    nationality: null,
    scottishCandidateNumber: null,
    abilityToShare: random.pick(['0', '1', '1', '1', '2']),
    verificationType: '1',
    otherVerificationDescription: null,
    notes: random.pick(NOTES),
  };
}

/** A command that may or may not make sense for what is known of the learner. */
export function inventCommand(random: Random, facts: readonly Fact[], today: string): Asked {
  const state = stateAt(facts, HEAD);
  const kind = random.below(100);
  if (kind < 12) {
    return amendment(random, today);
  }
  if (kind < 24) {
    return optOut(random, today);
  }
  if (kind < 44) {
    return challenge(random, state);
  }
  const recorded = facts.filter(({ what }) => what === 'recorded');
  if (kind < 50 && recorded.length > 0) {
    return sameAgain(random.pick(recorded));
  }
  return kind < 68 ? recording(random, today) : entryChange(random, state, today);
}

/** The date a number of days before another. */
export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * DAY_MS).toISOString().slice(0, 10);
}

function amendment(random: Random, today: string): Asked {
  const changes = {
    ...(random.chance(0.6) ? { familyName: random.pick(FAMILY_NAMES) } : {}),
    ...(random.chance(0.5) ? { lastKnownAddressTown: random.pick(TOWNS) } : {}),
    ...(random.chance(0.3) ? { notes: random.pick(NOTES) } : {}),
  };
  const by = random.pick([...SOURCES, 'keeper', 'learner']);
  return {
    type: 'AmendLearnerDetails',
    data: { effectiveDate: effectiveDate(random, today), changes },
    by,
  };
}

function optOut(random: Random, today: string): Asked {
  const by = random.pick([...SOURCES, 'keeper', 'keeper', 'learner', 'learner']);
  const own = by === 'learner' ? 'own-account' : by === 'keeper' ? 'helpdesk' : 'enrolment';
  const data = {
    route: random.chance(0.9) ? own : random.pick(ROUTES),
    effectiveDate: effectiveDate(random, today),
    evidenceReference: random.pick(['Letter 7', 'Call 12', null]),
  };
  if (random.chance(0.45)) {
    return { type: 'LiftOptOut', data, by };
  }
  return {
    type: 'SetOptOut',
    data: { of: random.chance(0.1) ? 'uln' : 'sharing', ...data },
    by,
  };
}

function challenge(random: Random, state: ModelState): Asked {
  const challengeId = `C-${1 + random.below(5)}`;
  const reason = random.pick(['The certificate differs', 'That was not me', 'A wrong date']);
  const entries = Object.keys(state.entries);
  const known = state.challenges[challengeId];
  if (known === undefined || random.chance(0.15)) {
    const key =
      entries.length === 0 || random.chance(0.3)
        ? null
        : random.pick([...entries, 'achievement 10000002 A-77']);
    const [kind, submittedBy, entryId] = key?.split(' ') ?? [];
    const entry = key === null ? null : { kind, submittedBy, entryId };
    const by = random.pick(['learner', 'learner', 'keeper', ...SOURCES]);
    const data = { challengeId, entry, reason, evidenceReference: null };
    return { type: 'RaiseChallenge', data, by };
  }
  const owner = String(known.entry).split(' ')[1] ?? 'keeper';
  const by = random.pick([String(known.raisedBy), owner, owner, 'keeper', '10000004']);
  const type = random.pick(['WithdrawChallenge', 'UpholdChallenge', 'RejectChallenge']);
  return { type, data: { challengeId: random.chance(0.05) ? 'C-77' : challengeId, reason }, by };
}

function recording(random: Random, today: string): Asked {
  const submittedBy = random.pick(SOURCES);
  const by = random.chance(0.06) ? random.pick(['keeper', 'learner', ...SOURCES]) : submittedBy;
  const number = 1 + random.below(4);
  const shared = {
    submittedBy,
    subjectCode: random.pick(SUBJECT_CODES),
    level: random.pick(['Level 2', 'Level 3', null]),
    collectionType: null,
    returnNumber: null,
    subject: random.pick(['Example Studies', 'Sample Skills', null]),
    qualificationType: null,
    learningProvider: null,
    learningProviderName: random.pick(['Example College', 'Sample School', null]),
  };
  const date = daysBefore(today, random.below(2500) - (random.chance(0.05) ? 2600 : 0));
  if (random.chance(0.4)) {
    const participationEndDate = random.chance(0.5)
      ? null
      : daysBefore(date, 30 - random.below(700));
    const dates = { participationStartDate: date, participationEndDate };
    const data = { participationId: `P-${number}`, source: 'ILR', ...shared, ...dates };
    return { type: 'RecordParticipation', data, by };
  }
  const data = {
    achievementId: `A-${number}`,
    standing: random.pick(['provisional', 'provisional', 'final']),
    source: 'AO',
    ...shared,
    achievementAwardDate: date,
    awardingOrganisation: null,
    credits: random.pick([null, 3, 12]),
    languageForAssessment: null,
    awardingOrganisationName: random.pick(['Example Awards', null]),
    grade: random.pick(GRADES),
  };
  return { type: 'RecordAchievement', data, by };
}

/** An entry as its source first sent it, whatever was corrected or redacted since. */
function sameAgain({ subject, values, more }: Fact): Asked {
  const [kind, submittedBy = '', entryId] = subject.split(' ');
  return kind === 'achievement'
    ? {
        type: 'RecordAchievement',
        data: { achievementId: entryId, submittedBy, standing: more['standing'], ...values },
        by: submittedBy,
      }
    : {
        type: 'RecordParticipation',
        data: { participationId: entryId, submittedBy, ...values },
        by: submittedBy,
      };
}

function entryChange(random: Random, state: ModelState, today: string): Asked {
  const keys = Object.keys(state.entries);
  const key =
    keys.length === 0 || random.chance(0.04) ? 'achievement 10000002 A-77' : random.pick(keys);
  const [kind = '', submittedBy = '', entryId = ''] = key.split(' ');
  const isAchievement = kind === 'achievement';
  const by = random.chance(0.06) ? random.pick(['keeper', 'learner', ...SOURCES]) : submittedBy;
  const names = { [`${kind}Id`]: entryId, submittedBy };
  const noun = isAchievement ? 'Achievement' : 'Participation';
  const likely = (state.entries[key]?.withdrawnSince ?? null) !== null ? 'Reinstate' : 'Correct';
  const verb = random.pick([likely, likely, 'Correct', 'Withdraw', 'Reinstate', 'Confirm']);
  const date = effectiveDate(random, today);
  if (verb === 'Confirm' && isAchievement) {
    return { type: 'ConfirmAchievement', data: { ...names, effectiveDate: date }, by };
  }
  if (verb === 'Withdraw' || verb === 'Reinstate') {
    const reason = random.pick(['Entered in error', 'Wrong learner', null]);
    return { type: `${verb}${noun}`, data: { ...names, effectiveDate: date, reason }, by };
  }
  const ownDate = daysBefore(today, random.below(4000) - (random.chance(0.05) ? 4100 : 0));
  const changes = {
    ...(random.chance(0.4)
      ? { subject: random.pick(['Example Studies', 'Sample Skills', null]) }
      : {}),
    ...(random.chance(0.5)
      ? { [isAchievement ? 'achievementAwardDate' : 'participationStartDate']: ownDate }
      : {}),
    ...(random.chance(0.5) && isAchievement ? { grade: random.pick(GRADES) } : {}),
  };
  return { type: `Correct${noun}`, data: { ...names, changes }, by };
}

/** Mostly left to the rules, often some time ago, now and then still to come. */
function effectiveDate(random: Random, today: string): string | null {
  if (random.chance(0.5)) {
    return null;
  }
  return daysBefore(today, random.chance(0.08) ? -40 : random.below(1500));
}
