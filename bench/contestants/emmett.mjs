import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CommandHandler } from '@event-driven-io/emmett';
import { getSQLiteEventStore, sqliteConnection } from '@event-driven-io/emmett-sqlite';
import { decide, evolve, evolveView, initialState, issued } from './peerDomain.mjs';

const PAGE_SIZE_EVENTS = 1000;
/** Tuned in its favour: of itself it reads 100 events at a time and waits 50 ms after each. */
const PULLING = { batchSize: 5000, pullingFrequencyInMs: 0 };
/** How long its own first pragma, which it does not wait for, may run beside other statements. */
const SETTLING_MS = 100;

/**
 * Opens emmett-sqlite at its fastest that is durable and does not fail: one connection that stays
 * open, given to one call at a time. README.md says why neither of its own two ways is taken.
 */
export async function openEmmettContestant(folder) {
  const path = join(folder, 'emmett.db');
  const connection = sqliteConnection({ fileName: path });
  await setTimeout(SETTLING_MS);
  const store = getSQLiteEventStore({ fileName: path, pool: createExclusivePool(connection) });
  await store.schema.migrate();
  const handle = CommandHandler({ initialState, evolve });

  async function record({ stream }, achievement) {
    await handle(store, stream, (state) => decide(state, achievement));
  }

  return {
    name: 'emmett-sqlite',
    register: async ({ stream, uln }, details) => {
      await store.appendToStream(stream, [issued(uln, details)]);
    },
    record,
    recordTogether: record,
    read: async ({ stream }) => {
      const { state } = await store.aggregateStream(stream, { initialState, evolve });
      return state.entries.size;
    },
    rebuilds: [
      { name: 'emmett-sqlite, its consumer', rebuild: () => consumeAll(store, connection) },
      { name: 'emmett-sqlite, read-all loop', rebuild: () => readAll(connection) },
    ],
    settings: async () => {
      const { journal_mode: journalMode } = await connection.querySingle('PRAGMA journal_mode');
      const { synchronous } = await connection.querySingle('PRAGMA synchronous');
      return { journalMode, synchronous, note: 'both by default' };
    },
    files: [path],
    close: async () => connection.close(),
  };
}

/** A pool, as emmett knows it, of one connection that is given to one call after the other. */
function createExclusivePool(connection) {
  let last = Promise.resolve();
  return {
    connection: async () => connection,
    withConnection: (handler) => {
      const result = last.then(() => handler(connection));
      last = result.catch(() => undefined);
      return result;
    },
    close: async () => undefined,
  };
}

let processors = 0;

/** Emmett's own way to make a view anew: a consumer from the beginning, whose processor writes a table. */
async function consumeAll(store, connection) {
  await connection.command('DROP TABLE IF EXISTS register');
  await connection.command(
    'CREATE TABLE register (learner TEXT PRIMARY KEY, achievements INTEGER, last_award TEXT)',
  );
  const { last } = await connection.querySingle(
    'SELECT max(global_position) AS last FROM emt_messages',
  );
  const consumer = store.consumer({ pulling: PULLING });
  processors += 1;
  consumer.processor({
    processorId: `register-${processors}`,
    startFrom: 'BEGINNING',
    stopAfter: ({ metadata }) => metadata.globalPosition >= BigInt(last),
    eachMessage: writeRow,
  });
  await consumer.start();
  await consumer.stop();
  return connection.querySingle(
    'SELECT count(*) AS learners, count(*) + sum(achievements) AS events FROM register',
  );
}

async function writeRow({ type, data, metadata }, { connection }) {
  if (type === 'UlnIssued') {
    await connection.command('INSERT INTO register VALUES (?, 0, NULL)', [metadata.streamName]);
  } else if (type === 'AchievementRecorded') {
    await connection.command(
      `UPDATE register SET achievements = achievements + 1,
         last_award = max(coalesce(last_award, ''), ?) WHERE learner = ?`,
      [data.achievementAwardDate, metadata.streamName],
    );
  }
}

/** The least that reading everything can cost with emmett's own driver: pages of rows, JSON.parse, a map. */
async function readAll(connection) {
  const view = new Map();
  let events = 0;
  for (let after = 0; ; ) {
    const rows = await connection.query(
      `SELECT global_position AS position, stream_id AS stream, message_type AS type,
         message_data AS data
       FROM emt_messages WHERE global_position > ? ORDER BY global_position LIMIT ?`,
      [after, PAGE_SIZE_EVENTS],
    );
    for (const { stream, type, data } of rows) {
      evolveView(view, stream, type, JSON.parse(data));
    }
    events += rows.length;
    if (rows.length < PAGE_SIZE_EVENTS) {
      return { events, learners: view.size };
    }
    after = rows.at(-1).position;
  }
}
