import type { LearnerDetails } from '../../domain/learner/details.js';
import {
  comparable,
  comparableName,
  comparablePostcode,
  compareDemographics,
  type KnownLearner,
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
      const found = new Set(searchKeysOf(details).flatMap((key) => rows.get(key) ?? []));
      return [...found].flatMap(({ row, details: known, uln }) => {
        const match = compareDemographics(details, known);
        return match.kind === 'none' ? [] : [{ ...match, row, uln }];
      });
    },
  };
}

/** The ways in which `compareDemographics` can find a learner alike, as keys under which to find it. */
function keysOf(known: KnownLearner & LearnerDetails): readonly string[] {
  const given = comparable([known.givenName, known.preferredGivenName]);
  const family = comparable([known.familyName, known.previousFamilyName, known.familyNameAtAge16]);
  const { born, postcode } = placesOf(known);
  return given.flatMap((name) => [
    `${name} ${born} ${postcode}`,
    ...family.flatMap((other) => [`${name} ${other} ${born}`, `${name} ${other} ${postcode}`]),
  ]);
}

function searchKeysOf(asked: LearnerDetails): readonly string[] {
  const [given, family] = [comparableName(asked.givenName), comparableName(asked.familyName)];
  const { born, postcode } = placesOf(asked);
  return [
    `${given} ${born} ${postcode}`,
    `${given} ${family} ${born}`,
    `${given} ${family} ${postcode}`,
    `${family} ${given} ${born}`,
  ];
}

function placesOf({ dateOfBirth, lastKnownPostCode }: LearnerDetails) {
  return { born: dateOfBirth, postcode: comparablePostcode(lastKnownPostCode) };
}
