import { z } from 'zod';
import type { Actor } from '../actor.js';
import { Purpose } from '../purpose.js';
import { CalendarDate, type Instant } from '../values/date.js';
import { lineOf, OwnKey } from '../values/text.js';
import { Ukprn } from '../values/ukprn.js';
import {
  MailDomain,
  OrganisationName,
  OrganisationType,
  Role,
  SignatoryRole,
  Signature,
  SuspensionCause,
  UserId,
} from './terms.js';

/** What is personal of a user: sealed in a stream of the user's own. */
export const PersonDetails = z.strictObject({
  name: lineOf(100),
  emailAddress: lineOf(254).regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'expected an e-mail address'),
  /** How it was verified who the person is. The service requires it to create a user. */
  verificationProvided: lineOf(255),
});
export type PersonDetails = z.infer<typeof PersonDetails>;

/** What can be asked of an organisation's stream. */
export const organisationCommands = {
  RegisterOrganisation: z.strictObject({
    ukprn: Ukprn,
    name: OrganisationName.nullable(),
    organisationType: OrganisationType,
    signatoryRole: SignatoryRole,
    mailDomain: MailDomain,
    responsibleUser: UserId,
    roles: z.array(Role).min(1),
    person: z.string(),
    emailAddress: PersonDetails.shape.emailAddress,
  }),
  ChangeOrganisationName: z.strictObject({
    name: OrganisationName.nullable(),
    effectiveDate: CalendarDate.nullable(),
  }),
  ChangeOwnership: z.strictObject({ effectiveDate: CalendarDate.nullable() }),
  AttestOrganisation: z.strictObject({ signatoryRole: SignatoryRole, evidenceReference: OwnKey }),
  SignAgreement: z.strictObject({
    agreementId: OwnKey,
    purposes: z.array(Purpose).min(1),
    startDate: CalendarDate,
    endDate: CalendarDate,
    signatoryRole: SignatoryRole,
    signature: Signature,
  }),
  EndAgreement: z.strictObject({ agreementId: OwnKey, endDate: CalendarDate.nullable() }),
  RecordDataProtectionRegistration: z.strictObject({ reference: OwnKey, expiryDate: CalendarDate }),
  AttestNotice: z.strictObject({ notice: z.int().min(1) }),
  SuspendAccess: z.strictObject({ cause: SuspensionCause, alert: z.uuid().nullable() }),
  RestoreAccess: z.strictObject({ evidenceReference: OwnKey }),
  AddUser: z.strictObject({
    user: UserId,
    roles: z.array(Role).min(1),
    person: z.string(),
    emailAddress: PersonDetails.shape.emailAddress,
  }),
  ChangeUserRoles: z.strictObject({ user: UserId, roles: z.array(Role).min(1) }),
  RemoveUser: z.strictObject({ user: UserId }),
  NoteAccess: z.strictObject({ user: UserId }),
  RenewAccess: z.strictObject({ user: UserId.nullable() }),
} as const;

/** The name of a command to an organisation's stream. */
export type OrganisationCommandType = keyof typeof organisationCommands;

/** A parsed command with who asks and when. `user` is the person who asks, where an organisation does. */
export type OrganisationCommand = {
  [Type in OrganisationCommandType]: {
    readonly type: Type;
    readonly data: z.output<(typeof organisationCommands)[Type]>;
    readonly by: Actor;
    readonly user: string | null;
    readonly at: Instant;
  };
}[OrganisationCommandType];

/** One type of command with who asks and when. */
export type OrganisationCommandOf<Type extends OrganisationCommandType> = Extract<
  OrganisationCommand,
  { type: Type }
>;

/** What one type of command asks, as a caller may write it. */
export type OrganisationCommandInput = {
  [Type in OrganisationCommandType]: {
    readonly type: Type;
    readonly data: z.input<(typeof organisationCommands)[Type]>;
  };
}[OrganisationCommandType];
