import type { Actor } from '../actor.js';
import type { Connection, IssuedLearner } from '../learner/state.js';
import type { Organisation, RegisteredOrganisation, User } from '../organisation/state.js';
import type { CalendarDate } from '../values/date.js';
import type { Action } from './events.js';

/** Who asks, what for, and on which day. The purpose is any word: which are allowed, the rules say. */
export type AccessRequest = {
  readonly asker: Actor;
  /** The person acting for an organisation; `null` for the learner and the keeper. */
  readonly user: string | null;
  readonly action: Action;
  readonly purpose: string;
  readonly on: CalendarDate;
};

/** What the rules need of the learner asked about. */
export type LearnerFacts = Pick<IssuedLearner, 'optedOutSince' | 'handling'> & {
  readonly connections: readonly Connection[];
  /** UKPRNs of those who submitted entries of the record. */
  readonly sources: readonly string[];
  /** Whether the names given with the ULN are the learner's; `null` where none were given. */
  readonly identityMatches: boolean | null;
};

/** What is known at the moment of a request. */
export type AccessFacts = {
  /** The organisation that asks; unregistered where none does. */
  readonly organisation: Organisation;
  /** The learner asked about: `null` where none of this ULN is known, `undefined` where none is asked about. */
  readonly learner: LearnerFacts | null | undefined;
  /** The notice that organisations must have attested to give their learners; `null` where none was published long enough ago. */
  readonly requiredNotice: number | null;
};

/** A rule of sharing: named, with its source, in force between two dates. A forbid beats every permit. */
export type SharingRule = {
  readonly name: string;
  readonly effect: 'forbid' | 'permit';
  /** In words, for whoever is refused and for the learner. */
  readonly says: string;
  readonly source: string;
  /** The rule sets that it belongs to: a decision by one of them uses it, for ever. `null` for those to come. */
  readonly ruleSets: { readonly first: number; readonly last: number | null };
  /** The first day on which it applies; `null` from the beginning. */
  readonly from: CalendarDate | null;
  /** The last day on which it applies; `null` for ever. */
  readonly until: CalendarDate | null;
  /** True for what would tell an outsider something of the learner. */
  readonly isAboutLearner: boolean;
  /** The service's response code for who is entitled to know. */
  readonly code: string | null;
  readonly applies: (request: AccessRequest, facts: AccessFacts) => boolean;
};

/** The registered organisation that asks; `null` for everyone else. */
export function askingOrganisation(
  { asker }: AccessRequest,
  { organisation }: AccessFacts,
): RegisteredOrganisation | null {
  return asker.kind === 'organisation' && organisation.status === 'registered'
    ? organisation
    : null;
}

/** The registered organisation that asks, unless it is the service operator's own; `null` for everyone else. */
export function outsideOrganisation(
  request: AccessRequest,
  facts: AccessFacts,
): RegisteredOrganisation | null {
  const organisation = askingOrganisation(request, facts);
  return organisation?.organisationType === 'service-operator' ? null : organisation;
}

/** The person of the organisation who asks; `null` where there is none of that id. */
export function userOf(request: AccessRequest, facts: AccessFacts): User | null {
  return askingOrganisation(request, facts)?.users.get(request.user ?? '') ?? null;
}
