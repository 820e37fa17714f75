import { DomainError } from '../../domain/errors.js';
import { createSystemClock } from '../../src/clock.js';
import type { ViewName } from '../../src/keptViews/keptViews.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { placesIn } from '../support/synthetic.js';

// Makes a view anew, over and over: a process to be killed at any moment, or that kills itself after
// the n-th time that it has made or dropped a table.

const [folder = '', name = '', times = '1', killAt = '0'] = process.argv.slice(2);
const ledger = await openLedger(placesIn(folder), createSystemClock());
const { database } = ledger.parts.views;
const exec = database.exec.bind(database);
let executed = 0;
Object.assign(database, {
  exec: (sql: string) => {
    exec(sql);
    executed += 1;
    if (executed === Number(killAt)) {
      process.kill(process.pid, 'SIGKILL');
      // The signal is on its way; nothing more may happen until it is here.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  },
});
process.stdout.write('ready\n');
for (let round = 0; round < Number(times); round += 1) {
  try {
    // Sound: the test names a view.
    await ledger.projections.rebuild(name as ViewName);
  } catch (error) {
    // Of two processes that make one generation together, one switches to it.
    if (!(error instanceof DomainError) || error.code !== 'ERR_VIEW_GENERATION') {
      throw error;
    }
  }
}
await ledger.close();
