import { DomainError } from '../../domain/errors.js';
import { type Comparison, compareGenerations } from './comparison.js';
import { type GenerationStatus, statusIn } from './generationStatus.js';
import type { Generation } from './generations.js';
import type { KeptView } from './keptView.js';
import type { Runner } from './runner.js';
import type { EventSource } from './source.js';
import type { ViewsDatabase } from './views.js';

/** How far a rebuild has come, in events of the log; `total` is `null` where the engine cannot tell. */
export type RebuildProgress = { readonly done: number | null; readonly total: number | null };

/** How a rebuild is done. */
export type RebuildOptions = {
  /** Compare the new generation with the serving one, and leave the serving one where they differ. */
  readonly verify?: boolean;
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** Stops it between two batches; the same rebuild again goes on from there. */
  readonly signal?: AbortSignal;
};

/** What a rebuild led to; `comparison` is `null` where none was asked for. */
export type Rebuilt = { readonly switched: boolean; readonly comparison: Comparison | null };

/** What operators do with kept views. */
export type Rebuilding = {
  readonly list: () => Promise<readonly GenerationStatus[]>;
  /**
   * Makes a view anew beside the one that answers, which goes on answering, then switches to it in one
   * step. One that was cut short goes on where it was.
   */
  readonly rebuild: (view: KeptView, options?: RebuildOptions) => Promise<Rebuilt>;
  /** Makes a view anew, compares it with the one that answers, and drops it. */
  readonly verify: (view: KeptView, options?: RebuildOptions) => Promise<Comparison>;
  /** Goes back to the generation before. Throws `ERR_VIEW_GENERATION` where none was retained. */
  readonly rollback: (view: KeptView) => Promise<void>;
};

/** How often two generations are brought to the same position while the log grows. */
const MAX_COMPARISONS = 20;

/** Creates the rebuilding of views that a runner keeps. */
export function createRebuilding(
  { database }: ViewsDatabase,
  source: EventSource,
  runner: Runner,
  keptViews: readonly KeptView[],
): Rebuilding {
  const { generations } = runner;
  const together = (steps: () => void) => database.transaction(steps).immediate();

  async function beginBuilding(view: KeptView): Promise<number> {
    const known = generations.get(view, 'building');
    const isOutdated = known !== null && (await statusIn(source, keptViews, known)).outdated;
    const begin = database.transaction(() => {
      const begun = generations.get(view, 'building');
      if (begun === null || (begun.tables === known?.tables && isOutdated)) {
        if (begun !== null) {
          generations.drop(view, begun);
        }
        generations.create(view, 'building');
      }
      return generations.get(view, 'building')?.generation ?? 0;
    });
    return begin.immediate();
  }

  async function build(view: KeptView, options: RebuildOptions): Promise<number> {
    const begun = await beginBuilding(view);
    const head = await source.head();
    const total = source.count(head);
    await runner.advance(view, 'building', head, {
      signal: options.signal,
      onBatch: (position) => options.onProgress?.({ done: source.count(position), total }),
    });
    return begun;
  }

  /** Applies the tail and switches in one step: whoever reads the one that answers finds nothing gone. */
  async function activate(
    view: KeptView,
    begun: Generation['generation'],
    options: RebuildOptions,
  ): Promise<void> {
    for (let attempt = 0; attempt < MAX_COMPARISONS; attempt += 1) {
      await runner.advance(view, 'building', await source.head(), { signal: options.signal });
      const active = generations.get(view, 'active');
      // One that answers nothing any more holds nothing back: its position may be none of this ledger.
      const answers = active !== null && !(await statusIn(source, keptViews, active)).outdated;
      const isSwitched = database.transaction(() => switchTo(view, begun, answers)).immediate();
      if (isSwitched) {
        return;
      }
    }
    throw tooSlow(view);
  }

  /** False where the generation that answers has taken in something that the new one has not. */
  function switchTo(view: KeptView, begun: Generation['generation'], answers: boolean): boolean {
    const built = generations.get(view, 'building');
    if (built?.generation !== begun) {
      throw new DomainError(
        'ERR_VIEW_GENERATION',
        `expected the generation of ${view.name} that was being built, found it switched to or dropped by another process`,
      );
    }
    const active = generations.get(view, 'active');
    if (answers && active !== null && !reaches(built, active)) {
      return false;
    }
    const retained = generations.get(view, 'retained');
    if (retained !== null) {
      generations.drop(view, retained);
    }
    if (active !== null) {
      generations.setState(active, 'retained');
    }
    generations.setState(built, 'active');
    return true;
  }

  /** True where `one` has taken in what `other` has. */
  function reaches(one: Generation, other: Generation): boolean {
    const [reached, wanted] = [source.count(one.position), source.count(other.position)];
    return (
      one.position === other.position || (reached !== null && wanted !== null && reached >= wanted)
    );
  }

  async function compare(view: KeptView, options: RebuildOptions): Promise<Comparison> {
    for (let attempt = 0; attempt < MAX_COMPARISONS; attempt += 1) {
      const { position } = await runner.catchUp(view);
      await runner.advance(view, 'building', position, { signal: options.signal });
      const comparison = database.transaction(() => {
        const [one, other] = [generations.get(view, 'active'), generations.get(view, 'building')];
        return one === null || other === null || one.position !== other.position
          ? null
          : compareGenerations(database, view, one, other);
      })();
      if (comparison !== null) {
        return comparison;
      }
    }
    throw tooSlow(view);
  }

  return {
    list: async () => {
      together(() => {
        for (const view of keptViews) {
          if (generations.get(view, 'active') === null) {
            generations.create(view, 'active');
          }
        }
      });
      const names = new Set(keptViews.map(({ name }) => name));
      const known = generations.all().filter(({ view }) => names.has(view));
      const statuses: GenerationStatus[] = [];
      for (const generation of known) {
        statuses.push(await statusIn(source, keptViews, generation));
      }
      return statuses;
    },
    rebuild: async (view, options = {}) => {
      const begun = await build(view, options);
      const comparison = options.verify === true ? await compare(view, options) : null;
      if (comparison !== null && comparison.differing > 0) {
        return { switched: false, comparison };
      }
      await activate(view, begun, options);
      return { switched: true, comparison };
    },
    verify: async (view, options = {}) => {
      await build(view, options);
      const comparison = await compare(view, options);
      together(() => {
        const built = generations.get(view, 'building');
        if (built !== null) {
          generations.drop(view, built);
        }
      });
      return comparison;
    },
    rollback: async (view) => {
      for (let attempt = 0; attempt < MAX_COMPARISONS; attempt += 1) {
        requireRetained(view, generations.get(view, 'retained'));
        await runner.advance(view, 'retained', await source.head());
        const known = generations.get(view, 'active');
        const answers = known !== null && !(await statusIn(source, keptViews, known)).outdated;
        const goBack = database.transaction(() => {
          const [active, back] = [
            generations.get(view, 'active'),
            generations.get(view, 'retained'),
          ];
          requireRetained(view, back);
          if (answers && active !== null && !reaches(back, active)) {
            return false;
          }
          if (active !== null) {
            generations.setState(active, 'retained');
          }
          generations.setState(back, 'active');
          return true;
        });
        if (goBack.immediate()) {
          return;
        }
      }
      throw tooSlow(view);
    },
  };
}

function tooSlow(view: KeptView): DomainError {
  return new DomainError(
    'ERR_VIEW_GENERATION',
    `expected two generations of ${view.name} at one position, found the log growing faster than they follow`,
  );
}

function requireRetained(
  view: KeptView,
  retained: Generation | null,
): asserts retained is Generation {
  if (retained === null || retained.version !== view.version) {
    const found =
      retained === null ? 'none was retained, or a redaction dropped it' : 'one of another version';
    throw new DomainError(
      'ERR_VIEW_GENERATION',
      `expected a generation of ${view.name} to go back to, found ${found}`,
    );
  }
}
