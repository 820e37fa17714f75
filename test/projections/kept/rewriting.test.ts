import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createGenerations, type StreamChange } from '../../../projections/kept/generations.js';
import { openViews } from '../../../projections/kept/views.js';
import { register } from '../../../projections/views/register.js';
import { temporaryFolder } from '../../support/ledger.js';

const LEARNERS = 10_000;

/** Numbers below a bound, the same in every run. */
function createNumbers(): (below: number) => number {
  let last = 1;
  return (below) => {
    last = (last * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return Math.floor((last / 0x7fff_ffff) * below);
  };
}

/** What the register keeps of a learner, of whatever length. */
function learner(familyName: string, filler: number): string {
  return JSON.stringify({
    uln: '1000000000',
    givenName: 'x'.repeat(filler),
    preferredGivenName: null,
    familyName,
    previousFamilyName: null,
    familyNameAtAge16: null,
    dateOfBirth: '2003-04-17',
    gender: '9',
    lastKnownPostCode: 'AB1 2CD',
  });
}

// Deleting is not enough: of some of the names, pieces stay in pages from which SQLite has moved their rows.
test('a generation that is written anew leaves nothing of what was deleted before', () => {
  const path = join(temporaryFolder(), 'views.db');
  writeFileSync(path, '');
  const views = openViews(path);
  const { database } = views;
  const generations = createGenerations(database);
  const together = (steps: () => void) => database.transaction(steps).immediate();
  together(() => generations.create(register, 'active'));
  const generation = generations.get(register, 'active');
  if (generation === null) {
    throw new TypeError('made just before');
  }
  const numberBelow = createNumbers();
  const canaries: { stream: string; name: string }[] = [];
  const rewriteSome = (changes: readonly Omit<StreamChange, 'before'>[]) => {
    const streamIn = generations.streamsIn(register, generation);
    const known = changes.map((change) => ({ ...change, before: streamIn(change.stream) }));
    together(() => generations.write(register, generation, known));
  };
  for (let first = 0; first < LEARNERS; first += 1000) {
    const changes = Array.from({ length: 1000 }, (_, index) => {
      const stream = `learner-1${numberBelow(1e9).toString(36)}x${first + index}`;
      const isCanary = numberBelow(50) === 0;
      const name = isCanary ? `canary${first + index}zz` : `name${numberBelow(5000)}`;
      if (isCanary) {
        canaries.push({ stream, name });
      }
      return { stream, version: 1, after: learner(name, numberBelow(300)) };
    });
    rewriteSome(changes);
    const amended = changes.filter(
      ({ after }) => !after.includes('canary') && numberBelow(2) === 0,
    );
    rewriteSome(
      amended.map(({ stream }) => ({
        stream,
        version: 2,
        after: learner('other', numberBelow(600)),
      })),
    );
  }
  views.forget();
  const left = () => {
    const bytes = readFileSync(path).toString('latin1');
    return canaries.filter(({ name }) => bytes.includes(name)).length;
  };
  expect(left()).toBe(canaries.length);
  rewriteSome(canaries.map(({ stream }) => ({ stream, version: 3, after: learner('gone', 5) })));
  together(() => {
    expect(generations.rewrite(register, generation)).toBe(true);
  });
  expect(views.forget()).toBe(true);
  expect(left()).toBe(0);
  expect(readFileSync(path).includes('canary')).toBe(false);
  // Nor of the names without a letter, by which mistyped ones are found.
  expect(readFileSync(path).includes('anary')).toBe(false);
  views.close();
});
