import { type Disposals, disposal } from '../../domain/erasure/disposal.js';
import { type Erasures, erasure } from '../../domain/erasure/erasure.js';
import type { ErasureEvent, ErasureEventOf } from '../../domain/erasure/events.js';
import { checkPlace, parseHeader } from '../../streams/envelope.js';
import type { EventStore } from '../../streams/eventStore.js';
import type { Checkpoint, Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { toDomainEvent } from './eventTables.js';
import { openContent } from './openedStream.js';

/** An order of redaction that is not completed: from its instant on, what it names reads as redacted. */
export type PendingRedaction = ErasureEventOf<'RedactionOrdered'>['data'] & {
  readonly kind: 'redaction';
  readonly on: string;
};

/** An order of disposal that is not completed: from its instant on, the stream reads as disposed of. */
export type PendingDisposal = ErasureEventOf<'DisposalOrdered'>['data'] & {
  readonly kind: 'disposal';
  readonly on: string;
  /** The command that ordered it, and with it the other streams of the same person. */
  readonly command: string;
};

/** Which command proposed a disposal, with those of the other streams of the person, and where in the log. */
export type ProposedBy = { readonly command: string; readonly position: string };

/** An order that is not completed. */
export type PendingOrder = PendingRedaction | PendingDisposal;

/** The erasure orders, followed as they are recorded. */
export type Orders = {
  /** Reads what was recorded since the last call, by any process. To be called before anything sealed is opened. */
  readonly refresh: () => Promise<void>;
  readonly pending: () => readonly PendingOrder[];
  /** The redactions of a stream that are not completed. */
  readonly pendingFor: (stream: string) => readonly PendingRedaction[];
  /** The disposal of a stream that is not completed; `null` where none is under way. */
  readonly disposalFor: (stream: string) => PendingDisposal | null;
  /** Disposals that were ordered and stopped: what was hidden meanwhile is to be shown again. */
  readonly stopped: () => readonly PendingDisposal[];
  /** True when the ledger says that the order was carried out. */
  readonly isCompleted: (order: string) => boolean;
  /** Lets go of completed orders, and moves the vault's checkpoint when none is pending. */
  readonly settle: () => Promise<void>;
  /** Every redaction of every year, from proposal to completion. */
  readonly all: () => Promise<Erasures>;
  /** Every disposal of every year, from proposal to completion. */
  readonly disposals: () => Promise<Disposals>;
  /** By which command each disposal was proposed, by the ids of their orders, in the log's order. */
  readonly proposals: () => Promise<ReadonlyMap<string, ProposedBy>>;
};

/** One event of an erasure stream, by which command, when and where. */
type Read = {
  readonly event: ErasureEvent;
  readonly at: string;
  readonly command: string;
  readonly place: Checkpoint & { readonly position: string };
};

/** The stream of erasure orders of the year of an instant. */
export function erasureStream(instant: string): string {
  return `erasure-${instant.slice(0, 4)}`;
}

/**
 * Follows the erasure streams from the vault's checkpoint on: everything before it is completed.
 * `since` is when the ledger began.
 */
export function createOrders(store: EventStore, vault: Vault, clock: Clock, since: string): Orders {
  const firstYear = Number(since.slice(0, 4));
  const readThrough = new Map<string, Checkpoint>();
  const ordered = new Map<string, PendingOrder>();
  const completed = new Set<string>();
  const stopped = new Map<string, PendingDisposal>();
  let lastHead: string | null | undefined;
  let readThroughYear = firstYear;

  async function* readYear(year: number, from: number): AsyncGenerator<Read> {
    for await (const stored of store.read(`erasure-${year}`, { from })) {
      const header = parseHeader(stored.header);
      checkPlace(stored, header, store.origin);
      const content = await openContent(vault, stored, header);
      const fields = content.state === 'clear' ? content.fields : {};
      const data = Object.fromEntries(
        Object.entries(fields).filter(([name]) => !name.startsWith('_')),
      );
      const event = toDomainEvent(stored.stream, stored.type, header.schema, data);
      // Sound: the table for erasure streams gives erasure events.
      const { at, causation: command } = header;
      yield { event: event as ErasureEvent, at, command, place: stored };
    }
  }

  // A checkpoint that is not in this ledger is from a timeline that it has left by being restored:
  // then every order is looked at again.
  async function completedThrough(stream: string): Promise<Checkpoint | null> {
    const checkpoint = vault.checkpoint(stream);
    if (checkpoint !== null) {
      const { version } = checkpoint;
      for await (const { hash } of store.read(stream, { from: version, to: version })) {
        return Buffer.compare(hash, checkpoint.hash) === 0 ? checkpoint : null;
      }
    }
    return null;
  }

  function take({ event, at, command }: Read): void {
    if (event.type === 'RedactionOrdered' && !ordered.has(event.data.order)) {
      ordered.set(event.data.order, { ...event.data, kind: 'redaction', on: at });
    }
    if (event.type === 'DisposalOrdered' && !ordered.has(event.data.order)) {
      ordered.set(event.data.order, { ...event.data, kind: 'disposal', on: at, command });
    }
    if (event.type === 'DisposalStopped') {
      const order = ordered.get(event.data.order);
      if (order?.kind === 'disposal') {
        ordered.delete(order.order);
        stopped.set(order.order, order);
      }
    }
    if (event.type === 'ErasureCompleted') {
      completed.add(event.data.order);
    }
  }

  // An order that the ledger calls completed and the vault does not know is a restored vault: its
  // keys are back, so the order is carried out again before anything is opened.
  function isPending({ order }: PendingOrder): boolean {
    return !completed.has(order) || !vault.isShredded(order);
  }

  function pendingOf(stream: string): readonly PendingOrder[] {
    return [...ordered.values()].filter((order) => order.stream === stream && isPending(order));
  }

  async function foldAll<State>(
    initialState: State,
    evolve: (state: State, event: ErasureEvent, read: Read) => State,
  ): Promise<State> {
    let state = initialState;
    const thisYear = Number(clock().slice(0, 4));
    for (let year = firstYear; year <= thisYear + 1; year += 1) {
      for await (const read of readYear(year, 1)) {
        state = evolve(state, read.event, read);
      }
    }
    return state;
  }

  return {
    refresh: async () => {
      const head = (await store.head())?.position ?? null;
      if (head === lastHead) {
        return;
      }
      const thisYear = Number(clock().slice(0, 4));
      // A process whose clock is behind may still write into last year's stream at the turn of a year.
      const from = Math.max(firstYear, Math.min(readThroughYear, thisYear) - 1);
      for (let year = from; year <= thisYear + 1; year += 1) {
        const stream = `erasure-${year}`;
        const known = readThrough.get(stream) ?? (await completedThrough(stream));
        for await (const read of readYear(year, (known?.version ?? 0) + 1)) {
          take(read);
          const { place } = read;
          readThrough.set(stream, { version: place.version, hash: place.hash });
        }
      }
      readThroughYear = thisYear;
      lastHead = head;
    },
    pending: () => [...ordered.values()].filter(isPending),
    pendingFor: (stream) =>
      pendingOf(stream).filter((order): order is PendingRedaction => order.kind === 'redaction'),
    disposalFor: (stream) =>
      pendingOf(stream).find((order): order is PendingDisposal => order.kind === 'disposal') ??
      null,
    stopped: () => [...stopped.values()],
    isCompleted: (order) => completed.has(order),
    settle: async () => {
      for (const [order, event] of ordered) {
        if (!isPending(event)) {
          ordered.delete(order);
        }
      }
      // Taken at once: what another read takes in while this waits must not be passed over.
      const places = ordered.size === 0 ? [...readThrough] : [];
      for (const [stream, place] of places) {
        await vault.moveCheckpoint(stream, place);
      }
    },
    all: () => foldAll(erasure.initialState, erasure.evolve),
    disposals: () => foldAll(disposal.initialState, disposal.evolve),
    proposals: () => foldAll<ReadonlyMap<string, ProposedBy>>(new Map(), withProposal),
  };
}

function withProposal(
  known: ReadonlyMap<string, ProposedBy>,
  event: ErasureEvent,
  { command, place: { position } }: Read,
): ReadonlyMap<string, ProposedBy> {
  return event.type === 'DisposalProposed'
    ? new Map(known).set(event.data.order, { command, position })
    : known;
}
