import type { Action, Basis } from '../../domain/access/events.js';
import { differingIdentity, type Identity } from '../../domain/learner/details/matching.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Learner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Looks } from '../../projections/live/looks.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import type { ConfiguredViews } from '../configuredViews/configuredViews.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { KeptViews } from '../keptViews/keptViews.js';
import { foldLearner, learnerFactsOf } from '../learners/facts.js';
import type { Learners } from '../learners/learners.js';
import type { Lookup } from '../learners/lookup.js';
import type { Notices } from '../learners/notices.js';
import { createRecords, type ReadRecord, type Records } from '../learners/records.js';
import type { AccessLedger, Asker } from './accessLedger.js';
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
  readonly configuredViews: ConfiguredViews;
  readonly keptViews: KeptViews;
  readonly notices: Pick<Notices, 'inForce'>;
};

/** Names and date of birth that whoever asks takes the ULN to be of; `null` where they do not say. */
export type NamedIdentity = Identity | null;

/** The learner of a ULN, whether there is one or not, and what was decided about showing them. */
export type AskedAbout = {
  /** The tags of the ULN asked for and of all that were merged with it. */
  readonly tags: readonly string[];
  readonly read: ReadRecord;
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
  const read = await recordsOf(parts).readRecord(uln);
  const { tags, states, basis } = factsIn(parts.vault, read);
  const learner = learnerFactsOf(states, identityMatches(identity, states));
  const judged = await parts.judging.judge(asker, action, { learner, basis });
  return { tags, read, judged };
}

/** What is decided without asking about a learner. */
export const NO_LEARNER = { learner: undefined, basis: [] } as const;

/** What the rules are given of the person whose stream this is, under all merged ULNs. */
export async function personOfStream(
  parts: AccessParts,
  stream: string,
): Promise<Pick<ReturnType<typeof factsIn>, 'states' | 'basis'>> {
  const { events } = await parts.journal.read<LearnerEvent>(stream);
  const state = foldLearner(events);
  if (state.status === 'issued') {
    return factsIn(parts.vault, await recordsOf(parts).readRecord(state.uln));
  }
  return { states: [state], basis: [{ stream, version: events.length }] };
}

/** What the rules are given of a record that was read: its ULNs' states, by their tags and their streams. */
export function factsIn(
  vault: Vault,
  { asked, events, merged }: ReadRecord,
): {
  readonly tags: readonly string[];
  readonly states: readonly Learner[];
  readonly basis: readonly Basis[];
} {
  const [newest = 1] = vault.indexGenerations();
  const streams = [events, ...merged.map((other) => other.events)];
  const basis = streams.map((one) => ({
    stream: one[0]?.stream ?? events[0]?.stream ?? learnerStream(vault, newest, asked),
    version: one.length,
  }));
  return {
    tags: basis.map(({ stream }) => tagOf(stream)),
    states: streams.map(foldLearner),
    basis,
  };
}

/** Reading records with everything in them; a ULN that was not issued has no events. */
export function recordsOf({ vault, journal }: Pick<AccessParts, 'vault' | 'journal'>): Records {
  return createRecords(async (uln) => {
    let found: readonly Recorded<LearnerEvent>[] = [];
    // Under every generation of the index key, also where the first answers.
    for (const generation of vault.indexGenerations()) {
      const { events } = await journal.read<LearnerEvent>(learnerStream(vault, generation, uln));
      found = found.length === 0 ? events : found;
    }
    return found;
  });
}

/** Whether the names given are known of the learner, under any of the merged ULNs. */
function identityMatches(identity: NamedIdentity, states: readonly Learner[]): boolean | null {
  const known = states.flatMap((state) => (state.status === 'issued' ? [state.details] : []));
  return identity === null || known.length === 0
    ? null
    : known.some((details) => differingIdentity(identity, details).length === 0);
}
