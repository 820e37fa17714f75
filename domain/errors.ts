import type { ServiceCode } from './serviceCodes.js';

/** Every reason for which the domain refuses. Stable: callers branch on it and it is printed to users. */
export type DomainErrorCode =
  | 'ERR_ACCESS_REFUSED'
  | 'ERR_AGREEMENT_NOT_FOUND'
  | 'ERR_AWARD_DATE_IN_FUTURE'
  | 'ERR_CHALLENGE_CLOSED'
  | 'ERR_CHALLENGE_DIFFERS'
  | 'ERR_CHALLENGE_EXTENDED'
  | 'ERR_CHALLENGE_NOT_FOUND'
  | 'ERR_CONNECTION_DIFFERS'
  | 'ERR_CONNECTION_NOT_FOUND'
  | 'ERR_CHALLENGE_OVERDUE'
  | 'ERR_DATE_IN_FUTURE'
  | 'ERR_ENTRY_DIFFERS'
  | 'ERR_ENTRY_FINAL'
  | 'ERR_ENTRY_NOT_FOUND'
  | 'ERR_ENTRY_WITHDRAWN'
  | 'ERR_FIELD_NOT_REDACTABLE'
  | 'ERR_HELD_ROW_DECIDED'
  | 'ERR_HELD_ROW_NOT_FOUND'
  | 'ERR_HOLD_DIFFERS'
  | 'ERR_HOLD_NOT_FOUND'
  | 'ERR_IDENTITY_MISMATCH'
  | 'ERR_INPUT_INVALID'
  | 'ERR_LEARNER_NOT_FOUND'
  | 'ERR_NOTICE_NOT_FOUND'
  | 'ERR_NOTICE_NOT_SHOWN'
  | 'ERR_MERGE_NOT_FOUND'
  | 'ERR_MERGE_SELF'
  | 'ERR_MERGE_STANDS'
  | 'ERR_MERGE_TOO_LONG'
  | 'ERR_LEGAL_HOLD'
  | 'ERR_NOT_PERMITTED'
  | 'ERR_NOT_SUBMITTER'
  | 'ERR_OPT_OUT_TRANSITION'
  | 'ERR_LOOK_NOT_FOUND'
  | 'ERR_ALERT_NOT_FOUND'
  | 'ERR_ORGANISATION_DIFFERS'
  | 'ERR_ORGANISATION_NOT_FOUND'
  | 'ERR_PARTICIPATION_DATES'
  | 'ERR_PERSON_CHANGED'
  | 'ERR_PROPOSAL_NOT_FOUND'
  | 'ERR_PROPOSER_APPROVES'
  | 'ERR_SEARCH_REQUIRED'
  | 'ERR_SIGNATURE'
  | 'ERR_STATUS_LIST_FULL'
  | 'ERR_SUBSCRIBER_DIFFERS'
  | 'ERR_SUBSCRIBER_NOT_FOUND'
  | 'ERR_QUARANTINE_DECIDED'
  | 'ERR_QUARANTINE_NOT_FOUND'
  | 'ERR_PUBLISHER_OVERTAKEN'
  | 'ERR_REDACTION_MISSING'
  | 'ERR_REDACTION_WAITS'
  | 'ERR_REVIEW_CLOSED'
  | 'ERR_REVIEW_DIFFERS'
  | 'ERR_REVIEW_NOT_FOUND'
  | 'ERR_SAME_PERSON'
  | 'ERR_SCREENING_FILE'
  | 'ERR_RECORD_DISPOSED'
  | 'ERR_RETENTION_NOT_ENDED'
  | 'ERR_ULN_ALREADY_ISSUED'
  | 'ERR_ULN_NOT_ISSUED'
  | 'ERR_ULN_OPT_OUT'
  | 'ERR_USER_ADDRESS'
  | 'ERR_USER_NOT_FOUND'
  | 'ERR_VERSION_STALE'
  | 'ERR_ULN_RETIRED'
  | 'ERR_ULN_SUPERSEDED'
  | 'ERR_VIEWS_FILE'
  | 'ERR_VIEW_CODE'
  | 'ERR_VIEW_ENDED'
  | 'ERR_VIEW_EXPIRY'
  | 'ERR_VIEW_GENERATION'
  | 'ERR_VIEW_NOT_AVAILABLE'
  | 'ERR_VIEW_NOT_FOUND'
  | 'ERR_VIEW_OUTDATED'
  | 'ERR_VIEW_PURPOSE'
  | 'ERR_VIEW_STOPPED';

/**
 * A refusal by a rule of the domain. The message says what was expected and what was found, and
 * never holds personal data (a ULN is personal data).
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: DomainErrorCode;
  /** The code with which the service refuses the same; `null` where none is known. */
  readonly serviceCode: ServiceCode | null;

  constructor(
    code: DomainErrorCode,
    message: string,
    options: ErrorOptions & { readonly serviceCode?: ServiceCode | null } = {},
  ) {
    super(message, options);
    this.code = code;
    this.serviceCode = options.serviceCode ?? null;
  }
}
