import type Database from 'better-sqlite3';
import type { LearnerDetails } from '../domain/learner/details.js';
import {
  comparable,
  comparablePostcode,
  compareDemographics,
  type Demographics,
  familyNamesOf,
  givenNamesOf,
  type KnownLearner,
  type Match,
} from '../domain/learner/matching.js';
import { applyChanges } from '../domain/learner/state.js';
import { isPlaceholder } from '../domain/postcode.js';
import type { Redactable } from '../domain/redaction.js';
import type { Uln } from '../domain/uln.js';
import { keptView, type TableNames } from './keptView.js';

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

/** What the register keeps of a learner: what learners are searched by. `null` before a ULN is issued. */
export type RegisteredLearner = { readonly uln: Uln } & KnownLearner;

/** A learner who is like the one searched for. */
export type Candidate = Match & { readonly stream: string; readonly learner: RegisteredLearner };

/**
 * The learner register, searched by demographics. Names and postcodes are indexed as they are
 * compared, each as one word, so that case, accents, spaces and punctuation make no difference.
 */
export const register = keptView<RegisteredLearner | null, 'learner'>({
  family: 'learner',
  holds: SEARCHED,
  tables: [
    {
      name: 'words',
      columns: 'rowid, given, family, born, postcode',
      create: (sqlName) =>
        // Without its own secure-delete, FTS5 leaves deleted words in its index.
        `CREATE VIRTUAL TABLE ${sqlName} USING fts5 (given, family, born, postcode, tokenize = "unicode61 remove_diacritics 0");
         INSERT INTO ${sqlName} (${sqlName}, rank) VALUES ('secure-delete', 1);`,
    },
  ],
  contents: (names) =>
    `SELECT s.stream AS key, json_array(w.given, w.family, w.born, w.postcode) AS content
     FROM ${names('words')} w JOIN ${names('streams')} s ON s.no = w.rowid ORDER BY s.stream`,
  projection: {
    name: 'register',
    version: 1,
    initialState: null,
    on: {
      UlnIssued: (_, { event }) => ({ uln: event.data.uln, ...searchedOf(event.data) }),
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
      ChallengeRaised: 'ignored',
      ChallengeWithdrawn: 'ignored',
      ChallengeUpheld: 'ignored',
      ChallengeRejected: 'ignored',
      ConnectionEstablished: 'ignored',
      ConnectionEnded: 'ignored',
      HandlingChanged: 'ignored',
      SensitiveDataRedacted: 'ignored',
      FieldsResealed: 'ignored',
    },
  },
  writer: (database, names) => {
    const remove = database.prepare(`DELETE FROM ${names('words')} WHERE rowid = ?`);
    const insert = database.prepare(
      `INSERT INTO ${names('words')} (rowid, given, family, born, postcode) VALUES (?, ?, ?, ?, ?)`,
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
        );
      }
    };
  },
});

/** More hits than this are answered with no learner at all. Source: observed behaviour of the service. */
export const MAX_CANDIDATES = 10;
/** How many hits of one query are compared; far more namesakes than are ever listed. */
const MAX_COMPARED = 500;

/** Everyone in the register who is like the learner searched for, those who are exactly so first. */
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
    const learner = JSON.parse(state) as RegisteredLearner;
    const match = compareDemographics(asked, learner);
    return match.kind === 'none' ? [] : [{ ...match, stream, learner }];
  });
  return candidates.sort((one, other) => one.differing.length - other.differing.length);
}

/**
 * Queries of the index: one for who is the same in everything, so that nobody is lost among more
 * namesakes than are compared, and one for all ways in which `compareDemographics` finds two alike.
 */
function searchExpressions(asked: Demographics): readonly string[] {
  const [given, family] = [anyOf(givenNamesOf(asked)), anyOf(familyNamesOf(asked))];
  const born = `born : ${quoted(wordOf(asked.dateOfBirth))}`;
  const names = `given : ${given} AND family : ${family}`;
  const alike = [`(${names} AND ${born})`, `(given : ${family} AND family : ${given} AND ${born})`];
  if (asked.lastKnownPostCode === null) {
    return [alike.join(' OR ')];
  }
  const postcode = `postcode : ${quoted(wordOf(asked.lastKnownPostCode))}`;
  const exact = `${names} AND ${born} AND ${postcode}`;
  const inPlace = isPlaceholder(asked.lastKnownPostCode)
    ? []
    : [`(${names} AND ${postcode})`, `(given : ${given} AND ${born} AND ${postcode})`];
  return [exact, [...alike, ...inPlace].join(' OR ')];
}

/** A column's filter for any of some names. */
function anyOf(names: readonly Redactable<string | null>[]): string {
  return `(${comparable(names).map(nameWord).map(quoted).join(' OR ')})`;
}

function quoted(word: string): string {
  return `"${word}"`;
}

/** A name as one word of the index: signs that the index knows nothing of are written as numbers. */
function nameWord(name: string): string {
  return name.replaceAll(/[^a-z0-9]/gu, (sign) => `u${sign.codePointAt(0)?.toString(16)}`);
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

function wordsOf(names: readonly Redactable<string | null>[]): string {
  return comparable(names).map(nameWord).join(' ');
}

function wordOf(value: Redactable<string>): string {
  return typeof value === 'string' ? comparablePostcode(value).replaceAll('-', '') : '';
}
