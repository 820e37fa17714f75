import type Database from 'better-sqlite3';
import type { OrganisationType } from '../../domain/organisation/terms.js';
import { keptView, type TableNames } from '../kept/keptView.js';

/** A registered organisation as lists show it. */
export type ListedOrganisation = {
  readonly ukprn: string;
  /** `null` for a sole trader's own name. */
  readonly name: string | null;
  readonly organisationType: OrganisationType;
};

/** The registered organisations. What they may do is folded from their own streams when it is asked. */
export const organisations = keptView<ListedOrganisation | null, 'organisation'>({
  family: 'organisation',
  holds: [],
  tables: [
    {
      name: 'registered',
      columns: 'no, ukprn, content',
      create: (sqlName) =>
        `CREATE TABLE ${sqlName} (
           no INTEGER PRIMARY KEY, ukprn TEXT NOT NULL UNIQUE, content TEXT NOT NULL
         ) STRICT;`,
    },
  ],
  contents: (names) => `SELECT ukprn AS key, content FROM ${names('registered')} ORDER BY ukprn`,
  projection: {
    name: 'organisations',
    version: 1,
    initialState: null,
    on: {
      OrganisationRegistered: (_, { event: { data } }) => {
        const { ukprn, name, organisationType } = data;
        return { ukprn, name, organisationType };
      },
      OrganisationNameChanged: (state, { event }) =>
        state === null ? state : { ...state, name: event.data.name },
      OrganisationOwnershipChanged: 'ignored',
      OrganisationAttested: 'ignored',
      AgreementSigned: 'ignored',
      AgreementEnded: 'ignored',
      DataProtectionRegistrationRecorded: 'ignored',
      NoticeAttested: 'ignored',
      AccessSuspended: 'ignored',
      AccessRestored: 'ignored',
      UserAdded: 'ignored',
      UserRolesChanged: 'ignored',
      UserRemoved: 'ignored',
      AccessUsed: 'ignored',
      AccessRenewed: 'ignored',
    },
  },
  writer: (database, names) => {
    const put = database.prepare(
      `INSERT OR REPLACE INTO ${names('registered')} (no, ukprn, content) VALUES (?, ?, ?)`,
    );
    return (no, _, after) => {
      if (after !== null) {
        put.run(no, after.ukprn, JSON.stringify(after));
      }
    };
  },
});

/** Every registered organisation, by UKPRN. */
export function selectOrganisations(
  database: Database.Database,
  names: TableNames,
): readonly ListedOrganisation[] {
  return (
    database
      .prepare(`SELECT content FROM ${names('registered')} ORDER BY ukprn`)
      .pluck()
      // Sound: the view wrote the content.
      .all()
      .map((content) => JSON.parse(content as string) as ListedOrganisation)
  );
}
