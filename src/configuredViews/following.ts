import type { ErasureEvent } from '../../domain/erasure/events.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Published } from '../../projections/kept/published.js';
import { isCode } from '../../streams/errors.js';
import type { EventStore, Position, StoredEvent } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Journal } from '../journal/journal.js';
import type { Records } from '../learners/records.js';
import { othersOf } from './person.js';
import { spoiltBy, spoiltByOrder } from './revoking.js';
import type { StatusLists } from './statusLists.js';

/** Under which name the place in the log is kept, beside those of subscribers, which are UUIDs. */
const FOLLOWER = 'credential-revocations';
const BATCH_EVENTS = 1000;

/** What can spoil a credential of the person whose stream it is in. */
const SPOILING = ['EntryQuarantined', 'OptOutSet', 'LearnersMerged', 'LearnerSuperseded'];

/**
 * Status lists that follow the log: before a list is given, every credential is revoked that a
 * quarantine, a redaction or an opt-out has spoilt, so that no list is behind. Where it is cut short,
 * no list is given, and the next one goes on where it was. Going through the log again changes nothing:
 * what is revoked is revoked once.
 */
export function followingLists(parts: {
  readonly lists: StatusLists;
  readonly store: EventStore;
  readonly journal: Journal;
  readonly vault: Pick<Vault, 'requireActive'>;
  readonly records: Pick<Records, 'readRecord'>;
  readonly published: Pick<Published, 'positionOf' | 'move'>;
}): StatusLists {
  const { lists, store, journal, vault, records, published } = parts;

  async function eventsOf(stream: string): Promise<readonly Recorded<LearnerEvent>[]> {
    return (await journal.read<LearnerEvent>(stream)).events;
  }

  async function revokeOfPerson(stream: string): Promise<void> {
    const read = await eventsOf(stream);
    const merged = (await othersOf(records, read)).flatMap(([first]) => first?.stream ?? []);
    // Read whole: what reads as one record has left out what is quarantined, and that it is.
    const streams = [read, ...(await Promise.all(merged.map(eventsOf)))];
    for (const own of streams) {
      const others = streams.filter((other) => other !== own);
      for (const place of spoiltBy(own, others)) {
        await lists.revoke(place);
      }
    }
  }

  async function revokeOfOrder(stored: StoredEvent): Promise<void> {
    // Sound: the table for erasure streams gives erasure events.
    const { event } = (await journal.decode(stored)) as Recorded<ErasureEvent>;
    if (event.type === 'RedactionOrdered') {
      for (const place of spoiltByOrder(await eventsOf(event.data.stream), event.data, stored)) {
        await lists.revoke(place);
      }
    }
  }

  /** The place to go on from: the beginning where it is one of another store, or of a line that was left. */
  async function startAt(known: Position | null): Promise<Position | null> {
    try {
      for await (const _ of store.readAll({ after: known, limit: 1 })) {
        break;
      }
      return known;
    } catch (error) {
      if (isCode(error, 'ERR_POSITION_FOREIGN') || isCode(error, 'ERR_POSITION_BEYOND_HEAD')) {
        return null;
      }
      throw error;
    }
  }

  async function catchUp(): Promise<void> {
    for (;;) {
      // A process that was taken over from revokes nothing any more, and so gives no list.
      vault.requireActive();
      const from = published.positionOf(FOLLOWER);
      const after = await startAt(from);
      let last: Position | null = null;
      for await (const stored of store.readAll({ after, limit: BATCH_EVENTS })) {
        if (stored.stream.startsWith('learner-') && SPOILING.includes(stored.type)) {
          await revokeOfPerson(stored.stream);
        } else if (stored.type === 'RedactionOrdered') {
          await revokeOfOrder(stored);
        }
        last = stored.position;
      }
      if (last === null) {
        return;
      }
      // Where another process has moved it, this one goes on from there.
      published.move([{ registration: FOLLOWER, from }], last);
    }
  }

  return {
    ...lists,
    deflated: async (list) => {
      await catchUp();
      return lists.deflated(list);
    },
  };
}
