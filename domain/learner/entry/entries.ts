import { z } from 'zod';
import { CalendarDate } from '../../values/date.js';
import { SubjectCode } from '../../values/subjectCode.js';
import { lineOf, OwnKey } from '../../values/text.js';
import { Ukprn } from '../../values/ukprn.js';

/** Where an entry came from, in the service's codes: ILR returns, National Pupil Database, awarding organisation, its units. */
const Source = z.enum(['ILR', 'NPD', 'AO', 'QCFU']);

/** A qualification's level, as the register of qualifications spells it. */
const Level = z.enum([
  'Entry Level',
  'Level 1',
  'Level 1/2',
  'Level 2',
  'Level 3',
  'Level 4',
  'Level 5',
  'Level 6',
  'Level 7',
  'Level 8',
]);

/** Participation or achievement: the two kinds of entry in a Personal Learning Record. */
const EntryKind = z.enum(['participation', 'achievement']);

/**
 * Names one entry of a learner: the submitting source's UKPRN and the id that source gave it. Ids
 * belong to their source, so two sources that both count from 1 do not collide.
 */
export const EntryReference = z.strictObject({
  kind: EntryKind,
  submittedBy: Ukprn,
  entryId: OwnKey,
});
export type EntryReference = z.infer<typeof EntryReference>;

/** An entry reference as one text, `achievement 10000001 A-1`: the key it is folded under. */
export function entryKey(entry: EntryReference): string {
  return `${entry.kind} ${entry.submittedBy} ${entry.entryId}`;
}

/** Which entry an event or a command on an entry names. */
export type EntryNaming = { readonly submittedBy: Ukprn } & (
  | { readonly achievementId: string }
  | { readonly participationId: string }
);

/** The entry that an event or a command names, by its field for the id. */
export function entryReferenceOf(data: EntryNaming): EntryReference {
  const { submittedBy } = data;
  return 'achievementId' in data
    ? { kind: 'achievement', submittedBy, entryId: data.achievementId }
    : { kind: 'participation', submittedBy, entryId: data.participationId };
}

/** The key of the entry that an event or a command names. */
export function entryKeyOf(data: EntryNaming): string {
  return entryKey(entryReferenceOf(data));
}

const shared = {
  source: Source,
  subjectCode: SubjectCode,
  level: Level.nullable(),
  collectionType: z
    .string()
    .regex(/^[A-Z]$/, 'expected one capital letter')
    .nullable(),
  returnNumber: z
    .string()
    .regex(/^\d{2}$/, 'expected two digits')
    .nullable(),
} as const;

// Names of providers and subjects can reveal health or offences (a hospital school, prison
// education), so they are redactable where codes and dates that views count by are not.
const sharedRedactable = {
  subject: lineOf(255).nullable(),
  qualificationType: lineOf(100).nullable(),
  learningProvider: Ukprn.nullable(),
  learningProviderName: lineOf(255).nullable(),
} as const;

/** What a participation says, besides whose it is: fields that stay, and fields that can be redacted. */
export const participationPlainShape = {
  ...shared,
  participationStartDate: CalendarDate,
  participationEndDate: CalendarDate.nullable(),
} as const;
export const participationRedactableShape = sharedRedactable;

/**
 * What an achievement says. `credits` is a whole number; `grade` is as awarded, and the service's
 * value for "no grade", 9999999999, is kept as it comes. Field names follow the service's learning event.
 */
export const achievementPlainShape = {
  ...shared,
  achievementAwardDate: CalendarDate,
  awardingOrganisation: Ukprn.nullable(),
  credits: z.int().min(0).max(9999).nullable(),
  languageForAssessment: z
    .string()
    .regex(/^[A-Z]{3}$/, 'expected a language code of three capitals')
    .nullable(),
} as const;
export const achievementRedactableShape = {
  ...sharedRedactable,
  awardingOrganisationName: lineOf(255).nullable(),
  grade: lineOf(30).nullable(),
} as const;

/** True when a grade is an achievement: neither U (unclassified) nor the value for "no grade", nor none at all. */
export function isAchievedGrade(grade: string | null): boolean {
  return grade !== null && grade.toUpperCase() !== 'U' && grade !== NO_GRADE;
}

/** What the service writes where there is no grade. Source: observed in ILR participation aims. */
const NO_GRADE = '9999999999';
