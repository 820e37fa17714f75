import { DomainError, type DomainErrorCode } from '../../domain/errors.js';
import { StreamError, type StreamErrorCode } from '../../streams/errors.js';

/** 0 done, 1 refused or failed, 2 wrong usage, 3 not found, 4 conflict, 5 denied, 6 integrity failure. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

const domainExitCodes: Readonly<Record<DomainErrorCode, ExitCode>> = {
  ERR_ACCESS_REFUSED: 5,
  ERR_AGREEMENT_NOT_FOUND: 3,
  ERR_AWARD_DATE_IN_FUTURE: 1,
  ERR_CHALLENGE_CLOSED: 1,
  ERR_CHALLENGE_DIFFERS: 4,
  ERR_CHALLENGE_NOT_FOUND: 3,
  ERR_CONNECTION_DIFFERS: 4,
  ERR_CONNECTION_NOT_FOUND: 3,
  ERR_DATE_IN_FUTURE: 1,
  ERR_ENTRY_DIFFERS: 4,
  ERR_ENTRY_FINAL: 4,
  ERR_ENTRY_NOT_FOUND: 3,
  ERR_ENTRY_WITHDRAWN: 1,
  ERR_FIELD_NOT_REDACTABLE: 1,
  ERR_HELD_ROW_DECIDED: 4,
  ERR_HELD_ROW_NOT_FOUND: 3,
  ERR_IDENTITY_MISMATCH: 4,
  ERR_INPUT_INVALID: 2,
  ERR_LEARNER_NOT_FOUND: 3,
  ERR_NOT_PERMITTED: 5,
  ERR_NOT_SUBMITTER: 5,
  ERR_OPT_OUT_TRANSITION: 1,
  ERR_LOOK_NOT_FOUND: 3,
  ERR_ALERT_NOT_FOUND: 3,
  ERR_ORGANISATION_DIFFERS: 4,
  ERR_ORGANISATION_NOT_FOUND: 3,
  ERR_PARTICIPATION_DATES: 1,
  ERR_PROPOSAL_NOT_FOUND: 3,
  ERR_PROPOSER_APPROVES: 5,
  ERR_SEARCH_REQUIRED: 1,
  ERR_SIGNATURE: 1,
  ERR_STATUS_LIST_FULL: 1,
  ERR_ULN_ALREADY_ISSUED: 4,
  ERR_ULN_NOT_ISSUED: 3,
  ERR_ULN_OPT_OUT: 1,
  ERR_USER_ADDRESS: 1,
  ERR_USER_NOT_FOUND: 3,
  ERR_VERSION_STALE: 4,
  ERR_VIEWS_FILE: 2,
  ERR_VIEW_CODE: 5,
  ERR_VIEW_ENDED: 1,
  ERR_VIEW_EXPIRY: 1,
  ERR_VIEW_GENERATION: 4,
  ERR_VIEW_NOT_AVAILABLE: 3,
  ERR_VIEW_NOT_FOUND: 3,
  ERR_VIEW_OUTDATED: 4,
  ERR_VIEW_PURPOSE: 1,
  ERR_VIEW_STOPPED: 6,
};

const streamExitCodes: Readonly<Record<StreamErrorCode, ExitCode>> = {
  ERR_APPEND_EMPTY: 1,
  ERR_APPEND_EXPIRED: 1,
  ERR_APPEND_MISMATCH: 4,
  ERR_APPEND_OUTCOME_UNKNOWN: 1,
  ERR_APPEND_TOO_LARGE: 1,
  ERR_CHAIN_BROKEN: 6,
  ERR_CLOCK_BEHIND: 1,
  ERR_CLOCK_JUMPED: 1,
  ERR_COMMITMENT_MISMATCH: 6,
  ERR_DATA_UNREADABLE: 6,
  ERR_DURABILITY_LOST: 6,
  ERR_EVENT_UNKNOWN: 1,
  ERR_HEADER_MALFORMED: 6,
  ERR_INTERRUPTED: 1,
  ERR_LEDGER_EXISTS: 4,
  ERR_LEDGER_MISMATCH: 6,
  ERR_LEDGER_MISSING: 3,
  ERR_MASTER_INVALID: 6,
  ERR_MASTER_MISMATCH: 6,
  ERR_POSITION_BEYOND_HEAD: 2,
  ERR_POSITION_FOREIGN: 2,
  ERR_STORE_BUSY: 1,
  ERR_STORE_CLOSED: 1,
  ERR_STORE_FAILED: 1,
  ERR_STORE_NEWER: 1,
  ERR_STORE_URL: 2,
  ERR_STREAM_ID: 2,
  ERR_ULN_EXHAUSTED: 1,
  ERR_VALUE_NOT_STORABLE: 1,
  ERR_VAULT_BEHIND: 6,
  ERR_VERSION_CONFLICT: 4,
};

/** The exit code for an error, or `null` for one that is a bug and must crash. */
export function exitCodeOf(error: unknown): ExitCode | null {
  if (error instanceof DomainError) {
    return domainExitCodes[error.code];
  }
  return error instanceof StreamError ? streamExitCodes[error.code] : null;
}

/** The error for a command line that cannot be understood. */
export function usageError(message: string): DomainError {
  return new DomainError('ERR_INPUT_INVALID', message);
}
