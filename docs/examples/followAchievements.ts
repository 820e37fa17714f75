import { readFileSync, writeFileSync } from 'node:fs';
import { createSystemClock, isRedacted, openLedger } from 'learning-record-ledger';

const ledger = await openLedger(
  {
    store: 'sqlite:./data/ledger.db',
    vault: './data/vault.db',
    vaultCopy: null,
    views: './data/views.db',
    access: 'sqlite:./data/access-{year}.db',
    master: './keys/master.key',
  },
  createSystemClock(),
);

// The position of the last event this service has dealt with: it goes on from there.
const stop = new AbortController();
const following = ledger.follow({ after: readPosition(), signal: stop.signal });
for await (const item of following) {
  if (item.kind === 'caught-up') {
    // A real service would wait here for what comes; the example ends.
    stop.abort();
    continue;
  }
  const { event, position } = item.recorded;
  if (event.type === 'AchievementRecorded') {
    // A field that was redacted comes as a marker, never as an empty value.
    const { subjectCode, grade } = event.data;
    const shown = isRedacted(grade) ? `[redacted ${grade.basis}]` : (grade ?? 'no grade');
    process.stdout.write(`${subjectCode}: ${shown}\n`);
  }
  // Saved after the work: after a crash an event may come twice, but none is missed.
  writeFileSync('position.txt', position);
}
await ledger.close();

function readPosition(): string | null {
  try {
    return readFileSync('position.txt', 'utf8');
  } catch {
    return null;
  }
}
