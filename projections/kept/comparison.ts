import type Database from 'better-sqlite3';
import { type Generation, tableNames } from './generations.js';
import type { KeptView, TableNames } from './keptView.js';

/** What comparing two generations at the same position found. */
export type Comparison = {
  readonly compared: number;
  readonly differing: number;
  /** The first of the keys that differ: streams' names, or what a sum is of. */
  readonly examples: readonly string[];
};

const MAX_EXAMPLES = 10;

type ContentRow = { readonly key: string; readonly content: string };

/** Compares two generations row by row, each query ordered by key, without holding either in memory. */
export function compareGenerations(
  database: Database.Database,
  view: KeptView,
  one: Generation,
  other: Generation,
): Comparison {
  const result = { compared: 0, differing: 0, examples: [] as string[] };
  const streams = (names: TableNames) =>
    `SELECT stream AS key, version || ' ' || coalesce(state, '') AS content
     FROM ${names('streams')} ORDER BY stream`;
  for (const query of [streams, view.contents]) {
    const rowsOf = ({ tables }: Generation) =>
      database.prepare(query(tableNames(view, tables))).iterate() as IterableIterator<ContentRow>;
    for (const key of differingKeys(rowsOf(one), rowsOf(other), () => (result.compared += 1))) {
      result.differing += 1;
      if (result.examples.length < MAX_EXAMPLES) {
        result.examples.push(key);
      }
    }
  }
  return result;
}

function* differingKeys(
  ones: IterableIterator<ContentRow>,
  others: IterableIterator<ContentRow>,
  onCompared: () => void,
): Generator<string> {
  let [one, other] = [ones.next().value, others.next().value];
  while (one !== undefined || other !== undefined) {
    onCompared();
    const isInOne = one !== undefined && (other === undefined || one.key <= other.key);
    const isInOther = other !== undefined && (one === undefined || other.key <= one.key);
    if (!isInOne || !isInOther || one?.content !== other?.content) {
      yield (isInOne ? one?.key : other?.key) ?? '';
    }
    one = isInOne ? ones.next().value : one;
    other = isInOther ? others.next().value : other;
  }
}
