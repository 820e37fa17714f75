import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

const FULL = 2;
const PROBE_WRITES = 100;

/**
 * What must be known to read the tables: the machine, its disk, the sizes, and the settings of every
 * contestant. Throws where a contestant's commits are not durable or its journal is another.
 */
export async function describeMachine({ folder, events, rounds, seed, contestants }) {
  const lines = [
    `Node ${process.version}, ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}, ` +
      `${Math.round(durableWritesPerSecond(folder)).toLocaleString('en-GB')} durable 4 KiB writes per second`,
    `${events} commands a round, ${rounds} rounds and one to warm up, seed ${seed}`,
  ];
  for (const { name, settings } of contestants) {
    const { journalMode, synchronous, note } = await settings();
    if (journalMode !== 'wal' || synchronous !== FULL) {
      throw new Error(
        `expected ${name} in WAL mode with synchronous=FULL, found ${journalMode} and ${synchronous}`,
      );
    }
    lines.push(`${name}: WAL, synchronous=FULL (${note})`);
  }
  return `${lines.join('\n')}\n`;
}

/** How often the disk makes a page durable; where this is far over 10,000 it is memory. */
function durableWritesPerSecond(folder) {
  const file = openSync(join(folder, 'probe'), 'w');
  const page = Buffer.alloc(4096, 1);
  const startedAtMs = performance.now();
  for (let write = 0; write < PROBE_WRITES; write += 1) {
    writeSync(file, page);
    fdatasyncSync(file);
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  closeSync(file);
  return PROBE_WRITES / seconds;
}
