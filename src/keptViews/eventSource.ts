import type { Recorded } from '../../domain/recorded.js';
import type { KeptEvent } from '../../projections/kept/keptView.js';
import type { EventSource } from '../../projections/kept/source.js';
import { parseHeader } from '../../streams/envelope.js';
import type { EventStore } from '../../streams/eventStore.js';
import { numberOf } from '../../streams/position.js';
import type { Vault } from '../../streams/vault/vault.js';
import { pauseForInterruption } from '../journal/interruption.js';
import type { Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import { newsOf, newsOfStop } from './viewNews.js';

/** Makes the source of recorded events that views are kept of. */
export function createEventSource(
  store: EventStore,
  journal: Journal,
  orders: Orders,
  vault: Pick<Vault, 'requireActive'>,
): EventSource {
  return {
    pending: async () => {
      // Asked before every batch: a process that was taken over from keeps no views any more.
      vault.requireActive();
      await orders.refresh();
      return [...orders.pending().map(newsOf), ...orders.stopped().map(newsOfStop)];
    },
    entries: async function* (after, through, signal) {
      await pauseForInterruption(signal);
      for await (const stored of store.readAll({ after, through })) {
        const { position, stream, version, type, header } = stored;
        yield {
          position,
          stream,
          version,
          type,
          recordedAt: () => parseHeader(header).at,
          // Sound: views ask only for events of the families whose tables give kept events.
          open: async () => (await journal.decode(stored)) as Recorded<KeptEvent>,
        };
      }
    },
    read: async (stream) => (await journal.read<KeptEvent>(stream)).events,
    head: async () => (await store.head())?.position ?? null,
    count: (position) => {
      if (!store.capabilities.gaplessPositions) {
        return null;
      }
      return position === null ? 0 : numberOf(position);
    },
  };
}
