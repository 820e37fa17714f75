import pc from 'picocolors';
import { WAYS_TO_COMPLAIN } from '../../domain/learner/challenge/complaint.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted } from '../../domain/redaction.js';
import type { Change } from '../../projections/live/diff.js';
import type { DisclosedPlr } from '../../projections/live/disclosed.js';
import type { Plr, PlrQualification } from '../../projections/live/plr.js';
import { isUnderWay, type PlrChallenge } from '../../projections/live/plrChallenges.js';
import type { PlrEntry } from '../../projections/live/plrEntries.js';
import type { Point } from '../../projections/live/point.js';
import { isTerminal } from './context.js';

/** As wide as most names of details, so that values stand in one column. */
const WIDTH = 22;

/** Colours for a terminal, none elsewhere or where NO_COLOR is set. */
export function coloursFor(
  stream: NodeJS.WritableStream,
  environment: Readonly<Record<string, string | undefined>>,
) {
  return pc.createColors(isTerminal(stream) && !environment['NO_COLOR']);
}

/** One value as a person reads it. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) {
    return '–';
  }
  if (isRedacted(value)) {
    return `[redacted ${value.on.slice(0, 10)}, ${value.basis}]`;
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The point asked for, in words. */
export function pointText({ asAt, validAt, version }: Point): string {
  const parts = [
    ...(asAt === null ? [] : [`as at ${asAt}`]),
    ...(validAt === null ? [] : [`valid at ${validAt}`]),
    ...(version === null ? [] : [`at version ${version}`]),
  ];
  return parts.length === 0 ? 'now' : parts.join(', ');
}

/** A Personal Learning Record as lines of text. */
export function plrLines(plr: Plr): readonly string[] {
  if (plr.disposed !== null) {
    const { on, basis } = plr.disposed;
    return [`The record was disposed of: ordered ${on.slice(0, 10)}, ${basis}.`];
  }
  if (plr.details === null && plr.qualifications.length === 0) {
    return ['No ULN had been issued.'];
  }
  const { sharing } = plr;
  return [
    ...detailsLines(plr),
    `${'Sharing'.padEnd(WIDTH)} ${sharing.optedOut ? `opted out since ${sharing.since} (${sharing.route})` : 'participation and achievement data is shared'}`,
    ...(plr.qualifications.length === 0 ? ['', 'Nothing recorded.'] : []),
    ...plr.qualifications.flatMap(qualificationLines),
    ...challengeLines(plr),
  ];
}

/** A record as an outside organisation sees it, as lines of text. */
export function disclosedLines(plr: DisclosedPlr): readonly string[] {
  return [
    ...detailsLines(plr),
    ...(plr.qualifications.length === 0 ? ['', 'Nothing to show.'] : []),
    ...plr.qualifications.flatMap(qualificationLines),
  ];
}

function detailsLines({
  uln,
  details,
}: Pick<Plr, 'uln'> & {
  readonly details: Readonly<Record<string, unknown>> | null;
}): readonly string[] {
  if (details === null) {
    return [`${'ULN'.padEnd(WIDTH)} none had been issued by then`];
  }
  const named = [details['givenName'], details['middleOtherName'], details['familyName']];
  const known = Object.entries(details).filter(
    ([name, value]) =>
      value !== null && !['givenName', 'middleOtherName', 'familyName'].includes(name),
  );
  return [
    `${'ULN'.padEnd(WIDTH)} ${uln}`,
    `${'Name'.padEnd(WIDTH)} ${named
      .filter((value) => value !== null)
      .map(valueText)
      .join(' ')}`,
    ...known.map(([name, value]) => `${wordsOf(name).padEnd(WIDTH)} ${valueText(value)}`),
  ];
}

/** One qualification of a record with its entries, as lines of text. */
export function qualificationLines(qualification: PlrQualification): readonly string[] {
  const { key, subject, level, achievements, participations } = qualification;
  const levelText = level === null ? '' : `  (${valueText(level)})`;
  return [
    '',
    `${key}  ${valueText(subject)}${levelText}`,
    ...achievements.map((entry) => `  ${achievementText(entry)}${marks(entry)}`),
    ...participations.map((entry) => `  ${participationText(entry)}${marks(entry)}`),
  ];
}

function achievementText({ values, standing, achieved, reference }: PlrEntry): string {
  const outcome = achieved === null ? 'outcome redacted' : achieved ? 'achieved' : 'no achievement';
  const grade = `grade ${valueText(values['grade'])}`;
  return `${values['achievementAwardDate']}  ${outcome}, ${grade}, ${standing}, submitted by ${reference.submittedBy} as ${reference.entryId}`;
}

function participationText({ values, reference }: PlrEntry): string {
  const { participationStartDate: start, participationEndDate: end } = values;
  const until = end === null ? 'took part from here on' : `took part to ${valueText(end)}`;
  return `${start}  ${until}, submitted by ${reference.submittedBy} as ${reference.entryId}`;
}

function marks({ disputedBy, challenges, redactedFields, correctedAt }: PlrEntry): string {
  const disputes = challenges
    .filter(({ number }) => disputedBy.includes(number))
    .map((one) =>
      one.state === 'open' ? `${one.number}` : `${one.number} upheld, to be corrected`,
    );
  return [
    ...(correctedAt === null ? [] : [`  corrected ${correctedAt.slice(0, 10)}`]),
    ...(disputedBy.length === 0 ? [] : [`  DISPUTED (challenge ${disputes.join(', ')})`]),
    ...(redactedFields.length === 0 ? [] : [`  REDACTED (${redactedFields.join(', ')})`]),
  ].join('');
}

function challengeLines({ challenges }: Plr): readonly string[] {
  if (challenges.length === 0) {
    return [];
  }
  return [
    '',
    'Challenges',
    ...challenges.map(challengeLine),
    ...(challenges.some(({ state }) => state === 'rejected')
      ? ['  After a rejection you can:', ...WAYS_TO_COMPLAIN.map((way) => `    ${way}`)]
      : []),
  ];
}

function challengeLine(challenge: PlrChallenge): string {
  const { number, state, raisedAt, decidedAt, resolvedAt, reason, extension, answer } = challenge;
  const on = challenge.entry ?? `the ${challenge.concerning}`;
  const other = challenge.duplicateOf === null ? '' : `, also ${valueText(challenge.duplicateOf)}`;
  const steps = [
    `raised ${raisedAt.slice(0, 10)}`,
    ...(decidedAt === null ? [] : [`decided ${decidedAt.slice(0, 10)}`]),
    ...(resolvedAt === null ? [] : [`corrected ${resolvedAt.slice(0, 10)}`]),
    ...(state === 'upheld' && isUnderWay(challenge) ? ['to be corrected'] : []),
    ...(state === 'open' ? [`due ${challenge.dueDate}`] : []),
  ];
  const longer = challenge.extended ? `; takes longer: ${valueText(extension)}` : '';
  const answered = answer === null ? '' : `; answer: ${valueText(answer)}`;
  return `  ${number}  ${state}, ${steps.join(', ')} on ${on}${other}: ${valueText(reason)}${longer}${answered}`;
}

/** One line that names an event: when, where in the stream, what, and by whom for what. */
export function eventLine(recorded: Recorded<LearnerEvent>): string {
  const { version, recordedAt, event, user, organisation, purpose, disposedType } = recorded;
  const place = `${String(version).padStart(3)}  ${recordedAt}`;
  if (disposedType !== null) {
    return `${place}  ${disposedType}  disposed of`;
  }
  const who =
    organisation === null ? actorText(user) : `${valueText(user)}@${valueText(organisation)}`;
  return `${place}  ${event.type}  by ${who} for ${valueText(purpose)}`;
}

function actorText(user: Recorded<LearnerEvent>['user']): string {
  if (user === null) {
    return 'the keeper';
  }
  return user === 'learner' ? 'the learner' : valueText(user);
}

/** The fields of an event as lines; those that stay as they were are left out. */
export function dataLines(event: LearnerEvent): readonly string[] {
  return Object.entries(event.data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      // A reseal repeats what the redacted event still shows: the names say enough.
      const shown = name === 'kept' ? Object.keys(value).join(', ') : changeText(value);
      return `       ${name}: ${shown}`;
    });
}

/** What changed between two records, a line each. */
export function changeLines(changes: readonly Change[]): readonly string[] {
  return changes.map(({ path, before, after }) => {
    const where = path.join(' › ');
    if (before === undefined) {
      return `       + ${where}: ${summary(after)}`;
    }
    return after === undefined
      ? `       - ${where}: ${summary(before)}`
      : `       ~ ${where}: ${summary(before)} → ${summary(after)}`;
  });
}

function changeText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'to' in value) {
    return `→ ${valueText(value.to)}`;
  }
  if (typeof value === 'object' && value !== null && 'entryId' in value) {
    return entryKey(value as Parameters<typeof entryKey>[0]);
  }
  return valueText(value);
}

function summary(value: unknown): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'none' : value.map(summary).join('; ');
  }
  if (typeof value !== 'object' || value === null || isRedacted(value)) {
    return valueText(value);
  }
  // Of an entry its values say everything; who submitted it stands in its key.
  const parts =
    'values' in value && 'key' in value
      ? {
          entry: value.key,
          standing: 'standing' in value ? value.standing : null,
          ...(value.values as object),
        }
      : value;
  return Object.entries(parts)
    .filter(([name, part]) => part !== null && name !== 'key' && !isEmptyList(part))
    .map(([name, part]) => `${name} ${summary(part)}`)
    .join(', ');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function wordsOf(name: string): string {
  const words = name.replaceAll(/([A-Z]|\d+)/g, ' $1').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
