import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decide, evolve, evolveView, initialState, issued } from './peerDomain.mjs';

const PAGE_SIZE_EVENTS = 1000;
/** What SQLite calls the values of `synchronous`. */
const NAMES = ['OFF', 'NORMAL', 'FULL', 'EXTRA'];

/** Opens the least there can be: one table, plain JSON, better-sqlite3's synchronous calls and nothing between. */
export function openRawContestant(folder) {
  const path = join(folder, 'raw.db');
  const database = new Database(path);
  const defaultSynchronous = reopenedDefault(database);
  database.pragma('synchronous = FULL');
  database.exec(`CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT`);
  const insert = database.prepare(
    'INSERT INTO events (stream, version, type, data) VALUES (?, ?, ?, ?)',
  );
  const selectStream = database.prepare(
    'SELECT version, type, data FROM events WHERE stream = ? ORDER BY version',
  );
  const selectPage = database.prepare(
    'SELECT position, stream, type, data FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );

  function load({ stream }) {
    const rows = selectStream.all(stream);
    const state = rows.reduce(
      (before, { type, data }) => evolve(before, { type, data: JSON.parse(data) }),
      initialState(),
    );
    return { state, version: rows.length };
  }

  function decideAndInsert(learner, achievement) {
    const { state, version } = load(learner);
    const { type, data } = decide(state, achievement);
    insert.run(learner.stream, version + 1, type, JSON.stringify(data));
  }

  const handle = database.transaction(decideAndInsert).immediate;
  const recordTogether = createSharedCommits(database, decideAndInsert);

  function readAll() {
    const view = new Map();
    let events = 0;
    for (let after = 0; ; ) {
      const rows = selectPage.all(after, PAGE_SIZE_EVENTS);
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

  return {
    name: 'raw better-sqlite3',
    register: async ({ stream, uln }, details) => {
      const { type, data } = issued(uln, details);
      insert.run(stream, 1, type, JSON.stringify(data));
    },
    record: async (learner, achievement) => handle(learner, achievement),
    recordTogether,
    read: async (learner) => load(learner).state.entries.size,
    rebuilds: [{ name: 'raw better-sqlite3, read-all loop', rebuild: async () => readAll() }],
    settings: async () => ({
      journalMode: database.pragma('journal_mode', { simple: true }),
      synchronous: database.pragma('synchronous', { simple: true }),
      note: `both set by the bench; by default a WAL file that is opened again has ${NAMES[defaultSynchronous]}`,
    }),
    files: [path],
    close: async () => database.close(),
  };
}

/** Puts the file in WAL mode; returns the `synchronous` that a second connection has without being told. */
function reopenedDefault(database) {
  database.pragma('journal_mode = WAL');
  const second = new Database(database.name);
  second.prepare('SELECT count(*) FROM sqlite_schema').get();
  const synchronous = second.pragma('synchronous', { simple: true });
  second.close();
  return synchronous;
}

/** Callers that are ready in one turn of the event loop share one transaction, each with its own decision. */
function createSharedCommits(database, decideAndInsert) {
  let waiting = [];
  const commitAll = database.transaction((batch) =>
    batch.map(({ learner, achievement }) => {
      try {
        decideAndInsert(learner, achievement);
        return null;
      } catch (error) {
        return error;
      }
    }),
  );

  function commitWaiting() {
    const batch = waiting;
    waiting = [];
    for (const [index, refused] of commitAll.immediate(batch).entries()) {
      if (refused === null) {
        batch[index].resolve();
      } else {
        batch[index].reject(refused);
      }
    }
  }

  return (learner, achievement) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) {
        setImmediate(commitWaiting);
      }
      waiting.push({ learner, achievement, resolve, reject });
    });
}
