import type Database from 'better-sqlite3';
import type { LearnerDetails } from '../../domain/learner/details/details.js';
import {
  compareDemographics,
  type Demographics,
  familyNamesOf,
  givenNamesOf,
  type KnownLearner,
  type Match,
} from '../../domain/learner/details/matching.js';
import { mistypedDates } from '../../domain/learner/details/typingErrors.js';
import type { Authorisation } from '../../domain/learner/sharing/events.js';
import { applyChanges } from '../../domain/learner/state.js';
import { isPlaceholder } from '../../domain/values/postcode.js';
import type { Uln } from '../../domain/values/uln.js';
import {
  ignoresConfiguredViews,
  ignoresConnections,
  ignoresNotices,
  ignoresRetention,
  ignoresReviews,
} from '../ignored.js';
import { keptView, type TableNames } from '../kept/keptView.js';
import { mergesIgnored } from '../live/merging.js';
import { anyOf, anySpellingOf, nearWordsOf, quoted, wordOf, wordsOf } from './registerWords.js';

const SEARCHED = [
  'givenName',
  'preferredGivenName',
  'familyName',
  'previousFamilyName',
  'familyNameAtAge16',
  'dateOfBirth',
  'gender',
  'lastKnownPostCode',
] as const satisfies readonly (keyof LearnerDetails)[];

/** The columns of the index. */
const COLUMNS = 'given, family, born, postcode, nearGiven, nearFamily';

/** What the register keeps of a learner: what learners are searched by. `null` before a ULN is issued. */
export type RegisteredLearner = { readonly uln: Uln } & KnownLearner;

/** A learner who is like the one searched for. */
export type Candidate = Match & {
  readonly stream: string;
  readonly learner: RegisteredLearner;
  /** Who may find a learner handled as restricted; `null` where the handling is standard. */
  readonly restrictedTo: readonly Authorisation[] | null;
};

/** What the register folds: the learner, and who may find them. */
type State = (RegisteredLearner & Pick<Candidate, 'restrictedTo'>) | null;

/**
 * The learner register, searched by demographics. Names and postcodes are indexed as they are
 * compared, each as one word, so that case, accents, spaces and punctuation make no difference. A
 * mistyped name is found by what is left of it without one letter: the columns `nearGiven` and
 * `nearFamily` hold that of every name.
 */
export const register = keptView<State, 'learner'>({
  family: 'learner',
  holds: SEARCHED,
  tables: [
    {
      name: 'words',
      columns: `rowid, ${COLUMNS}`,
      create: (sqlName) =>
        // Without its own secure-delete, FTS5 leaves deleted words in its index. Nobody asks where in a
        // column a word stands, or how long a column is.
        `CREATE VIRTUAL TABLE ${sqlName} USING fts5 (${COLUMNS}, detail = column, columnsize = 0, tokenize = "unicode61 remove_diacritics 0");
         INSERT INTO ${sqlName} (${sqlName}, rank) VALUES ('secure-delete', 1);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream AS key, json_array(${COLUMNS}) AS content
     FROM ${names('words')} w JOIN ${names('streams')} s ON s.no = w.rowid ORDER BY s.stream`,
  projection: {
    name: 'register',
    version: 2,
    initialState: null,
    on: {
      UlnIssued: (_, { event }) => ({
        uln: event.data.uln,
        ...searchedOf(event.data),
        restrictedTo: null,
      }),
      LearnerDetailsAmended: (state, { event }) =>
        state === null ? state : applyChanges(state, searchedOf(event.data)),
      ParticipationRecorded: 'ignored',
      ParticipationCorrected: 'ignored',
      ParticipationWithdrawn: 'ignored',
      ParticipationReinstated: 'ignored',
      AchievementRecorded: 'ignored',
      AchievementConfirmed: 'ignored',
      AchievementCorrected: 'ignored',
      AchievementWithdrawn: 'ignored',
      AchievementReinstated: 'ignored',
      OptOutSet: 'ignored',
      OptOutLifted: 'ignored',
      OptOutOverridden: 'ignored',
      ChallengeRaised: 'ignored',
      ChallengeWithdrawn: 'ignored',
      ChallengeUpheld: 'ignored',
      ChallengeRejected: 'ignored',
      ...ignoresConnections,
      HandlingChanged: (state, { event: { data } }) =>
        state === null
          ? state
          : { ...state, restrictedTo: data.level === 'restricted' ? data.authorised : null },
      ...ignoresConfiguredViews,
      ChallengeExtended: 'ignored',
      ChallengeResolved: 'ignored',
      ...ignoresReviews,
      ...ignoresNotices,
      ...mergesIgnored,
      ...ignoresRetention,
      RecordDisposed: () => null,
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('words')} WHERE rowid = ?`);
    const insert = database.prepare(
      `INSERT INTO ${names('words')} (rowid, ${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    return (no, before, after) => {
      if (before !== null) {
        remove.run(no);
      }
      if (after !== null) {
        const { dateOfBirth: born, lastKnownPostCode: postcode } = after;
        insert.run(
          no,
          wordsOf(givenNamesOf(after)),
          wordsOf(familyNamesOf(after)),
          wordOf(born),
          wordOf(postcode),
          nearWordsOf(givenNamesOf(after)),
          nearWordsOf(familyNamesOf(after)),
        );
      }
    };
  },
});

/** More hits than this are answered with no learner at all. Source: observed behaviour of the service. */
export const MAX_CANDIDATES = 10;
/** How many hits of one query are compared; far more namesakes than are ever listed. */
const MAX_COMPARED = 500;

/** Everyone in the register who is like the learner searched for, those who are closest first. */
export function searchRegister(
  database: Database.Database,
  names: TableNames,
  asked: Demographics,
): readonly Candidate[] {
  const select = database.prepare(
    `SELECT s.stream, s.state FROM ${names('words')} w JOIN ${names('streams')} s ON s.no = w.rowid
     WHERE ${names('words')} MATCH ? LIMIT ?`,
  );
  const rows = searchExpressions(asked).flatMap(
    (expression) => select.all(expression, MAX_COMPARED) as { stream: string; state: string }[],
  );
  const found = new Map(rows.map(({ stream, state }) => [stream, state]));
  const candidates = [...found].flatMap(([stream, state]) => {
    // Sound: the register wrote the state.
    const { restrictedTo, ...learner } = JSON.parse(state) as NonNullable<State>;
    const match = compareDemographics(asked, learner);
    return match.kind === 'none' ? [] : [{ ...match, stream, learner, restrictedTo }];
  });
  return candidates.sort(
    (one, other) =>
      Number(one.mistyped !== null) - Number(other.mistyped !== null) ||
      one.differing.length - other.differing.length,
  );
}

/**
 * Queries of the index: one for who is the same in everything, so that nobody is lost among more
 * namesakes than are compared, one for the other ways in which `compareDemographics` finds two alike
 * without an error of typing, and one for those with one.
 */
function searchExpressions(asked: Demographics): readonly string[] {
  const [given, family] = [givenNamesOf(asked), familyNamesOf(asked)];
  const [isGiven, isFamily] = [`given : ${anyOf(given)}`, `family : ${anyOf(family)}`];
  const isBorn = `born : ${quoted(wordOf(asked.dateOfBirth))}`;
  const isSwapped = `given : ${anyOf(family)} AND family : ${anyOf(given)}`;
  const isPlace =
    asked.lastKnownPostCode === null
      ? null
      : `postcode : ${quoted(wordOf(asked.lastKnownPostCode))}`;
  const exact = isPlace === null ? [] : [`${isGiven} AND ${isFamily} AND ${isBorn} AND ${isPlace}`];
  const agreeing = isPlace === null || isPlaceholder(asked.lastKnownPostCode) ? [] : [isPlace];
  const alike = [
    `(${isGiven} AND ${isFamily} AND ${isBorn})`,
    `(${isSwapped} AND ${isBorn})`,
    ...agreeing.map((place) => `(${isGiven} AND (${isFamily} OR ${isBorn}) AND ${place})`),
  ];
  const orPlace = (one: string) => `(${[one, ...agreeing].join(' OR ')})`;
  const mistyped = [
    `({given nearGiven} : ${anySpellingOf(given)} AND ${isBorn} AND ${orPlace(isFamily)})`,
    `({family nearFamily} : ${anySpellingOf(family)} AND ${isGiven} AND ${orPlace(isBorn)})`,
    `(born : (${mistypedDates(asked.dateOfBirth).map(wordOf).map(quoted).join(' OR ')}) AND ${isGiven} AND ${orPlace(isFamily)})`,
  ];
  return [...exact, alike.join(' OR '), mistyped.join(' OR ')];
}

/** What the register keeps of what is known of a learner. */
export function searchedOf<Data extends { readonly [Name in (typeof SEARCHED)[number]]: unknown }>(
  data: Data,
): Pick<Data, (typeof SEARCHED)[number]> {
  // Sound: exactly the names of the list.
  return Object.fromEntries(SEARCHED.map((name) => [name, data[name]])) as Pick<
    Data,
    (typeof SEARCHED)[number]
  >;
}
