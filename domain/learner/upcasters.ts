import type { LearnerEventType } from './events.js';

/** Turns the data of one schema version into that of the next. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>;

/**
 * Old shapes, one chain per type: the first entry turns version 1 into version 2. The current version
 * of a type is the length of its chain plus one, so the two cannot drift apart.
 */
export const learnerUpcasters: Partial<Record<LearnerEventType, readonly Upcaster[]>> = {
  // Before identities could be disputed, a challenge without an entry was one of the details.
  ChallengeRaised: [
    (data) => ({
      ...data,
      concerning: data['entry'] === null ? 'details' : 'entry',
      duplicateOf: null,
    }),
  ],
};
