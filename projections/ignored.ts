/** The events about how long a record is kept: of no concern to a view of what it says. */
export const ignoresRetention = {
  RetentionReviewed: 'ignored',
  LegalHoldPlaced: 'ignored',
  LegalHoldReleased: 'ignored',
  VitalStatusRecorded: 'ignored',
} as const;

/** What a learner shares of the record with others. */
export const ignoresConfiguredViews = {
  ConfiguredViewCreated: 'ignored',
  ConfiguredViewCodeIssued: 'ignored',
  ConfiguredViewCodeUsed: 'ignored',
  ConfiguredViewCodeFailed: 'ignored',
  ConfiguredViewRevoked: 'ignored',
  ConfiguredViewExported: 'ignored',
} as const;

/** What is flagged, reported and hidden, and what was decided of it. */
export const ignoresReviews = {
  ReviewFlagged: 'ignored',
  ReviewReported: 'ignored',
  ReviewDismissed: 'ignored',
  EntryQuarantined: 'ignored',
  QuarantineLifted: 'ignored',
} as const;

/** Which privacy notices the learner has seen. */
export const ignoresNotices = {
  NoticeShown: 'ignored',
  NoticeAcknowledged: 'ignored',
} as const;

/** With which organisations the learner is linked. */
export const ignoresConnections = {
  ConnectionEstablished: 'ignored',
  ConnectionEnded: 'ignored',
} as const;
