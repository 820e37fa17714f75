import { DomainError } from '../domain/errors.js';
import type { KeptView } from './keptView.js';
import type { LogEntry } from './source.js';

/** The error for an event that a view cannot take in: it names the event and never says what it holds. */
export function stopped(
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
