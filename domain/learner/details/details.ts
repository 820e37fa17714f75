import { z } from 'zod';
import { CalendarDate } from '../../values/date.js';
import { Postcode } from '../../values/postcode.js';
import { ScottishCandidateNumber } from '../../values/scottishCandidateNumber.js';
import { lineOf, paragraphOf } from '../../values/text.js';

/** 0 not known, 1 male, 2 female, 9 not specified or withheld. Source: observed in the service's requests. */
const Gender = z.enum(['0', '1', '2', '9']);

/** 0 notice not seen, 1 seen and able to share data, 2 seen and unable to share. Source: the service's schema. */
const AbilityToShare = z.enum(['0', '1', '2']);

/**
 * How identity was verified: 0 not provided, 1 relationship with school, 2 passport, 3 driving
 * licence, 4 identity card, 5 National Insurance card, 6 Certificate of Entitlement to Funding,
 * 7 bank card, 999 other. Values from the service's schema; their pairing with the labels is derived.
 */
const VerificationType = z.enum(['0', '1', '2', '3', '4', '5', '6', '7', '999']);

/**
 * What is known of a learner, by the service's field names and lengths (its batch registration
 * schema). The fields it has for ethnicity, disability and the like are left out on purpose: the
 * privacy notice promises every effort not to collect them.
 */
export const learnerDetailsShape = {
  title: lineOf(35).nullable(),
  givenName: lineOf(35),
  preferredGivenName: lineOf(35).nullable(),
  middleOtherName: lineOf(35).nullable(),
  familyName: lineOf(35),
  previousFamilyName: lineOf(35).nullable(),
  familyNameAtAge16: lineOf(35).nullable(),
  schoolAtAge16: lineOf(254).nullable(),
  lastKnownAddressLine1: lineOf(50).nullable(),
  lastKnownAddressLine2: lineOf(50).nullable(),
  lastKnownAddressTown: lineOf(50).nullable(),
  lastKnownAddressCountyOrCity: lineOf(50).nullable(),
  lastKnownPostCode: Postcode,
  dateOfAddressCapture: CalendarDate.nullable(),
  dateOfBirth: CalendarDate,
  placeOfBirth: lineOf(35).nullable(),
  emailAddress: lineOf(254)
    .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'expected an e-mail address')
    .nullable(),
  gender: Gender,
  nationality: z
    .string()
    .regex(/^[A-Z0-9]{1,3}$/, 'expected a nationality code of up to three capitals or digits')
    .nullable(),
  scottishCandidateNumber: ScottishCandidateNumber.nullable(),
  abilityToShare: AbilityToShare,
  verificationType: VerificationType,
  otherVerificationDescription: lineOf(255).nullable(),
  notes: paragraphOf(4000).nullable(),
} as const;

const learnerDetailsObject = z.strictObject(learnerDetailsShape);

/** The details of one learner; optional ones are an explicit `null`. */
export type LearnerDetails = z.infer<typeof learnerDetailsObject>;

/** Details as a source gives them: what is optional may be missing. "Other" verification must be described. */
export const LearnerDetailsInput = missingAsNull(learnerDetailsShape).refine(
  (details) => details.verificationType !== '999' || details.otherVerificationDescription !== null,
  {
    path: ['otherVerificationDescription'],
    error: 'expected a description, because verificationType is 999 (other)',
  },
);

/** A strict object in which a nullable field may be missing and then reads as `null`. */
export function missingAsNull<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = Object.entries(shape).map(([name, schema]) => [
    name,
    schema instanceof z.ZodNullable ? schema.default(null) : schema,
  ]);
  // Sound: only input types change, by the defaults added to nullable fields.
  return z.strictObject(Object.fromEntries(fields) as Defaulted<Shape>);
}

type Defaulted<Shape extends z.ZodRawShape> = {
  [Name in keyof Shape]: Shape[Name] extends z.ZodNullable
    ? z.ZodDefault<Shape[Name]>
    : Shape[Name];
};
