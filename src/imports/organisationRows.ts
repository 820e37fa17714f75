import { Ukprn } from '../../domain/values/ukprn.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { OrganisationRequest } from '../organisations/organisations.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import { type Answer, refusalOf, rejected } from './answers.js';
import type { ImportParts } from './parts.js';

/** Every outcome of a row of a file of organisations. */
export const organisationOutcomes = ['registered', 'changed', 'unchanged', 'rejected'] as const;

/** What became of such a row. */
export type OrganisationAnswer = Answer<(typeof organisationOutcomes)[number]>;

/** The columns of the person, of the agreement and of the data-protection registration, by what they say. */
const PERSON = {
  name: 'PersonName',
  emailAddress: 'EmailAddress',
  verificationProvided: 'VerificationProvided',
};
const AGREEMENT = {
  agreementId: 'AgreementId',
  startDate: 'AgreementStartDate',
  endDate: 'AgreementEndDate',
  signature: 'Signature',
};
/** A row that fills in any of these is to have an agreement. */
const AGREEMENT_COLUMNS = ['Purposes', ...Object.values(AGREEMENT)];
const PROTECTION = {
  reference: 'DataProtectionReference',
  expiryDate: 'DataProtectionExpiryDate',
};

/** The columns that every row needs, and those that it may have. */
export const organisationColumns = {
  required: [
    'Ukprn',
    'Type',
    'SignatoryRole',
    'MailDomain',
    'ResponsibleUser',
    'Roles',
    ...Object.values(PERSON),
  ],
  optional: ['Name', 'Purposes', ...Object.values(AGREEMENT), ...Object.values(PROTECTION)],
} as const;

type Cells = Readonly<Record<string, string>>;

/** Registers the organisation of a row, with its agreement and data-protection registration where the row has them. */
export async function answerOrganisationRow(
  { organisations }: Pick<ImportParts, 'organisations'>,
  cells: Cells,
  request: Request,
): Promise<OrganisationAnswer> {
  const recorded: string[] = [];
  try {
    const ukprn = parseInput(Ukprn, cells['Ukprn']?.trim());
    for (const asked of commandsOf(ukprn, cells)) {
      const commandId = followUpCommandId(request.commandId, asked.type);
      // Sound: `handle` parses what it is given.
      const command = asked as OrganisationRequest;
      const receipt = await organisations.handle(ukprn, command, { ...request, commandId });
      recorded.push(...(receipt === null ? [] : [asked.type]));
    }
  } catch (error) {
    const refused = rejected(refusalOf(error));
    const before = recorded.length === 0 ? '' : `; recorded before that: ${recorded.join(', ')}`;
    return { ...refused, reason: `${refused.reason}${before}` };
  }
  const outcome = recorded.includes('RegisterOrganisation')
    ? 'registered'
    : recorded.length > 0
      ? 'changed'
      : 'unchanged';
  return { outcome, code: '', reason: '', uln: '' };
}

function commandsOf(
  ukprn: Ukprn,
  cells: Cells,
): readonly { readonly type: OrganisationRequest['type']; readonly data: object }[] {
  const signatoryRole = textOf(cells, 'SignatoryRole');
  return [
    {
      type: 'RegisterOrganisation',
      data: {
        ukprn,
        name: textOf(cells, 'Name') ?? null,
        organisationType: textOf(cells, 'Type'),
        signatoryRole,
        mailDomain: textOf(cells, 'MailDomain'),
        responsibleUser: textOf(cells, 'ResponsibleUser'),
        roles: wordsOf(cells, 'Roles'),
        person: fieldsOf(cells, PERSON),
      },
    },
    ...(AGREEMENT_COLUMNS.every((column) => textOf(cells, column) === undefined)
      ? []
      : [
          {
            type: 'SignAgreement' as const,
            data: {
              ...fieldsOf(cells, AGREEMENT),
              purposes: wordsOf(cells, 'Purposes'),
              signatoryRole,
            },
          },
        ]),
    ...(Object.values(PROTECTION).every((column) => textOf(cells, column) === undefined)
      ? []
      : [
          {
            type: 'RecordDataProtectionRegistration' as const,
            data: fieldsOf(cells, PROTECTION),
          },
        ]),
  ];
}

function fieldsOf(cells: Cells, columns: Readonly<Record<string, string>>): object {
  return Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, textOf(cells, column)]),
  );
}

function textOf(cells: Cells, column: string): string | undefined {
  const text = cells[column]?.trim() ?? '';
  return text === '' ? undefined : text;
}

/** Words parted by spaces: what is a list elsewhere. */
function wordsOf(cells: Cells, column: string): readonly string[] {
  return (cells[column] ?? '').split(/\s+/).filter((word) => word !== '');
}
