import type { Generation } from './generations.js';
import type { KeptView } from './keptView.js';
import type { EventSource } from './source.js';
import { isOfOtherTimeline } from './viewErrors.js';

/** One generation of a view, and how far it is behind. */
export type GenerationStatus = Generation & {
  /** True where it was made by other rules, or on a timeline that the ledger has left: it answers nothing. */
  readonly outdated: boolean;
  /** Events recorded since; `null` where the engine cannot tell. */
  readonly behind: number | null;
  /** When the first of them was recorded; `null` where there is none. */
  readonly behindSince: string | null;
};

/** How far a generation is behind the log, or whether it has to be made anew. */
export async function statusIn(
  source: EventSource,
  keptViews: readonly KeptView[],
  generation: Generation,
): Promise<GenerationStatus> {
  const [done, total] = [source.count(generation.position), source.count(await source.head())];
  const view = keptViews.find(({ name }) => name === generation.view);
  let behindSince: string | null = null;
  try {
    for await (const entry of source.entries(generation.position, null)) {
      behindSince = entry.recordedAt();
      break;
    }
  } catch (error) {
    if (!isOfOtherTimeline(error)) {
      throw error;
    }
    return { ...generation, outdated: true, behind: null, behindSince: null };
  }
  const outdated = generation.version !== view?.version;
  const behind = done === null || total === null ? null : total - done;
  return { ...generation, outdated, behind, behindSince };
}
