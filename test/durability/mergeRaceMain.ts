import { createSystemClock } from '../../src/clock.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { placesIn } from '../support/synthetic.js';
import { mergeRequest, type Pair } from './mergeSubject.js';

// Merges pair after pair as soon as it is told to: one of two processes that do so at the same time.

const [folder = '', name = '', pairsJson = '[]'] = process.argv.slice(2);
const pairs = JSON.parse(pairsJson) as readonly Pair[];
const ledger = await openLedger(placesIn(folder), createSystemClock());
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
const states: string[] = [];
for (const [index, [master, superseded]] of pairs.entries()) {
  const asked = { superseded, reason: 'One certificate names both.' };
  try {
    const request = mergeRequest(`${name} ${index}`);
    states.push((await ledger.merging.merge(master, asked, request)).state);
  } catch (error) {
    states.push(error instanceof Error && 'code' in error ? String(error.code) : String(error));
  }
}
process.stdout.write(JSON.stringify(states));
await ledger.close();
process.stdin.destroy();
