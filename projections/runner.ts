import type Database from 'better-sqlite3';
import { DomainError } from '../domain/errors.js';
import type { Recorded } from '../domain/recorded.js';
import { createForgetting, type Forgetting } from './forgetting.js';
import {
  createGenerations,
  type Generation,
  type Generations,
  type StreamChange,
  tableNames,
} from './generations.js';
import type { KeptEvent, KeptView, TableNames } from './keptView.js';
import type { EventSource, LogEntry } from './source.js';
import type { ViewsDatabase } from './views.js';

/** What keeps views up to date. */
export type Runner = Forgetting & {
  /** Brings a view up to the head of the log and reads it, one generation throughout. */
  readonly read: <Result>(
    view: KeptView,
    select: (database: Database.Database, names: TableNames) => Result,
  ) => Promise<Result>;
  /** Reads a view as it is, for who has brought it up to date a moment ago. */
  readonly peek: <Result>(
    view: KeptView,
    select: (database: Database.Database, names: TableNames) => Result,
  ) => Result;
  /** Brings the generation that answers up to the head of the log. Throws `ERR_VIEW_OUTDATED`, `ERR_VIEW_STOPPED`. */
  readonly catchUp: (view: KeptView) => Promise<Generation>;
  /**
   * Takes in what was recorded through a position. Throws `ERR_VIEW_GENERATION` where there is no
   * generation in that state (any more), and the signal's reason when it aborts between two batches.
   */
  readonly advance: (
    view: KeptView,
    state: Generation['state'],
    through: string | null,
    options?: {
      readonly onBatch?: (position: string | null) => void;
      readonly signal?: AbortSignal | undefined;
    },
  ) => Promise<void>;
  readonly generations: Generations;
};

/** The next events that a view applies, by stream, and the position they reach. */
type Batch = {
  readonly position: string | null;
  readonly events: ReadonlyMap<string, readonly Recorded<KeptEvent>[]>;
};

/** Events per transaction: enough to share a commit, few enough that readers and writers get their turn. */
const BATCH_EVENTS = 1000;
/** How often a batch is begun again because another process moved the same view. */
const MAX_CONFLICTS = 1000;

/** Creates the runner of kept views over a database of views and a source of events. */
export function createRunner(
  { database }: ViewsDatabase,
  source: EventSource,
  keptViews: readonly KeptView[],
): Runner {
  const generations = createGenerations(database);
  const forgetting = createForgetting({ database, generations, source, keptViews });
  const { applyErasure, hasApplied } = forgetting;

  function activeOf(view: KeptView): Generation {
    if (generations.get(view, 'active') === null) {
      const create = database.transaction(() => {
        if (generations.get(view, 'active') === null) {
          generations.create(view, 'active');
        }
      });
      create.immediate();
    }
    const active = generationOf(view, 'active');
    if (active.version !== view.version) {
      throw outdated(view, `of version ${view.version}, found version ${active.version}`);
    }
    return active;
  }

  function generationOf(view: KeptView, state: Generation['state']): Generation {
    const generation = generations.get(view, state);
    if (generation === null) {
      throw new DomainError(
        'ERR_VIEW_GENERATION',
        `expected a generation of ${view.name} that is ${state}, found none`,
      );
    }
    return generation;
  }

  async function catchUp(view: KeptView): Promise<Generation> {
    activeOf(view);
    await advance(view, 'active', await source.head());
    return activeOf(view);
  }

  const advance: Runner['advance'] = async (view, state, through, options = {}) => {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; ) {
      // Reading SQLite never waits: without this, whoever shares the process would not get a turn.
      await new Promise((resolve) => setImmediate(resolve));
      options.signal?.throwIfAborted();
      // Read before the orders are: an erasure that another process applies from here on is noticed
      // by the compare-and-set, an earlier one is among the orders.
      const from = generationOf(view, state);
      const batch = await nextBatch(view, from, through);
      if (batch === 'erased') {
        continue;
      }
      if (batch.position === from.position) {
        return;
      }
      const isMine = commit(view, from, batch);
      conflicts += isMine ? 0 : 1;
      options.onBatch?.(batch.position);
    }
    throw new DomainError(
      'ERR_VIEW_GENERATION',
      `expected to bring ${view.name} up to date, found other processes moving it all the time`,
    );
  };

  async function nextBatch(
    view: KeptView,
    from: Generation,
    through: string | null,
  ): Promise<Batch | 'erased'> {
    const news = (await source.pending()).find(({ order }) => !hasApplied(order));
    if (news !== undefined) {
      await applyErasure(news);
      return 'erased';
    }
    const events = new Map<string, Recorded<KeptEvent>[]>();
    let { position } = from;
    let count = 0;
    for await (const entry of entriesOf(view, from, through)) {
      if (entry.stream.startsWith(`${view.family}-`)) {
        if (entry.type === 'SensitiveDataRedacted' && (await applyOlder(view, entry))) {
          return 'erased';
        }
        if (view.meaningOf(entry.type) !== 'ignored') {
          const recorded = await opened(view, entry);
          events.get(entry.stream)?.push(recorded) ?? events.set(entry.stream, [recorded]);
        }
      }
      position = entry.position;
      count += 1;
      if (count === BATCH_EVENTS) {
        break;
      }
    }
    return { position, events };
  }

  /** Applies a redaction that views do not know: they were restored from a copy that is older. */
  async function applyOlder(view: KeptView, entry: LogEntry): Promise<boolean> {
    const { event } = await opened(view, entry);
    if (event.type !== 'SensitiveDataRedacted' || hasApplied(event.data.order)) {
      return false;
    }
    await applyErasure({ order: event.data.order, stream: entry.stream, fields: null });
    return true;
  }

  async function* entriesOf(
    view: KeptView,
    from: Generation,
    through: string | null,
  ): AsyncGenerator<LogEntry> {
    try {
      yield* source.entries(from.position, through);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      if (code === 'ERR_POSITION_FOREIGN' || code === 'ERR_POSITION_BEYOND_HEAD') {
        throw outdated(view, 'of this ledger, found one of a timeline that the ledger has left');
      }
      throw error;
    }
  }

  /** Moves the checkpoint and writes the rows; false where another process was first. */
  function commit(view: KeptView, from: Generation, { position, events }: Batch): boolean {
    const step = database.transaction(() => {
      if (!generations.moveOn(from, position)) {
        return false;
      }
      generations.write(view, from, changesOf(view, from, events));
      return true;
    });
    return step.immediate();
  }

  function changesOf(
    view: KeptView,
    from: Generation,
    events: Batch['events'],
  ): readonly StreamChange[] {
    const streamIn = generations.streamsIn(view, from);
    return [...events].flatMap(([stream, recorded]) => {
      const before = streamIn(stream);
      const fresh = recorded.filter(({ version }) => version > (before?.version ?? 0));
      const last = fresh.at(-1);
      return last === undefined
        ? []
        : [
            {
              stream,
              version: last.version,
              before,
              after: view.fold(before?.state ?? null, fresh),
            },
          ];
    });
  }

  // One transaction sees one generation: it cannot be dropped under the reader.
  const peek: Runner['peek'] = (view, select) =>
    database.transaction(() => select(database, tableNames(view, activeOf(view).tables)))();

  return {
    ...forgetting,
    read: async (view, select) => {
      await catchUp(view);
      return peek(view, select);
    },
    peek,
    catchUp,
    advance,
    generations,
  };
}

async function opened(view: KeptView, entry: LogEntry): Promise<Recorded<KeptEvent>> {
  const { position, type } = entry;
  if (view.meaningOf(type) === 'unknown') {
    throw stopped(view, entry, 'a type that it has a rule for');
  }
  try {
    return await entry.open();
  } catch (error) {
    throw stopped(view, { position, type }, 'an event that can be opened', error);
  }
}

function stopped(
  view: KeptView,
  { position, type }: Pick<LogEntry, 'position' | 'type'>,
  expected: string,
  cause?: unknown,
): DomainError {
  const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new DomainError(
    'ERR_VIEW_STOPPED',
    `expected ${expected} for the view ${view.name}, found otherwise at ${position}, ${type}${why}`,
    { cause },
  );
}

function outdated(view: KeptView, expected: string): DomainError {
  return new DomainError(
    'ERR_VIEW_OUTDATED',
    `expected the view ${view.name} to be ${expected}; "plr projections rebuild ${view.name}" makes it anew`,
  );
}
