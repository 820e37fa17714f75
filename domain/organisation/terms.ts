import { z } from 'zod';
import { lineOf } from '../values/text.js';

/** An opaque user id, as the person's organisation gives it: it stands in clear for ever, so never a name. */
export const UserId = z
  .string()
  .regex(
    /^(?!.*\d{10})[A-Za-z0-9][A-Za-z0-9._-]{0,34}$/,
    'expected an opaque user id of up to 35 letters, digits and . _ -, and no ten digits in a row, which could be a ULN',
  );

/**
 * What kind of organisation it is. Source: the service's user guide (Learner Registration Bodies are
 * schools, colleges, universities, prisons and local authorities; awarding organisations; advisers;
 * admissions services). `service-operator`, the service's own staff, is ours.
 */
export const OrganisationType = z.enum([
  'school',
  'college',
  'higher-education',
  'training-provider',
  'offender-learning',
  'local-authority',
  'awarding-organisation',
  'adviser',
  'admissions-service',
  'service-operator',
]);
export type OrganisationType = z.infer<typeof OrganisationType>;

/**
 * What a person may do. The first five are the service's (its user guide for learner registration
 * bodies); the last three are ours, for the staff of the service operator.
 */
export const Role = z.enum([
  'awarding-body-user',
  'batch-user',
  'online-user',
  'view-only',
  'super-user',
  'service-desk',
  'data-protection',
  'auditor',
]);
export type Role = z.infer<typeof Role>;

/** The roles that only the service operator's staff can have. */
export const operatorRoles: readonly Role[] = ['service-desk', 'data-protection', 'auditor'];

/** Who signs for an organisation. Source: the registration form names directors, secretaries and head teachers. */
export const SignatoryRole = z.enum([
  'director',
  'company-secretary',
  'head-teacher',
  'principal',
  'chief-executive',
  'vice-chancellor',
  'governor',
  'sole-trader',
]);

/** How an agreement is signed. Typed signatures are there to be refused. Source: the registration form. */
export const Signature = z.enum(['hand', 'digital', 'typed']);

/** The domain of an organisation's own addresses, in small letters: `college.example`. */
export const MailDomain = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
    'expected a domain such as college.example',
  );

/** An organisation's name: one line. */
export const OrganisationName = lineOf(255);

/** Why access stopped, in neutral codes, because the stream is in clear. */
export const SuspensionCause = z.enum([
  'breach-of-agreement',
  'suspected-abuse',
  'automatic-abuse-detection',
  'data-protection-registration',
  'organisation-closed',
  'at-own-request',
]);
