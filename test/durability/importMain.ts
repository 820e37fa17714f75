import { writeSync } from 'node:fs';
import { Ukprn } from '../../domain/values/ukprn.js';
import { createSystemClock } from '../../src/clock.js';
import { importFile } from '../../src/imports/importFile.js';
import { resultHead } from '../../src/imports/resultFile.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { outputFile } from '../../streams/output.js';
import { placesIn } from '../support/synthetic.js';

// Imports a file of achievements, to be killed: says of every row that it is answered.

const [folder = '', path = '', resultPath = ''] = process.argv.slice(2);
const ledger = await openLedger(placesIn(folder), createSystemClock());
await importFile(
  ledger,
  {
    kind: 'achievements',
    path,
    result: outputFile(resultPath, resultHead('achievements'), []),
    encoding: 'utf-8',
    declaredRows: null,
  },
  {
    by: { kind: 'organisation', ukprn: Ukprn.parse('10000003') },
    user: 'load',
    purpose: 'achievement-reporting',
  },
  (done) => {
    writeSync(1, `${done}\n`);
  },
);
await ledger.close();
