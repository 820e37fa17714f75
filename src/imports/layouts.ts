import { learnerDetailsShape } from '../../domain/learner/details/details.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import { columnsOf, type EntryKind, entryColumns, entryFields, fieldsOf } from '../held/cells.js';
import { organisationColumns } from './organisationRows.js';
import type { Columns } from './rowParser.js';

/** The kinds of file that can be imported. */
export type ImportKind = 'learners' | 'verifications' | 'organisations' | EntryKind;

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

const learnerColumns = columnsOf(Object.keys(learnerDetailsShape));
const verifiedColumns = columnsOf(['givenName', 'familyName', 'dateOfBirth', 'gender']);

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
      known: entryColumns.participation,
      required: ['ULN', 'ParticipationId', 'Source', 'SubjectCode', 'ParticipationStartDate'],
    },
    minRows: 0,
    maxRows: null,
    countCode: null,
    keyColumn: 'ParticipationId',
    fields: (cells) => entryFields('participation', cells),
  },
  achievements: {
    columns: {
      known: entryColumns.achievements,
      required: ['ULN', 'AchievementId', 'Status', 'Source', 'SubjectCode', 'AchievementAwardDate'],
    },
    minRows: 0,
    maxRows: null,
    countCode: null,
    keyColumn: 'AchievementId',
    fields: (cells) => entryFields('achievements', cells),
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

function given(name: string, cell: string | undefined): Record<string, unknown> {
  const text = cell?.trim() ?? '';
  return text === '' ? {} : { [name]: text };
}
