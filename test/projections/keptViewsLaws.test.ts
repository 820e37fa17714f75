import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CalendarDate } from '../../domain/values/date.js';
import type { ViewName } from '../../src/keptViews/keptViews.js';
import { viewNames } from '../../src/keptViews/keptViews.js';
import { openMemoryLedger } from '../../src/ledger/memoryLedger.js';
import { createTestClock } from '../support/ledger.js';
import {
  challengeText,
  foundBy,
  heldText,
  mergeText,
  naiveChallenges,
  naiveCounts,
  naiveFind,
  naiveHeld,
  naiveMerges,
  naiveReviews,
  naiveStatistics,
  reviewText,
} from './naive.js';
import { createStage, IMPORTS, plays, type Stage, searches, take } from './steps.js';

const ALL = { subjectCode: null, submittedBy: null, year: null };
const RUNS = 40;

// In the first two a ULN was retired: it is found by no search.
test.each([
  { seed: 97169362, path: '18', numRuns: 1 },
  { seed: 918569955, path: '20', numRuns: 1 },
  { numRuns: RUNS },
])('every view is what it is when made anew, and what counting by hand gives: %o', async (runs) => {
  await fc.assert(
    fc.asyncProperty(
      plays,
      fc.array(searches, { minLength: 12, maxLength: 12 }),
      async (steps, asked) => {
        const clock = createTestClock('2024-03-01T09:00:00.000Z');
        const ledger = await openMemoryLedger(clock.clock);
        try {
          const stage = await createStage(ledger, clock);
          for (const step of steps) {
            await take(step, stage);
          }
          await expectCounted(stage);
          for (const one of asked) {
            expect(await foundBy(ledger, one)).toEqual(await naiveFind(ledger, stage.ulns, one));
          }
          for (const name of viewNames) {
            // Sound: the names are those of the views.
            const { differing, examples } = await ledger.projections.verify(name as ViewName);
            expect({ name, differing, examples }).toEqual({ name, differing: 0, examples: [] });
          }
        } finally {
          await ledger.close();
        }
      },
    ),
    runs,
  );
  // A failure is shrunk before it is told.
});

const EVER = { from: CalendarDate.parse('1999-01-01'), to: CalendarDate.parse('2099-12-31') };

async function expectCounted({ ledger, ulns }: Stage): Promise<void> {
  expect(await ledger.statistics(ALL)).toEqual(await naiveStatistics(ledger, ulns));
  const open = await ledger.openChallenges({ owner: null, dueBy: null, limit: 1000 });
  expect(open.map(challengeText).toSorted()).toEqual(await naiveChallenges(ledger, ulns));
  const reviews = await ledger.reviews.list({ limit: 1000 });
  expect(reviews.map(reviewText).toSorted()).toEqual(await naiveReviews(ledger, ulns));
  expect(await ledger.reviews.counts(EVER)).toEqual(await naiveCounts(ledger, ulns));
  const waiting = await ledger.held.list({ submittedBy: null, import: null, limit: 1000 });
  expect(waiting.map(heldText).toSorted()).toEqual(await naiveHeld(ledger, IMPORTS));
  const known = (await ledger.merging.list()).map(mergeText);
  expect(known.toSorted()).toEqual(await naiveMerges(ledger, ulns));
}
