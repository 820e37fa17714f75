import type { LearnerDetails } from '../../domain/learner/details.js';
import {
  comparable,
  comparablePostcode,
  compareDemographics,
  familyNamesOf,
  givenNamesOf,
  type Match,
} from '../../domain/learner/matching.js';

/** A row of the file that is being registered: what it says, and the ULN it gets, `null` where none. */
type TakenRow = {
  readonly row: number;
  readonly details: LearnerDetails;
  readonly uln: Promise<string | null>;
};

/** A row taken from the same file before, and how it compares. */
type FileMatch = Match & Pick<TakenRow, 'row' | 'uln'>;

/** The rows already taken from a file, searched as the register is. */
export type FileMatches = {
  readonly take: (row: TakenRow) => void;
  readonly search: (details: LearnerDetails) => readonly FileMatch[];
};

/** Creates the index over the rows of one file, of which there are at most a few thousand. */
export function createFileMatches(): FileMatches {
  const rows = new Map<string, TakenRow[]>();

  return {
    take: (row) => {
      for (const key of keysOf(row.details)) {
        rows.set(key, [...(rows.get(key) ?? []), row]);
      }
    },
    search: (details) => {
      const keys = [...keysOf(details), ...swappedKeysOf(details)];
      const found = new Set(keys.flatMap((key) => rows.get(key) ?? []));
      return [...found].flatMap(({ row, details: known, uln }) => {
        const match = compareDemographics(details, known);
        return match.kind === 'none' ? [] : [{ ...match, row, uln }];
      });
    },
  };
}

/** The ways in which `compareDemographics` can find two learners alike, as keys under which to find one. */
function keysOf(details: LearnerDetails): readonly string[] {
  const [given, family] = [comparable(givenNamesOf(details)), comparable(familyNamesOf(details))];
  const born = details.dateOfBirth;
  const postcode = comparablePostcode(details.lastKnownPostCode);
  return given.flatMap((name) => [
    `${name} ${born} ${postcode}`,
    ...family.flatMap((other) => [`${name} ${other} ${born}`, `${name} ${other} ${postcode}`]),
  ]);
}

/** The same for names that are the other way round. */
function swappedKeysOf(details: LearnerDetails): readonly string[] {
  const [given, family] = [comparable(givenNamesOf(details)), comparable(familyNamesOf(details))];
  return family.flatMap((name) => given.map((other) => `${name} ${other} ${details.dateOfBirth}`));
}
