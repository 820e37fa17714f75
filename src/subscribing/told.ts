import { strict as assert } from 'node:assert';
import type { Basis } from '../../domain/access/events.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Learner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import { type News, newsOf } from '../../domain/subscriber/news.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import type { StoredEvent } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import { factsIn, recordsOf } from '../access/asked.js';
import { tagOf } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import { foldLearner } from '../learners/facts.js';

/** An event that is news, in its stream, with what is known of the learner now. */
export type Told = {
  readonly recorded: Recorded<LearnerEvent>;
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly news: News;
  readonly tags: readonly string[];
  readonly basis: readonly Basis[];
  readonly states: readonly Learner[];
  /** The states as they were before the event, and right after it. */
  readonly statesBefore: readonly Learner[];
  readonly statesAfter: readonly Learner[];
};

/** What is known of an event that is news; `null` for one that is none. */
export async function toldOf(
  parts: { readonly journal: Journal; readonly vault: Vault },
  stored: StoredEvent,
): Promise<Told | null> {
  const { journal, vault } = parts;
  const { events } = await journal.read<LearnerEvent>(stored.stream);
  const recorded = events[stored.version - 1];
  assert(recorded !== undefined, 'an event read from the log is in its stream');
  const news = recorded.disposedType === null ? newsOf(recorded.event) : null;
  if (news === null) {
    return null;
  }
  const own = foldLearner(events);
  if (own.status !== 'issued') {
    const basis = [{ stream: stored.stream, version: events.length }];
    const states = [own];
    return {
      ...{ recorded, events, news, tags: [tagOf(stored.stream)], basis, states },
      statesBefore: states,
      statesAfter: states,
    };
  }
  const read = await recordsOf(parts).readRecord(own.uln);
  const { tags, basis, states } = factsIn(vault, read);
  const statesAt = (version: number) =>
    states.map((state, index) =>
      basis[index]?.stream === stored.stream ? foldLearner(events.slice(0, version)) : state,
    );
  return {
    ...{ recorded, events, news, tags, basis, states },
    statesBefore: statesAt(stored.version - 1),
    statesAfter: statesAt(stored.version),
  };
}

/** False for what is about an entry that is quarantined now. */
export function isShown({ events, recorded }: Told): boolean {
  return withoutQuarantined(events).some(({ id }) => id === recorded.id);
}
