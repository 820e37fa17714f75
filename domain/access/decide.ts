import type { CalendarDate } from '../values/date.js';
import type { AccessFacts, AccessRequest, SharingRule } from './request.js';
import { sharingRules } from './rules.js';

/** What was decided, and by which rules. */
export type AccessDecision = {
  readonly outcome: 'allowed' | 'refused';
  /** Those that forbid, or where none does those that permit. */
  readonly rules: readonly string[];
  /**
   * What a refused asker is told: `not-found` gives nothing of the learner away, `refused` names the rules.
   */
  readonly answer: 'shown' | 'not-found' | 'refused';
  /** The service's response code that goes with a refusal; `null` where none does. */
  readonly code: string | null;
};

/**
 * The set that new requests are decided by. It is raised whenever the rules change: a look names the set
 * that decided it, and is decided again by that one.
 */
export const RULE_SET = 3;

/**
 * Decides whether a request is allowed: any rule that forbids refuses it, whatever permits it; without
 * one it needs a rule that permits it. Only the rules of the set count, and of them those in force on
 * the day of the request.
 */
export function decideAccess(
  request: AccessRequest,
  facts: AccessFacts,
  ruleSet: number = RULE_SET,
): AccessDecision {
  const applying = sharingRules.filter(
    (rule) => isOfSet(rule, ruleSet) && isInForce(rule, request.on) && rule.applies(request, facts),
  );
  const forbids = applying.filter(({ effect }) => effect === 'forbid');
  const permits = applying.filter(({ effect }) => effect === 'permit');
  if (forbids.length === 0 && permits.length > 0) {
    return { outcome: 'allowed', rules: namesOf(permits), answer: 'shown', code: null };
  }
  if (forbids.length === 0) {
    return { outcome: 'refused', rules: ['nothing-permits'], answer: 'refused', code: 'WSEC0006' };
  }
  const rules = namesOf(forbids);
  const ofOrganisation = forbids.filter(({ isAboutLearner }) => !isAboutLearner);
  const [first] = ofOrganisation;
  if (first !== undefined) {
    return { outcome: 'refused', rules, answer: 'refused', code: first.code };
  }
  // An organisation that would see the record but for this one thing is entitled to know what it is.
  const isEntitled = forbids.every(({ code }) => code !== null);
  const code = isEntitled ? (forbids[0]?.code ?? null) : null;
  return { outcome: 'refused', rules, answer: isEntitled ? 'refused' : 'not-found', code };
}

/** The rules that a refusal names and that say nothing of the learner to who is not entitled. */
export function rulesToTell({ rules, answer }: AccessDecision): readonly SharingRule[] {
  const named = sharingRules.filter((rule) => isOfSet(rule, RULE_SET) && rules.includes(rule.name));
  const general = named.filter(({ isAboutLearner }) => !isAboutLearner);
  return answer === 'refused' && general.length === 0 ? named : general;
}

/** True where a rule set has a rule. */
export function isOfSet({ ruleSets: { first, last } }: SharingRule, ruleSet: number): boolean {
  return first <= ruleSet && (last === null || ruleSet <= last);
}

/** True where a rule is in force on a day. */
export function isInForce({ from, until }: SharingRule, on: CalendarDate): boolean {
  return (from === null || from <= on) && (until === null || on <= until);
}

function namesOf(rules: readonly SharingRule[]): readonly string[] {
  return rules.map(({ name }) => name);
}
