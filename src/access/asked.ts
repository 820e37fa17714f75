import type { Action, Basis } from '../../domain/access/events.js';
import type { Instant } from '../../domain/date.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { differingIdentity, type Identity } from '../../domain/learner/matching.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Uln } from '../../domain/uln.js';
import type { Looks } from '../../projections/looks.js';
import type { Vault } from '../../streams/vault.js';
import type { Clock } from '../clock.js';
import { learnerStream, tagOf } from '../identifiers.js';
import type { History, Journal } from '../journal.js';
import type { KeptViews } from '../keptViews.js';
import type { Learners } from '../ledger.js';
import type { Lookup } from '../lookup.js';
import type { AccessLedger, Asker } from './accessLedger.js';
import { foldLearner, learnerFactsOf } from './facts.js';
import type { Judged, Judging } from './judging.js';

/** What the doors stand on. */
export type AccessParts = {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ledger: AccessLedger;
  readonly looks: Looks;
  readonly judging: Judging;
  readonly learners: Learners;
  readonly lookup: Lookup;
  readonly keptViews: KeptViews;
  readonly requiredNoticeAt: (at: Instant) => Promise<number | null>;
};

/** Names and date of birth that whoever asks takes the ULN to be of; `null` where they do not say. */
export type NamedIdentity = Identity | null;

/** The learner of a ULN, whether there is one or not, and what was decided about showing them. */
export type AskedAbout = {
  readonly tag: string;
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly judged: Judged;
};

/** What is recorded of a look at which nothing is shown. */
export const NOTHING_SHOWN = { learners: [], hidden: [], fields: [], search: null } as const;

/** Finds the learner of a ULN and decides; the calls to the store are the same whoever it is. */
export async function askAbout(
  parts: AccessParts,
  uln: Uln,
  asker: Asker,
  action: Action,
  identity: NamedIdentity,
): Promise<AskedAbout> {
  const { basis, ...found } = await lookUp(parts, uln);
  const state = foldLearner(found.events);
  const identityMatches =
    identity === null || state.status === 'unissued'
      ? null
      : differingIdentity(identity, state.details).length === 0;
  const learner = learnerFactsOf(state, identityMatches);
  const judged = await parts.judging.judge(asker, action, { learner, basis });
  return { ...found, judged };
}

/** Reads under every generation of the index key, also where the first answers. */
async function lookUp(
  { vault, journal }: AccessParts,
  uln: Uln,
): Promise<Omit<AskedAbout, 'judged'> & { readonly basis: readonly Basis[] }> {
  let found: { stream: string; history: History<LearnerEvent> } | null = null;
  let newest = '';
  for (const generation of vault.indexGenerations()) {
    const stream = learnerStream(vault, generation, uln);
    const history = await journal.read<LearnerEvent>(stream);
    newest = newest === '' ? stream : newest;
    found = history.end.version > 0 ? (found ?? { stream, history }) : found;
  }
  const stream = found?.stream ?? newest;
  const events = found?.history.events ?? [];
  return { tag: tagOf(stream), events, basis: [{ stream, version: events.length }] };
}
