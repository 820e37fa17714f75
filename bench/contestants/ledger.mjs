import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  createLedger,
  createSystemClock,
  NOW,
  openLedger,
  plrAt,
  Ukprn,
} from '../../dist/src/index.js';
import { AWARDING } from '../data.mjs';
import { rebuildKeptView } from './rebuildKeptView.mjs';

/** Opens a new ledger, as the library in a service's own process, in a folder. */
export async function openLedgerContestant(folder) {
  const places = {
    store: `sqlite:${join(folder, 'ledger.db')}`,
    vault: join(folder, 'vault.db'),
    vaultCopy: null,
    views: join(folder, 'views.db'),
    master: join(folder, 'master.key'),
  };
  const clock = createSystemClock();
  await createLedger(places, 'bench.invalid/ledger', clock);
  const ledger = await openLedger(places, clock);
  const by = { kind: 'organisation', ukprn: Ukprn.parse(AWARDING) };
  const request = (purpose) => ({ by, user: 'bench', purpose, commandId: randomUUID() });

  async function record({ uln }, data) {
    const command = { type: 'RecordAchievement', data };
    await ledger.handle(uln, command, request('achievement-reporting'));
  }

  return {
    name: 'ledger',
    issueUln: async (details) =>
      (await ledger.register(details, request('learner-registration'))).uln,
    record,
    recordTogether: record,
    read: async ({ uln }) => countEntries(plrAt(await ledger.read(uln), NOW)),
    rebuilds: [{ name: 'ledger', rebuild: () => rebuildKeptView(ledger) }],
    settings: async () => settingsOf(await ledger.parts.store.inspect()),
    // The keys are counted in: without them nothing in the ledger can be read.
    files: [join(folder, 'ledger.db'), join(folder, 'vault.db')],
    close: () => ledger.close(),
  };
}

function countEntries({ qualifications }) {
  return qualifications.reduce((count, { achievements }) => count + achievements.length, 0);
}

/** What the ledger found on its own connection. */
function settingsOf(findings) {
  const found = (check) => findings.find((finding) => finding.check.startsWith(check))?.found;
  return {
    journalMode: found('SQLite journal'),
    synchronous: Number(found('SQLite synchronous')),
    note: 'both set and checked by the ledger at every opening',
  };
}
