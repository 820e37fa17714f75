import { mkdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { openEmmettContestant } from './contestants/emmett.mjs';
import { openLedgerContestant } from './contestants/ledger.mjs';
import { openRawContestant } from './contestants/raw.mjs';
import { ACHIEVEMENTS_PER_LEARNER, createData } from './data.mjs';
import { describeMachine } from './machine.mjs';
import { race } from './race.mjs';
import { tableOf } from './report.mjs';

const CALLERS = 64;
/** Reads of a whole stream per round, for each command of the first benchmark. */
const READS_PER_COMMAND = 0.5;

const isEmmett = (name) => name.startsWith('emmett');
const isConsumer = (name) => isEmmett(name) && name.endsWith('consumer');
const isEmmettLoop = (name) => isEmmett(name) && name.endsWith('loop');

/** Runs every benchmark on new databases in a folder and writes a table for each. */
export async function runBenchmarks({ folder, events, rounds, seed, write }) {
  const data = createData(seed);
  const contestants = await openContestants(folder);
  write(await describeMachine({ folder, events, rounds, seed, contestants }));
  const learners = createLearners(contestants, data);
  try {
    write(tableOf(await oneCaller({ contestants, learners, data, events, rounds })));
    write(tableOf(await manyCallers({ contestants, learners, data, rounds })));
    await expectRefusals(contestants, learners.all(), data);
    write(tableOf(await readStreams({ contestants, learners, data, events, rounds })));
    // Measured before the rebuilds, because emmett keeps its views in the same file.
    const bytes = bytesPerEvent(contestants, learners);
    write(tableOf(await rebuildView({ contestants, learners, rounds })));
    write(tableOf(bytes));
  } finally {
    for (const contestant of contestants) {
      await contestant.close();
    }
  }
}

async function openContestants(folder) {
  const openers = [openLedgerContestant, openEmmettContestant, openRawContestant];
  const contestants = [];
  for (const [index, open] of openers.entries()) {
    const own = join(folder, String(index));
    mkdirSync(own);
    contestants.push(await open(own));
  }
  return contestants;
}

/** Issues ULNs in the ledger and tells the peers, whose streams have 20 events when they are full. */
function createLearners([ledger, ...peers], data) {
  const all = [];

  async function issue(count) {
    const issued = [];
    for (let index = 0; index < count; index += 1) {
      const number = all.length + 1;
      const details = data.learner(number);
      const uln = await ledger.issueUln(details);
      const learner = { number, uln, stream: `learner-${uln}` };
      for (const peer of peers) {
        await peer.register(learner, details);
      }
      issued.push(learner);
      all.push(learner);
    }
    return issued;
  }

  return {
    issue,
    all: () => all,
    /** How many events every contestant holds when all streams are full. */
    countEvents: () => all.length * (1 + ACHIEVEMENTS_PER_LEARNER),
  };
}

/** Throws unless every contestant refuses what differs from an entry it has. */
async function expectRefusals(contestants, [learner], data) {
  const known = data.achievement(learner.number, 1);
  for (const contestant of contestants) {
    const outcomes = await Promise.allSettled([
      contestant.record(learner, { ...known, grade: 'other' }),
      contestant.recordTogether(learner, { ...known, grade: 'other' }),
    ]);
    const refused = outcomes.filter(({ status }) => status === 'rejected').length;
    expectEqual(refused, outcomes.length, `second entries of one id refused by ${contestant.name}`);
  }
}

async function oneCaller({ contestants, learners, data, events, rounds }) {
  const count = Math.ceil(events / ACHIEVEMENTS_PER_LEARNER);
  const rates = await race({
    contestants,
    rounds,
    prepare: (share) => learners.issue(Math.ceil(count * share)),
    work: async (contestant, issued) => {
      for (let entry = 1; entry <= ACHIEVEMENTS_PER_LEARNER; entry += 1) {
        for (const learner of issued) {
          await contestant.record(learner, data.achievement(learner.number, entry));
        }
      }
      return issued.length * ACHIEVEMENTS_PER_LEARNER;
    },
  });
  return comparison('1. One command, one event, one caller', rates, [
    { among: isEmmett, atLeast: 1.5 },
  ]);
}

async function manyCallers({ contestants, learners, data, rounds }) {
  const rates = await race({
    contestants,
    rounds,
    prepare: () => learners.issue(CALLERS),
    work: async (contestant, issued) => {
      await Promise.all(
        issued.map(async (learner) => {
          for (let entry = 1; entry <= ACHIEVEMENTS_PER_LEARNER; entry += 1) {
            await contestant.recordTogether(learner, data.achievement(learner.number, entry));
          }
        }),
      );
      return issued.length * ACHIEVEMENTS_PER_LEARNER;
    },
  });
  return comparison(`2. One command, one event, ${CALLERS} concurrent callers`, rates, [
    { among: isEmmett, atLeast: 4 },
  ]);
}

async function readStreams({ contestants, learners, data, events, rounds }) {
  const shuffled = data.shuffled(learners.all());
  const rates = await race({
    contestants,
    rounds,
    prepare: async (share) => Math.ceil(events * READS_PER_COMMAND * share),
    work: async (contestant, reads) => {
      for (let index = 0; index < reads; index += 1) {
        const entries = await contestant.read(shuffled[index % shuffled.length]);
        expectEqual(entries, ACHIEVEMENTS_PER_LEARNER, `entries read by ${contestant.name}`);
      }
      return reads;
    },
  });
  return comparison('3. Read, open and fold one stream of 20 events', rates, [
    { among: isEmmett, atLeast: 1.5 },
  ]);
}

async function rebuildView({ contestants, learners, rounds }) {
  // Each of them reads every event and keeps a row per learner.
  const rates = await race({
    contestants: contestants.flatMap(({ rebuilds }) => rebuilds),
    rounds,
    prepare: async () => null,
    work: async ({ name, rebuild }) => {
      const result = await rebuild();
      expectEqual(result.events, learners.countEvents(), `events rebuilt by ${name}`);
      expectEqual(result.learners, learners.all().length, `rows rebuilt by ${name}`);
      return result.events;
    },
  });
  const size = learners.countEvents().toLocaleString('en-GB');
  return comparison(`4. Rebuild a kept view of every event, ${size} of them`, rates, [
    { among: isConsumer, atLeast: 15 },
    { among: isEmmettLoop, atLeast: 1 },
  ]);
}

function bytesPerEvent(contestants, learners) {
  const files = contestants.flatMap(({ name, files: paths }) =>
    paths.map((path) => ({ name, path, bytes: bytesOnDisk(path) / learners.countEvents() })),
  );
  const sizes = contestants.map(({ name }) => {
    const own = files.filter((file) => file.name === name);
    return [name, [own.reduce((sum, { bytes }) => sum + bytes, 0)]];
  });
  const targets = [{ among: isEmmett, atMost: 1.2 }];
  return {
    ...comparison('5. Bytes on disk per event', new Map(sizes), targets),
    unit: 'bytes',
    note: files.map(({ path, bytes }) => `${basename(path)} ${Math.round(bytes)}`).join(', '),
  };
}

/** The size of a database file when everything is in it and nothing in its write-ahead log. */
function bytesOnDisk(path) {
  const database = new Database(path);
  const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
  expectEqual(busy, 0, 'readers that kept a write-ahead log from being emptied');
  return statSync(path).size;
}

function comparison(title, rates, targets) {
  const [[, ours], ...peers] = rates;
  return {
    title,
    unit: 'per second, median',
    ours,
    peers: peers.map(([name, values]) => ({ name, values })),
    targets,
  };
}

function expectEqual(found, expected, what) {
  if (found !== expected) {
    throw new Error(`expected ${expected} ${what}, found ${found}`);
  }
}
