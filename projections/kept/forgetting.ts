import type { Generation, Generations, StreamChange } from './generations.js';
import type { KeptView } from './keptView.js';
import type { ErasureNews, EventSource } from './source.js';
import type { ViewsDatabase } from './views.js';

/** Taking what an order of redaction names out of every view. */
export type Forgetting = {
  /**
   * Deletes what views keep of the stream and folds it anew, markers in place; forgets it in one
   * transaction with the note that it did. Generations that only could be returned to are dropped.
   * A view that cannot fold the stream is emptied: a redaction never waits for a broken view.
   */
  readonly applyErasure: (erasure: ErasureNews) => Promise<void>;
  readonly hasApplied: (erasure: Pick<ErasureNews, 'order' | 'on'>) => boolean;
  /** How many were applied: what was opened before another one was must not be written after it. */
  readonly countApplied: () => number;
};

type Plan = {
  readonly view: KeptView;
  readonly generation: Generation;
  /** `null` where nothing is kept of the stream, `broken` where it could not be folded. */
  readonly change: StreamChange | 'broken' | null;
};

/** How often it is begun again because another process moved a view meanwhile. */
const MAX_CONFLICTS = 1000;
/** Thrown to roll back a transaction whose view has moved. */
const MOVED = Symbol('the view has moved');

/** Creates the forgetting over a database of views. */
export function createForgetting(parts: {
  readonly database: ViewsDatabase['database'];
  readonly generations: Generations;
  readonly source: EventSource;
  readonly keptViews: readonly KeptView[];
}): Forgetting {
  const { database, generations, source, keptViews } = parts;
  const select = database.prepare('SELECT 1 FROM erasures WHERE order_id = ?');
  const insert = database.prepare('INSERT OR IGNORE INTO erasures VALUES (?, ?)');
  const count = database.prepare('SELECT count(*) FROM erasures').pluck();

  async function applyErasure({ order, on, stream, fields }: ErasureNews): Promise<void> {
    const concerned = keptViews.filter(({ family }) => stream.startsWith(`${family}-`));
    // Of a whole record also what cannot be redacted goes, and that every view holds.
    const holdsSome = ({ holds }: KeptView) =>
      fields === 'all' ||
      (holds.length > 0 && (fields === null || holds.some((name) => fields.includes(name))));
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const plans = await planFor(concerned, stream);
      const forget = database.transaction(() => {
        for (const plan of plans) {
          carryOut(plan, holdsSome(plan.view));
        }
        for (const view of concerned) {
          const retained = generations.get(view, 'retained');
          if (retained !== null) {
            generations.drop(view, retained);
          }
        }
        insert.run(`${order} ${on}`, stream);
      });
      try {
        forget.immediate();
        return;
      } catch (error) {
        if (error !== MOVED) {
          throw error;
        }
      }
    }
    throw new Error('views of a redacted stream kept moving');
  }

  async function planFor(concerned: readonly KeptView[], stream: string): Promise<readonly Plan[]> {
    const plans: Plan[] = [];
    for (const view of concerned) {
      for (const state of ['active', 'building'] as const) {
        // In one transaction: another process may drop the tables between the two questions.
        const found = database.transaction(() => {
          const generation = generations.get(view, state);
          // Tables of another version cannot be copied by the rules of this one.
          return generation?.version === view.version
            ? { generation, before: generations.streamsIn(view, generation)(stream) }
            : { generation, before: 'broken' as const };
        })();
        const { generation, before } = found;
        if (generation !== null) {
          plans.push({ view, generation, change: await refold(view, before, stream) });
        }
      }
    }
    return plans;
  }

  async function refold(
    view: KeptView,
    before: StreamChange['before'] | 'broken',
    stream: string,
  ): Promise<Plan['change']> {
    if (before === 'broken' || before === null) {
      return before;
    }
    try {
      const events = await source.read(stream);
      const known = events.filter(
        ({ event, version }) =>
          version <= before.version && view.meaningOf(event.type) === 'applied',
      );
      return { stream, version: before.version, before, after: view.fold(null, known) };
    } catch {
      return 'broken';
    }
  }

  function carryOut({ view, generation, change }: Plan, isHeld: boolean): void {
    if (change === 'broken') {
      requireUnmoved(generations.empty(view, generation));
      return;
    }
    requireUnmoved(generations.revise(generation));
    if (change !== null) {
      generations.write(view, generation, [change]);
    }
    if (isHeld) {
      const revised = { ...generation, revision: generation.revision + 1 };
      requireUnmoved(generations.rewrite(view, revised));
    }
  }

  return {
    applyErasure,
    hasApplied: ({ order, on }) => select.get(`${order} ${on}`) !== undefined,
    countApplied: () => count.get() as number,
  };
}

function requireUnmoved(isUnmoved: boolean): void {
  if (!isUnmoved) {
    throw MOVED;
  }
}
