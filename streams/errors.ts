/** Every reason for which a store, the envelope, sealing or the vault refuses. Stable; printed to users. */
export type StreamErrorCode =
  | 'ERR_ALREADY_ACTIVE'
  | 'ERR_APPEND_EMPTY'
  | 'ERR_APPEND_EXPIRED'
  | 'ERR_APPEND_MISMATCH'
  | 'ERR_APPEND_OUTCOME_UNKNOWN'
  | 'ERR_APPEND_TOO_LARGE'
  | 'ERR_BUS_FAILED'
  | 'ERR_CHAIN_BROKEN'
  | 'ERR_CLOCK_BEHIND'
  | 'ERR_CLOCK_JUMPED'
  | 'ERR_COMMITMENT_MISMATCH'
  | 'ERR_DATA_UNREADABLE'
  | 'ERR_DURABILITY_LOST'
  | 'ERR_EVENT_UNKNOWN'
  | 'ERR_HEADER_MALFORMED'
  | 'ERR_INTERRUPTED'
  | 'ERR_LEDGER_EXISTS'
  | 'ERR_LEDGER_MISMATCH'
  | 'ERR_LEDGER_MISSING'
  | 'ERR_MASTER_INVALID'
  | 'ERR_MASTER_MISMATCH'
  | 'ERR_OUTPUT_PATH'
  | 'ERR_POSITION_BEYOND_HEAD'
  | 'ERR_POSITION_FOREIGN'
  | 'ERR_SEGMENT_BROKEN'
  | 'ERR_SEGMENT_DIFFERS'
  | 'ERR_STORE_BUSY'
  | 'ERR_STORE_CLOSED'
  | 'ERR_STORE_FAILED'
  | 'ERR_STORE_NEWER'
  | 'ERR_STORE_UNREACHABLE'
  | 'ERR_STORE_URL'
  | 'ERR_STREAM_ID'
  | 'ERR_SUPERSEDED'
  | 'ERR_ULN_EXHAUSTED'
  | 'ERR_VALUE_NOT_STORABLE'
  | 'ERR_VAULT_BEHIND'
  | 'ERR_VERSION_CONFLICT';

/**
 * A failure of storing or proving. The message says what was expected and what was found, and never
 * holds personal data. `actualVersion` is set on `ERR_VERSION_CONFLICT`: how many events the stream holds.
 */
export class StreamError extends Error {
  override readonly name = 'StreamError';
  readonly code: StreamErrorCode;
  readonly actualVersion: number | null;

  constructor(
    code: StreamErrorCode,
    message: string,
    options?: ErrorOptions & { readonly actualVersion?: number },
  ) {
    super(message, options);
    this.code = code;
    this.actualVersion = options?.actualVersion ?? null;
  }
}

/**
 * True when others wrote first and nothing of ours was written: to be decided again. That includes
 * the same command sent by two processes at once, whose bytes differ because sealing is random.
 */
export function isConflict(error: unknown): boolean {
  return isCode(error, 'ERR_VERSION_CONFLICT') || isCode(error, 'ERR_APPEND_MISMATCH');
}

/** True for a `StreamError` of this code. */
export function isCode(error: unknown, code: StreamError['code']): boolean {
  return error instanceof StreamError && error.code === code;
}
