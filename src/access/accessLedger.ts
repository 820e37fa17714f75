import { randomUUID } from 'node:crypto';
import type { AccessEvent, AccessEventData } from '../../domain/access/events.js';
import { DomainError } from '../../domain/errors.js';
import { Purpose } from '../../domain/purpose.js';
import type { Recorded } from '../../domain/recorded.js';
import { dateOf, type Instant } from '../../domain/values/date.js';
import type { Looks } from '../../projections/live/looks.js';
import { isConflict } from '../../streams/errors.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { createQueues } from '../journal/inOrder.js';
import { createJournal, type Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import { callerOf, type Request } from '../request/request.js';
import type { AccessStores } from './stores.js';

/** Who asks, and for what: any word, because what is allowed is for the rules to say. */
export type Asker = Omit<Request, 'purpose'> & {
  readonly purpose: string;
  /** True for whoever has a link and a code and is nobody else. */
  readonly byLink?: boolean;
};

/** Who looked at what: a ledger beside the ledger, one event for each request. */
export type AccessLedger = {
  /** Records a request; durable when it is done, and only then anything may be shown. */
  readonly record: (
    asker: Asker,
    data: AccessEventData<'RecordsDisclosed'>,
  ) => Promise<{ readonly stream: string; readonly version: number }>;
  /** Reads one request by the name that `record` gave: `<stream>.<version>`. Throws `ERR_LOOK_NOT_FOUND`. */
  readonly read: (look: string) => Promise<Recorded<AccessEvent>>;
  /** The requests of one asker since an instant of today or yesterday, the latest first. */
  readonly recent: (asker: Asker, since: Instant) => AsyncIterable<Recorded<AccessEvent>>;
  /** The stores that there are, a year each, the earliest first. */
  readonly stores: () => Promise<readonly EventStore[]>;
  /** Brings the index of looks up to the head of every year. */
  readonly catchUp: () => Promise<void>;
};

const MAX_CONFLICTS = 100;
const BATCH_EVENTS = 1000;

/** One year's store, and the journal over it. */
type Year = { readonly store: EventStore; readonly journal: Journal };

/** Creates the access ledger over its stores. `since` is when the ledger began. */
export function createAccessLedger(parts: {
  readonly stores: AccessStores;
  readonly looks: Looks;
  readonly vault: Vault;
  readonly orders: Orders;
  readonly clock: Clock;
  readonly since: string;
}): AccessLedger {
  const { stores, looks, vault, orders, clock } = parts;
  const inOrder = createQueues();

  async function journalOf(year: number, create: boolean): Promise<Year | null> {
    const store = await stores.open(year, { create });
    return store === null ? null : { store, journal: createJournal(store, vault, orders, clock) };
  }

  const record: AccessLedger['record'] = async (asker, data) => {
    const day = dateOf(clock());
    const stream = accessStream(asker, day);
    const recording = {
      caller: callerOf(asker.by, data.learners[0] ?? ''),
      // A look that is repeated is another look.
      commandId: randomUUID(),
      correlation: asker.correlation ?? asker.commandId,
      user: asker.byLink === true ? 'link' : asker.by.kind === 'learner' ? 'learner' : asker.user,
      organisation: asker.by.kind === 'organisation' ? asker.by.ukprn : null,
      purpose: recordedPurpose(asker.purpose),
    };
    return inOrder(stream, async () => {
      for (let conflicts = 0; ; conflicts += 1) {
        const year = await journalOf(Number(day.slice(0, 4)), true);
        if (year === null) {
          throw new TypeError('a store that is made where it is missing is there');
        }
        const end = await year.journal.endOf(stream);
        try {
          const event = { type: 'RecordsDisclosed', data } as const;
          const { version } = await year.journal.append(stream, end, [event], recording);
          return { stream, version };
        } catch (error) {
          if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
            throw error;
          }
        }
      }
    });
  };

  /** The years of which there is a store, from the ledger's first to the next one. */
  async function years(): Promise<readonly (readonly [number, Year])[]> {
    const known: (readonly [number, Year])[] = [];
    const thisYear = Number(clock().slice(0, 4));
    for (let year = Number(parts.since.slice(0, 4)); year <= thisYear + 1; year += 1) {
      const opened = await journalOf(year, false);
      known.push(...(opened === null ? [] : [[year, opened] as const]));
    }
    return known;
  }

  async function streamIn(stream: string): Promise<readonly Recorded<AccessEvent>[]> {
    const year = await journalOf(yearOf(stream), false);
    return year === null ? [] : (await year.journal.read<AccessEvent>(stream)).events;
  }

  return {
    record,
    read: async (look) => {
      const [, stream, version] = LOOK.exec(look) ?? [];
      const recorded =
        stream === undefined ? undefined : (await streamIn(stream))[Number(version) - 1];
      if (recorded === undefined) {
        throw new DomainError(
          'ERR_LOOK_NOT_FOUND',
          'expected a look that was recorded, found none',
        );
      }
      return recorded;
    },
    recent: async function* (asker, since) {
      for (const day of new Set([dateOf(clock()), dateOf(since)])) {
        const year = await journalOf(Number(day.slice(0, 4)), false);
        const stream = accessStream(asker, day);
        for await (const stored of year?.store.read(stream, { direction: 'backward' }) ?? []) {
          // Sound: the table for access streams gives access events.
          const recorded = (await year?.journal.decode(stored)) as Recorded<AccessEvent>;
          if (recorded.recordedAt < since) {
            return;
          }
          yield recorded;
        }
      }
    },
    stores: async () => (await years()).map(([, { store }]) => store),
    catchUp: async () => {
      for (const [year, opened] of await years()) {
        await takeInYear(looks, year, opened);
      }
    },
  };
}

async function takeInYear(
  looks: Looks,
  year: number,
  { store, journal }: { store: EventStore; journal: Journal },
): Promise<void> {
  for (;;) {
    const after = looks.positionOf(year);
    const batch: Recorded<AccessEvent>[] = [];
    for await (const stored of store.readAll({ after, limit: BATCH_EVENTS })) {
      // Sound: the table for access streams gives access events.
      batch.push((await journal.decode(stored)) as Recorded<AccessEvent>);
    }
    if (batch.length === 0) {
      return;
    }
    // Where another process was first, what it took in is read past.
    looks.takeIn(year, after, batch);
  }
}

const LOOK = /^(access-[a-z0-9]+-\d{8})\.([1-9]\d{0,9})$/;

/** The stream of one asker's requests of one day. */
function accessStream({ by, byLink = false }: Asker, day: string): string {
  const who = byLink ? 'view' : by.kind === 'organisation' ? by.ukprn : by.kind;
  return `access-${who}-${day.replaceAll('-', '')}`;
}

/** A purpose as it is recorded: a word that is on no list could say anything, and stands in clear for ever. */
function recordedPurpose(purpose: string): string {
  if (Purpose.safeParse(purpose).success) {
    return purpose;
  }
  return /^(marketing|sales)$/i.test(purpose) ? purpose.toLowerCase() : 'other';
}

function yearOf(stream: string): number {
  return Number(stream.split('-').at(-1)?.slice(0, 4));
}
