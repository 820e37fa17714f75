import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Demographics } from '../../../domain/learner/details/matching.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { createGenerations, tableNames } from '../../../projections/kept/generations.js';
import { openViews } from '../../../projections/kept/views.js';
import { register, searchRegister } from '../../../projections/views/register.js';
import { temporaryFolder } from '../../support/ledger.js';

const [FEW, MANY] = [1000, 20_000];
const SEARCHES = 200;
/** A search that looked at everybody would take twenty times as long; one by an index hardly longer. */
const MAX_RATIO = 8;

const SYLLABLES = ['an', 'be', 'cor', 'da', 'el', 'fin', 'ga', 'har', 'is', 'jo', 'ka', 'lo'];

/** A name of its own for every number, of the letters of syllables alone. */
function nameOf(number: number): string {
  const rest = Math.floor(number / SYLLABLES.length);
  return `${SYLLABLES[number % SYLLABLES.length]}${rest === 0 ? '' : nameOf(rest)}`;
}

/** A learner of whose names a few hundred others have one, and hardly anybody both. */
function learnerOf(number: number) {
  const day = String((number % 28) + 1).padStart(2, '0');
  return {
    uln: String(1_000_000_000 + number),
    givenName: nameOf(100 + (number % 97)),
    preferredGivenName: null,
    familyName: nameOf(1000 + (number % 701)),
    previousFamilyName: null,
    familyNameAtAge16: null,
    dateOfBirth: CalendarDate.parse(`${1960 + (number % 50)}-0${(number % 9) + 1}-${day}`),
    gender: number % 2 === 0 ? '1' : '2',
    lastKnownPostCode: `AB${number % 30} ${number % 10}CD`,
  } as const;
}

/** A register of so many learners, and how long it takes to find one of them mistyped. */
function registerOf(count: number): (number: number) => number {
  const path = join(temporaryFolder(), 'views.db');
  writeFileSync(path, '');
  const views = openViews(path);
  onTestFinished(() => views.close());
  const generations = createGenerations(views.database);
  const together = (steps: () => void) => views.database.transaction(steps).immediate();
  together(() => generations.create(register, 'active'));
  const generation = generations.get(register, 'active');
  if (generation === null) {
    throw new TypeError('made just before');
  }
  together(() =>
    generations.write(
      register,
      generation,
      Array.from({ length: count }, (_, number) => ({
        stream: `learner-${number}`,
        version: 1,
        before: null,
        after: JSON.stringify(learnerOf(number)),
      })),
    ),
  );
  const names = tableNames(register, generation.tables);
  return (number) => {
    const { uln: _, ...known } = learnerOf(number);
    const { familyName } = known;
    const asked: Demographics = {
      ...known,
      lastKnownPostCode: 'SW1A 1AA',
      familyName: `${familyName.slice(0, 2)}x${familyName.slice(2)}`,
    };
    const start = performance.now();
    const found = searchRegister(views.database, names, asked);
    const tookMs = performance.now() - start;
    expect(found.map(({ stream, mistyped }) => [stream, mistyped])).toContainEqual([
      `learner-${number}`,
      'familyName',
    ]);
    return tookMs;
  };
}

test('a search for somebody mistyped takes hardly longer among twenty times as many learners', () => {
  const [inFew, inMany] = [registerOf(FEW), registerOf(MANY)];
  const times = { few: [] as number[], many: [] as number[] };
  // In turns, so that whatever else the machine does is in both.
  for (let search = 0; search < SEARCHES; search += 1) {
    times.few.push(inFew((search * 37) % FEW));
    times.many.push(inMany((search * 997) % MANY));
  }
  expect(median(times.many) / median(times.few)).toBeLessThan(MAX_RATIO);
});

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}
