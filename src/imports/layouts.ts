import { achievementShape, participationShape } from '../../domain/learner/commands.js';
import { learnerDetailsShape } from '../../domain/learner/details.js';
import type { Columns } from './csvFile.js';

/** The kinds of file that can be imported. */
export type ImportKind = 'learners' | 'participation' | 'achievements';

/** How the columns of a file become the fields of a command, and which column is the caller's own key. */
export type Layout = {
  readonly columns: Columns;
  /** The column that is echoed in the result, so that the caller finds the row again. */
  readonly keyColumn: string;
  /** The fields of one row, by column; empty cells are left out. */
  readonly fields: (cells: Readonly<Record<string, string>>) => Record<string, unknown>;
};

// The service's names for columns: where its spelling of a field differs from ours, and capitals elsewhere.
const columnNames: Readonly<Record<string, string>> = {
  learningProvider: 'AchievementProviderUkprn',
  learningProviderName: 'AchievementProviderName',
  awardingOrganisation: 'AwardingOrganisationUkprn',
};

const learnerColumns = columnsOf(Object.keys(learnerDetailsShape));
const participationColumns = columnsOf(Object.keys(participationShape));
const achievementColumns = columnsOf(Object.keys(achievementShape));

/** The layouts, by kind of file. Columns are those of the service's batch registration and learning event. */
export const layouts: Readonly<Record<ImportKind, Layout>> = {
  learners: {
    columns: {
      known: ['MISIdentifier', ...learnerColumns.keys()],
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
    keyColumn: 'MISIdentifier',
    fields: (cells) => fieldsOf(cells, learnerColumns),
  },
  participation: {
    columns: {
      known: ['ULN', 'ParticipationId', ...participationColumns.keys()],
      required: ['ULN', 'ParticipationId', 'Source', 'SubjectCode', 'ParticipationStartDate'],
    },
    keyColumn: 'ParticipationId',
    fields: (cells) => ({
      participationId: cells['ParticipationId'],
      ...fieldsOf(cells, participationColumns),
    }),
  },
  achievements: {
    columns: {
      known: ['ULN', 'AchievementId', 'Status', ...achievementColumns.keys()],
      required: ['ULN', 'AchievementId', 'Status', 'Source', 'SubjectCode', 'AchievementAwardDate'],
    },
    keyColumn: 'AchievementId',
    fields: (cells) => ({
      achievementId: cells['AchievementId'],
      standing: standingOf(cells['Status']),
      ...fieldsOf(cells, achievementColumns),
    }),
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

/** F is final, as the service writes it; P is provisional, which is ours. */
function standingOf(status: string | undefined): string | undefined {
  const standings: Readonly<Record<string, string>> = { F: 'final', P: 'provisional' };
  return standings[status?.trim().toUpperCase() ?? ''];
}

function wholeNumber(cell: string): number | string {
  return /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
}
