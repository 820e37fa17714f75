import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { Purpose } from '../purpose.js';
import { CalendarDate } from '../values/date.js';
import { OwnKey } from '../values/text.js';
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

/** The stream of a person, which is sealed: what is personal of a user stands there. */
const UserStream = z.string().regex(/^user-[0-9][a-z2-7]{26}$/);

/**
 * Every event of an organisation's stream. It is in clear: no names of persons, no addresses. A sole
 * trader's own name is personal and stands in the sealed stream of its responsible user.
 */
export const organisationEvents = {
  OrganisationRegistered: {
    meaning: 'An organisation was registered; its name is null where it is a sole trader’s own.',
    validFrom: 'registeredOn',
    schema: z.strictObject({
      ukprn: Ukprn,
      name: OrganisationName.nullable(),
      organisationType: OrganisationType,
      signatoryRole: SignatoryRole,
      mailDomain: MailDomain,
      responsibleUser: UserId,
      registeredOn: CalendarDate,
    }),
  },
  OrganisationNameChanged: {
    meaning: 'It has another name: nobody of it may access anything until it is attested again.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ name: OrganisationName.nullable(), effectiveDate: CalendarDate }),
  },
  OrganisationOwnershipChanged: {
    meaning: 'It has another owner: nobody of it may access anything until it is attested again.',
    validFrom: 'effectiveDate',
    schema: z.strictObject({ effectiveDate: CalendarDate }),
  },
  OrganisationAttested: {
    meaning: 'Its identity and its eligible purpose were verified anew after a change.',
    validFrom: null,
    schema: z.strictObject({ signatoryRole: SignatoryRole, evidenceReference: OwnKey }),
  },
  AgreementSigned: {
    meaning:
      'A data sharing agreement: for which purposes it may access records, from when to when.',
    validFrom: 'startDate',
    schema: z.strictObject({
      agreementId: OwnKey,
      purposes: z.array(Purpose).min(1),
      startDate: CalendarDate,
      endDate: CalendarDate,
      signatoryRole: SignatoryRole,
      signature: Signature.exclude(['typed']),
    }),
  },
  AgreementEnded: {
    meaning: 'A data sharing agreement ended before its time.',
    validFrom: 'endDate',
    schema: z.strictObject({ agreementId: OwnKey, endDate: CalendarDate }),
  },
  DataProtectionRegistrationRecorded: {
    meaning: 'Its registration with the data protection authority, and until when that holds.',
    validFrom: null,
    schema: z.strictObject({ reference: OwnKey, expiryDate: CalendarDate }),
  },
  NoticeAttested: {
    meaning: 'It attested that it gives its learners this version of the privacy notice.',
    validFrom: null,
    schema: z.strictObject({ notice: z.int().min(1) }),
  },
  AccessSuspended: {
    meaning: 'Nobody of it may access anything until access is restored.',
    validFrom: null,
    schema: z.strictObject({ cause: SuspensionCause, alert: z.uuid().nullable() }),
  },
  AccessRestored: {
    meaning: 'A suspension ended.',
    validFrom: null,
    schema: z.strictObject({ evidenceReference: OwnKey }),
  },
  UserAdded: {
    meaning: 'A person may act for it; who that is stands in the sealed stream.',
    validFrom: 'addedOn',
    schema: z.strictObject({
      user: UserId,
      roles: z.array(Role).min(1),
      person: UserStream,
      addedOn: CalendarDate,
    }),
  },
  UserRolesChanged: {
    meaning: 'A person may do other things.',
    validFrom: null,
    schema: z.strictObject({ user: UserId, roles: z.array(Role).min(1) }),
  },
  UserRemoved: {
    meaning: 'A person no longer acts for it.',
    validFrom: null,
    schema: z.strictObject({ user: UserId }),
  },
  AccessUsed: {
    meaning: 'A person used the access, noted at most once in 28 days: what is not used expires.',
    validFrom: 'usedOn',
    schema: z.strictObject({ user: UserId, usedOn: CalendarDate }),
  },
  AccessRenewed: {
    meaning:
      'Access that expired because nobody used it was renewed; user is null for the organisation’s own.',
    validFrom: 'renewedOn',
    schema: z.strictObject({ user: UserId.nullable(), renewedOn: CalendarDate }),
  },
} as const satisfies Record<string, EventDefinition>;

/** What one type of event of an organisation's stream says. */
export type OrganisationEventData<Type extends keyof typeof organisationEvents> = z.infer<
  (typeof organisationEvents)[Type]['schema']
>;

/** An event of an organisation's stream. */
export type OrganisationEvent = {
  [Type in keyof typeof organisationEvents]: {
    readonly type: Type;
    readonly data: OrganisationEventData<Type>;
  };
}[keyof typeof organisationEvents];
