import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { Journal } from './journal.js';

/** True when an event is on an entry that is quarantined now. */
export type IsHidden = (recorded: Recorded<LearnerEvent>) => Promise<boolean>;

/** Creates the question. A stream is opened only where a quarantine was ever placed in it. */
export function createHiding(store: EventStore, journal: Journal): IsHidden {
  async function wasQuarantined(stream: string): Promise<boolean> {
    for await (const { type } of store.read(stream)) {
      if (type === 'EntryQuarantined') {
        return true;
      }
    }
    return false;
  }

  return async ({ stream, id }) => {
    if (!(await wasQuarantined(stream))) {
      return false;
    }
    const { events } = await journal.read<LearnerEvent>(stream);
    return !withoutQuarantined(events).some((shown) => shown.id === id);
  };
}
