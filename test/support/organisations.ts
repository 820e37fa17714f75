import { randomUUID } from 'node:crypto';
import type { OrganisationType, Role } from '../../domain/organisation/terms.js';
import { Purpose } from '../../domain/purpose.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import type { OrganisationRequest } from '../../src/organisations/organisations.js';
import type { Request } from '../../src/request/request.js';

/** An organisation of the tests, made up, with its people. */
export type Admitted = {
  readonly ukprn: string;
  readonly name: string;
  readonly type: OrganisationType;
  readonly users: Readonly<Record<string, readonly Role[]>>;
};

/** The organisations that most tests need: a registry, a college, an awarding organisation, the operator. */
const ORGANISATIONS: readonly Admitted[] = [
  {
    ukprn: '10000001',
    name: 'Example Registry',
    type: 'local-authority',
    users: { registry: ['super-user'], other: ['super-user'] },
  },
  {
    ukprn: '10000002',
    name: 'Example College',
    type: 'college',
    users: { exams: ['super-user'] },
  },
  {
    ukprn: '10000003',
    name: 'Example Awards',
    type: 'awarding-organisation',
    users: { awards: ['super-user'] },
  },
  {
    ukprn: '10000009',
    name: 'Example Service',
    type: 'service-operator',
    users: {
      officer1: ['data-protection'],
      officer2: ['data-protection'],
      desk: ['service-desk'],
      auditor: ['auditor'],
      staff: ['service-desk'],
    },
  },
];

/** The keeper's request, as a new command. */
export function keeperRequest(): Request {
  return {
    by: { kind: 'keeper' },
    user: null,
    purpose: 'service-operation',
    commandId: randomUUID(),
  };
}

/** Registers organisations, each with an agreement for everything and a current data-protection registration. */
export async function admit(
  ledger: Ledger,
  admitted: readonly Admitted[] = ORGANISATIONS,
): Promise<void> {
  for (const { ukprn: text, name, type, users } of admitted) {
    const ukprn = Ukprn.parse(text);
    const [[first = '', roles = []] = [], ...others] = Object.entries(users);
    const mailDomain = `o${text}.example`;
    const personOf = (user: string) => ({
      name: `Person ${user}`,
      emailAddress: `person.${user}@${mailDomain}`,
      verificationProvided: 'Staff card seen',
    });
    const commands: readonly OrganisationRequest[] = [
      {
        type: 'RegisterOrganisation',
        data: {
          ukprn,
          name,
          organisationType: type,
          signatoryRole: 'director',
          mailDomain,
          responsibleUser: first,
          roles: [...roles],
          person: personOf(first),
        },
      },
      ...others.map(
        ([user, held]): OrganisationRequest => ({
          type: 'AddUser',
          data: { user, roles: [...held], person: personOf(user) },
        }),
      ),
      {
        type: 'SignAgreement',
        data: {
          agreementId: 'DSA-1',
          purposes: [...Purpose.options],
          startDate: '2000-01-01',
          endDate: '2099-12-31',
          signatoryRole: 'director',
          signature: 'hand',
        },
      },
      {
        type: 'RecordDataProtectionRegistration',
        data: { reference: 'ZA000001', expiryDate: '2099-12-31' },
      },
    ];
    for (const command of commands) {
      await ledger.organisations.handle(ukprn, command, keeperRequest());
    }
  }
}
