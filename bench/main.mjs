// Reads the flags, gives the benchmarks a folder of their own, and deletes it whatever happens.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const USAGE = `usage: npm --prefix bench start -- [--events N] [--rounds N] [--seed N] [--folder DIR] [--quick]

  --events N    commands per contestant and round, in whole streams of 19 (default 760; quick 190)
  --rounds N    measured rounds, after one that only warms up (default 7; quick 2)
  --seed N      what the made-up data is drawn from (default 1)
  --folder DIR  where the databases are made and deleted again (default: the system's temporary folder)
  --quick       a short run, good for seeing that everything works
`;

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    folder: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (flags.help) {
  process.stdout.write(USAGE);
} else if (existsSync(new URL('../dist/src/index.js', import.meta.url))) {
  await run();
} else {
  process.stderr.write('expected the built product in ../dist, found none: run "npm run build"\n');
  process.exitCode = 1;
}

async function run() {
  const folder = mkdtempSync(join(flags.folder, 'plr-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => process.exit(130));
  }
  // Only now, so that a product that was not built is said in one line.
  const { runBenchmarks } = await import('./benchmarks.mjs');
  await runBenchmarks({
    folder,
    events: wholeNumber('events', flags.events ?? (flags.quick ? '190' : '760')),
    rounds: wholeNumber('rounds', flags.rounds ?? (flags.quick ? '2' : '7')),
    seed: wholeNumber('seed', flags.seed),
    write: (text) => process.stdout.write(text),
  });
}

function wholeNumber(name, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new RangeError(`expected --${name} to be a whole number from 1, found ${text}\n${USAGE}`);
  }
  return Number(text);
}
