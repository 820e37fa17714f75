import { DomainError } from '../../domain/errors.js';
import { achievementShape, participationShape } from '../../domain/learner/commands.js';
import { learnerDetailsShape } from '../../domain/learner/details/details.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import { organisationColumns } from './organisationRows.js';
import type { Columns } from './rowParser.js';

/** The kinds of file that can be imported. */
export type ImportKind = 'learners' | 'verifications' | 'organisations' | EntryKind;
/** The kinds whose rows are entries of records. */
export type EntryKind = 'participation' | 'achievements';

/** How the columns of a file become the fields of a command, and which column is the caller's own key. */
export type Layout = {
  readonly columns: Columns;
  readonly minRows: number;
  /** `null` for no limit. */
  readonly maxRows: number | null;
  /** The service's code for another number of rows than declared; `null` where it has none. */
  readonly countCode: ServiceCode | null;
  /** The column that is echoed in the result, so that the caller finds the row again. */
  readonly keyColumn: string;
  /** The fields of one row, by column; empty cells are left out. */
  readonly fields: (cells: Readonly<Record<string, string>>) => Record<string, unknown>;
};

/** The most rows of a registration batch. Source: the service's schema, 1 to 5000 rows; for verification batches, ours. */
const MAX_BATCH_ROWS = 5000;

// The service's names for columns: where its spelling of a field differs from ours, and capitals elsewhere.
const columnNames: Readonly<Record<string, string>> = {
  learningProvider: 'AchievementProviderUkprn',
  learningProviderName: 'AchievementProviderName',
  awardingOrganisation: 'AwardingOrganisationUkprn',
};

const learnerColumns = columnsOf(Object.keys(learnerDetailsShape));
const participationColumns = columnsOf(Object.keys(participationShape));
const identityColumns = columnsOf(['givenName', 'familyName', 'dateOfBirth']);
const verifiedColumns = columnsOf(['givenName', 'familyName', 'dateOfBirth', 'gender']);
const achievementColumns = columnsOf(Object.keys(achievementShape));

/** The layouts, by kind of file. Columns are those of the service's batch registration and learning event. */
export const layouts: Readonly<Record<ImportKind, Layout>> = {
  learners: {
    columns: {
      known: ['MISIdentifier', 'ULN', ...learnerColumns.keys()],
      required: [
        'GivenName',
        'FamilyName',
        'DateOfBirth',
        'Gender',
        'LastKnownPostCode',
        'AbilityToShare',
        'VerificationType',
      ],
    },
    minRows: 1,
    maxRows: MAX_BATCH_ROWS,
    countCode: 'WSRC0017',
    keyColumn: 'MISIdentifier',
    fields: (cells) => ({ ...given('uln', cells['ULN']), ...fieldsOf(cells, learnerColumns) }),
  },
  participation: {
    columns: {
      known: [
        'ULN',
        ...identityColumns.keys(),
        'ParticipationId',
        'Status',
        ...participationColumns.keys(),
      ],
      required: ['ULN', 'ParticipationId', 'Source', 'SubjectCode', 'ParticipationStartDate'],
    },
    minRows: 0,
    maxRows: null,
    countCode: null,
    keyColumn: 'ParticipationId',
    fields: (cells) => ({
      participationId: cells['ParticipationId'],
      // The column is optional here: participation is final unless it is withdrawn.
      standing: cells['Status']?.trim() ? standingOf(cells['Status'], ['F', 'W']) : 'final',
      identity: identityOf(cells),
      ...fieldsOf(cells, participationColumns),
    }),
  },
  achievements: {
    columns: {
      known: [
        'ULN',
        ...identityColumns.keys(),
        'AchievementId',
        'Status',
        ...achievementColumns.keys(),
      ],
      required: ['ULN', 'AchievementId', 'Status', 'Source', 'SubjectCode', 'AchievementAwardDate'],
    },
    minRows: 0,
    maxRows: null,
    countCode: null,
    keyColumn: 'AchievementId',
    fields: (cells) => ({
      achievementId: cells['AchievementId'],
      standing: standingOf(cells['Status'], ['F', 'P', 'W']),
      identity: identityOf(cells),
      ...fieldsOf(cells, achievementColumns),
    }),
  },
  verifications: {
    columns: {
      known: ['MISIdentifier', 'ULN', ...verifiedColumns.keys()],
      required: ['ULN', 'GivenName', 'FamilyName'],
    },
    minRows: 1,
    maxRows: MAX_BATCH_ROWS,
    countCode: 'WSRC0030',
    keyColumn: 'MISIdentifier',
    fields: (cells) => ({ ...given('uln', cells['ULN']), ...fieldsOf(cells, verifiedColumns) }),
  },
  organisations: {
    columns: {
      known: [...organisationColumns.required, ...organisationColumns.optional],
      required: organisationColumns.required,
    },
    minRows: 1,
    maxRows: null,
    countCode: null,
    keyColumn: 'Ukprn',
    fields: (cells) => cells,
  },
};

function columnsOf(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.map((name) => [columnNames[name] ?? name.charAt(0).toUpperCase() + name.slice(1), name]),
  );
}

function fieldsOf(
  cells: Readonly<Record<string, string>>,
  columns: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const given = [...columns].flatMap(([column, name]) => {
    const cell = cells[column]?.trim() ?? '';
    return cell === '' ? [] : [[name, name === 'credits' ? wholeNumber(cell) : cell] as const];
  });
  return Object.fromEntries(given);
}

/** F is final, as the service writes it; P (provisional) and W (withdrawn) are ours. */
const standings: Readonly<Record<string, string>> = {
  F: 'final',
  P: 'provisional',
  W: 'withdrawn',
};

/** The standing that a row's status gives. Throws `ERR_INPUT_INVALID` for one that its kind has not. */
function standingOf(status: string | undefined, allowed: readonly string[]): string {
  const code = status?.trim().toUpperCase() ?? '';
  const standing = allowed.includes(code) ? standings[code] : undefined;
  if (standing === undefined) {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      `Status: expected one of ${allowed.join(', ')}, found ${code === '' ? 'nothing' : 'something else'}`,
    );
  }
  return standing;
}

/** Whom the source takes the ULN to be of; `null` where it does not say. */
function identityOf(cells: Readonly<Record<string, string>>): Record<string, unknown> | null {
  const identity = fieldsOf(cells, identityColumns);
  return Object.keys(identity).length === 0 ? null : identity;
}

function given(name: string, cell: string | undefined): Record<string, unknown> {
  const text = cell?.trim() ?? '';
  return text === '' ? {} : { [name]: text };
}

function wholeNumber(cell: string): number | string {
  return /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
}
