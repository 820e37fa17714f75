import type { LearnerDetails } from '../../domain/learner/details/details.js';
import {
  comparable,
  comparablePostcode,
  compareDemographics,
  familyNamesOf,
  givenNamesOf,
  type Match,
} from '../../domain/learner/details/matching.js';
import { mistypedDates, spellingsOf } from '../../domain/learner/details/typingErrors.js';

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
      for (const key of [...keysOf(row.details), ...spellingKeysOf(row.details)]) {
        rows.get(key)?.push(row) ?? rows.set(key, [row]);
      }
    },
    search: (details) => {
      const keys = [
        ...keysOf(details),
        ...swappedKeysOf(details),
        ...spellingKeysOf(details),
        ...mistypedDates(details.dateOfBirth).flatMap((born) => keysOf(details, born)),
      ];
      const found = new Set(keys.flatMap((key) => rows.get(key) ?? []));
      return [...found].flatMap(({ row, details: known, uln }) => {
        const match = compareDemographics(details, known);
        return match.kind === 'none' ? [] : [{ ...match, row, uln }];
      });
    },
  };
}

/** The ways in which `compareDemographics` finds two learners alike without an error of typing, as keys to find one by. */
function keysOf(details: LearnerDetails, born = details.dateOfBirth): readonly string[] {
  const { given, family, postcode } = comparableOf(details);
  return given.flatMap((name) => [
    `${name} ${born} ${postcode}`,
    ...family.flatMap((other) => [`${name} ${other} ${born}`, `${name} ${other} ${postcode}`]),
  ]);
}

/** The same for names that are the other way round. */
function swappedKeysOf(details: LearnerDetails): readonly string[] {
  const { given, family } = comparableOf(details);
  return family.flatMap((name) => given.map((other) => `${name} ${other} ${details.dateOfBirth}`));
}

/** The same for a mistyped given or family name, by what is left of it without one letter. */
function spellingKeysOf(details: LearnerDetails): readonly string[] {
  const { given, family, postcode } = comparableOf(details);
  const born = details.dateOfBirth;
  return [
    ...given
      .flatMap(spellingsOf)
      .flatMap((spelling) => [
        ...family.map((name) => `given ${spelling} ${name} ${born}`),
        `given ${spelling} ${born} ${postcode}`,
      ]),
    ...family
      .flatMap(spellingsOf)
      .flatMap((spelling) =>
        given.flatMap((name) => [
          `family ${spelling} ${name} ${born}`,
          `family ${spelling} ${name} ${postcode}`,
        ]),
      ),
  ];
}

function comparableOf(details: LearnerDetails) {
  return {
    given: comparable(givenNamesOf(details)),
    family: comparable(familyNamesOf(details)),
    postcode: comparablePostcode(details.lastKnownPostCode),
  };
}
