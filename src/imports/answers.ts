import { DomainError } from '../../domain/errors.js';
import { StreamError } from '../../streams/errors.js';

/** What became of a row, as the result file answers it. */
export type Answer<Outcome extends string> = {
  readonly outcome: Outcome;
  /** The code of the refusal, or WSRC0022 where a master answers; empty where there is neither. */
  readonly code: string;
  /** Why, or what looks wrong, in words without the row's values. */
  readonly reason: string;
  /** The ULN of the learner; empty where the row was not taken. */
  readonly uln: string;
};

/** What the format cannot store, and what others kept in the way, is about one row alone. */
const STORAGE_CODES = ['ERR_APPEND_TOO_LARGE', 'ERR_VALUE_NOT_STORABLE', 'ERR_VERSION_CONFLICT'];

/**
 * The refusal of one row. Anything else ends the import: what was recorded stays, and the same file
 * again goes on from there. That includes a view that cannot be read, which says nothing of the row.
 */
export function refusalOf(error: unknown): DomainError | StreamError {
  const isRule = error instanceof DomainError && !error.code.startsWith('ERR_VIEW');
  const isStorage = error instanceof StreamError && STORAGE_CODES.includes(error.code);
  if (isRule || isStorage) {
    return error;
  }
  throw error;
}

/** The answer to a row that was refused. */
export function rejected({ code, message }: DomainError | StreamError) {
  return { outcome: 'rejected', code, reason: message, uln: '' } as const;
}
