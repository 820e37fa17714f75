/** The events about how long a record is kept: of no concern to a view of what it says. */
export const ignoresRetention = {
  RetentionReviewed: 'ignored',
  LegalHoldPlaced: 'ignored',
  LegalHoldReleased: 'ignored',
  VitalStatusRecorded: 'ignored',
} as const;
