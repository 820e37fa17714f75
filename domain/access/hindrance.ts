import type { AccessDecision } from './decide.js';

const HINDRANCES = ['opens-nothing', 'learner-chooses'] as const;

/**
 * What refuses a request that the rules allow: a link or a code that opens nothing, which no look keeps,
 * or that an organisation would choose in a learner's place.
 */
export type Hindrance = (typeof HINDRANCES)[number];

/** A decision where something besides the rules stands in the way; what they refuse they refuse by their names. */
export function hindered<Decision extends AccessDecision>(
  decision: Decision,
  hindrance: Hindrance | null,
): Decision {
  return hindrance === null || decision.outcome === 'refused'
    ? decision
    : { ...decision, outcome: 'refused', rules: [hindrance], answer: 'not-found', code: null };
}

/** What stood in the way of a recorded request besides the rules; `null` where nothing did. */
export function hindranceOf(rules: readonly string[]): Hindrance | null {
  return HINDRANCES.find((hindrance) => rules.includes(hindrance)) ?? null;
}
