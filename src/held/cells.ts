import { DomainError } from '../../domain/errors.js';
import { achievementShape, participationShape } from '../../domain/learner/commands.js';

/** The kinds of file whose rows are entries of records. */
export type EntryKind = 'participation' | 'achievements';

// The service's names for columns: where its spelling of a field differs from ours, and capitals elsewhere.
const columnNames: Readonly<Record<string, string>> = {
  learningProvider: 'AchievementProviderUkprn',
  learningProviderName: 'AchievementProviderName',
  awardingOrganisation: 'AwardingOrganisationUkprn',
};

const identityColumns = columnsOf(['givenName', 'familyName', 'dateOfBirth']);
const participationColumns = columnsOf(Object.keys(participationShape));
const achievementColumns = columnsOf(Object.keys(achievementShape));

/** Every column that a row of a kind may have. */
export const entryColumns: Readonly<Record<EntryKind, readonly string[]>> = {
  participation: [
    'ULN',
    ...identityColumns.keys(),
    'ParticipationId',
    'Status',
    ...participationColumns.keys(),
  ],
  achievements: [
    'ULN',
    ...identityColumns.keys(),
    'AchievementId',
    'Status',
    ...achievementColumns.keys(),
  ],
};

/** The fields of the command that a row's cells give. Throws `ERR_INPUT_INVALID` for a status that its kind has not. */
export function entryFields(
  kind: EntryKind,
  cells: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return fieldsByKind[kind](cells);
}

const fieldsByKind: Readonly<
  Record<EntryKind, (cells: Readonly<Record<string, string>>) => Record<string, unknown>>
> = {
  participation: (cells) => ({
    participationId: cells['ParticipationId'],
    // The column is optional here: participation is final unless it is withdrawn.
    standing: cells['Status']?.trim() ? standingOf(cells['Status'], ['F', 'W']) : 'final',
    identity: identityOf(cells),
    ...fieldsOf(cells, participationColumns),
  }),
  achievements: (cells) => ({
    achievementId: cells['AchievementId'],
    standing: standingOf(cells['Status'], ['F', 'P', 'W']),
    identity: identityOf(cells),
    ...fieldsOf(cells, achievementColumns),
  }),
};

/** The service's name for each column, with the field that it is. */
export function columnsOf(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.map((name) => [columnNames[name] ?? name.charAt(0).toUpperCase() + name.slice(1), name]),
  );
}

/** The fields that are given by the cells of such columns, the empty ones left out. */
export function fieldsOf(
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

function wholeNumber(cell: string): number | string {
  return /^\d{1,9}$/.test(cell) ? Number(cell) : cell;
}
