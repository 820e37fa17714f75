import type Database from 'better-sqlite3';
import { DomainError } from '../../domain/errors.js';
import type { Recorded } from '../../domain/recorded.js';
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
import { isOfOtherTimeline, opened, outdated } from './viewErrors.js';
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
   * Takes in what was recorded through a position; the signal stops it between two batches, by what
   * the source throws then. Throws `ERR_VIEW_GENERATION` where no generation is in that state (any more).
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

/** The events of erasures, which views have to know before they take in anything after them. */
const ERASING: readonly string[] = ['SensitiveDataRedacted', 'RecordDisposed'];
/** Events per transaction: enough to share a commit, few enough that others get their turn. */
const BATCH_EVENTS = 1000;
/** How often a batch is begun again because something changed the view without bringing it on. */
const MAX_CONFLICTS = 1000;

/** Creates the runner of kept views over a database of views and a source of events. */
export function createRunner(
  { database, forget }: Pick<ViewsDatabase, 'database' | 'forget'>,
  source: EventSource,
  keptViews: readonly KeptView[],
): Runner {
  const generations = createGenerations(database);
  const forgetting = createForgetting({ database, generations, source, keptViews });
  const { applyErasure, hasApplied, countApplied } = forgetting;

  function activeOf(view: KeptView): Generation {
    if (generations.get(view, 'active') === null) {
      const create = () => generations.get(view, 'active') ?? generations.create(view, 'active');
      database.transaction(create).immediate();
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
      // Read before the orders are: an erasure that another process applies from here on is noticed
      // when the batch is written, an earlier one is among the orders.
      const from = { ...generationOf(view, state), erasures: countApplied() };
      const batch = await nextBatch(view, from, through, options.signal);
      if (batch === 'erased') {
        continue;
      }
      if (batch.position === from.position) {
        return;
      }
      if (commit(view, from, batch)) {
        options.onBatch?.(batch.position);
      } else if (generationOf(view, state).position === from.position) {
        conflicts += 1;
      }
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
    signal: AbortSignal | undefined,
  ): Promise<Batch | 'erased'> {
    const news = (await source.pending()).find((erasure) => !hasApplied(erasure));
    if (news !== undefined) {
      await applyErasure(news);
      return 'erased';
    }
    const events = new Map<string, Recorded<KeptEvent>[]>();
    let { position } = from;
    let count = 0;
    for await (const entry of entriesOf(view, from, through, signal)) {
      if (entry.stream.startsWith(`${view.family}-`)) {
        if (ERASING.includes(entry.type) && (await applyOlder(view, entry))) {
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

  /** Applies an erasure that views do not know: they were restored from a copy that is older. */
  async function applyOlder(view: KeptView, entry: LogEntry): Promise<boolean> {
    const { event } = await opened(view, entry);
    if (
      (event.type !== 'SensitiveDataRedacted' && event.type !== 'RecordDisposed') ||
      hasApplied(event.data)
    ) {
      return false;
    }
    const { order, on } = event.data;
    const fields = event.type === 'RecordDisposed' ? 'all' : null;
    await applyErasure({ order, on, stream: entry.stream, fields });
    // Its order is completed, so that nobody else empties the write-ahead log for it.
    forget();
    return true;
  }

  async function* entriesOf(
    view: KeptView,
    from: Generation,
    through: string | null,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LogEntry> {
    try {
      yield* source.entries(from.position, through, signal);
    } catch (error) {
      if (isOfOtherTimeline(error)) {
        throw outdated(view, 'of this ledger, found one of a timeline that the ledger has left');
      }
      throw error;
    }
  }

  /** Moves the checkpoint and writes the rows; false where another process was first. */
  function commit(
    view: KeptView,
    { erasures, ...from }: Generation & { readonly erasures: number },
    { position, events }: Batch,
  ): boolean {
    const step = database.transaction(() => {
      if (countApplied() !== erasures || !generations.moveOn(from, position)) {
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
