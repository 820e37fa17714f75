import { DomainError } from '../../domain/errors.js';
import type { Recorded } from '../../domain/recorded.js';
import type { KeptEvent, KeptView } from './keptView.js';
import type { LogEntry } from './source.js';

/** The error for an event that a view cannot take in: it names the event and never says what it holds. */
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

/** The error for a view that has to be made anew, and how that is done. */
export function outdated(view: KeptView, expected: string): DomainError {
  return new DomainError(
    'ERR_VIEW_OUTDATED',
    `expected the view ${view.name} to be ${expected}; "plr projections rebuild ${view.name}" makes it anew`,
  );
}

/** True for a position that the ledger never gave, or gave on a timeline that it has left. */
export function isOfOtherTimeline(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'ERR_POSITION_FOREIGN' || code === 'ERR_POSITION_BEYOND_HEAD';
}

/** Opens an event for a view. Throws `ERR_VIEW_STOPPED` where the view cannot take it in. */
export async function opened(view: KeptView, entry: LogEntry): Promise<Recorded<KeptEvent>> {
  if (view.meaningOf(entry.type) === 'unknown') {
    throw stopped(view, entry, 'a type that it has a rule for');
  }
  try {
    return await entry.open();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A store that is busy or failing says nothing about the event.
    throw code.startsWith('ERR_STORE_')
      ? error
      : stopped(view, entry, 'an event that can be opened', error);
  }
}
