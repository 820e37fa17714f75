/** What whoever raised a challenge can do when it was rejected. Source: UK GDPR Articles 12(4) and 77. */
export const WAYS_TO_COMPLAIN: readonly string[] = [
  'ask again with new evidence: raise another challenge',
  'complain to the data-protection officer of the service (the privacy notice says how)',
  'complain to the Information Commissioner: ico.org.uk/make-a-complaint',
];
