import type { HoldCode, ImportEvent, ImportEventData } from '../../domain/imports/events.js';
import {
  type Cells,
  type HeldRow,
  type HeldRows,
  type HeldRowsCommand,
  heldRows,
} from '../../domain/imports/heldRows.js';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted } from '../../domain/redaction.js';
import type { Instant } from '../../domain/values/date.js';
import type { Runner } from '../../projections/kept/runner.js';
import { held, selectHeldSince } from '../../projections/views/held.js';
import { isConflict } from '../../streams/errors.js';
import { conflict } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import { followUpCommandId, importStream } from '../journal/identifiers.js';
import { createQueues } from '../journal/inOrder.js';
import type { History, Journal } from '../journal/journal.js';
import type { Orders } from '../journal/orders.js';
import type { Recording } from '../journal/recording.js';

/** The rows of one file that wait, while the file is being imported. */
export type Holding = {
  /**
   * What became of a row when the same file was imported before; `null` for one never held, `redacted`
   * for one that is held and whose cells are gone. Answered in the order in which it is asked.
   */
  readonly stateOf: (row: number) => Promise<HeldRow['state'] | 'redacted' | null>;
  /** Since when a row waits that was held when the same file was imported before. */
  readonly heldSince: (row: number) => Promise<Instant | null>;
  /** Since when the row waited that a command recorded, of whichever file; `null` where it never did. */
  readonly heldSinceOf: (commandId: string) => Promise<Instant | null>;
  /** Keeps a row until it can be recorded. */
  readonly hold: (
    row: number,
    why: { readonly code: HoldCode; readonly cells: Cells },
    recording: Recording,
  ) => Promise<void>;
  /** Says that a row which was held is recorded now. */
  readonly release: (row: number, recording: Recording) => Promise<void>;
  /** Says that the file came to its end, wherever rows of it were held. */
  readonly finish: (
    outcomes: Readonly<Record<string, number>>,
    recording: Recording,
  ) => Promise<void>;
};

/** Rows of a file whose held ones share a stream: few enough to read it whole at any time. */
const BLOCK_ROWS = 500;
/** Blocks whose state is kept in memory: rows under way are of one or two. */
const MAX_BLOCKS = 4;
const MAX_CONFLICTS = 10;

/** Creates the holding of rows of one file. */
export function createHolding(
  parts: {
    readonly journal: Journal;
    readonly vault: Vault;
    readonly orders: Orders;
    readonly runner: Runner;
  },
  file: {
    readonly started: ImportEventData<'ImportStarted'>;
    readonly caller: string;
    readonly digest: Uint8Array;
  },
): Holding {
  const { journal, vault, orders, runner } = parts;
  const { started, caller, digest } = file;
  const inOrder = createQueues();
  const blocks = new Map<number, Block>();
  const withRows = new Set<number>();

  const streamOf = (block: number) =>
    importStream(vault, { kind: started.kind, caller, digest, block });

  async function blockAt(number: number): Promise<Block> {
    return blocks.get(number) ?? remember(number, await readBlock(journal, streamOf(number)));
  }

  function remember(number: number, block: Block): Block {
    blocks.delete(number);
    blocks.set(number, block);
    const [oldest] = blocks.keys();
    if (blocks.size > MAX_BLOCKS && oldest !== undefined) {
      blocks.delete(oldest);
    }
    if (block.state.started !== null) {
      withRows.add(number);
    }
    return block;
  }

  /** Decides on what is known of the block, so that holding many rows does not read them all each time. */
  async function handle(
    number: number,
    command: HeldRowsCommand,
    recordingAt: (version: number) => Recording,
  ): Promise<void> {
    for (let conflicts = 0; ; conflicts += 1) {
      const { state, version, since } = await blockAt(number);
      const events = heldRows.decide(command, state);
      if (events.length === 0) {
        return;
      }
      const stream = streamOf(number);
      const end = await journal.endOf(stream);
      try {
        if (end.version !== version) {
          throw conflict(end.version, version);
        }
        const receipt = await journal.append(stream, end, events, recordingAt(version));
        const after = events.reduce(heldRows.evolve, state);
        remember(number, { state: after, version: receipt.version, since });
        return;
      } catch (error) {
        blocks.delete(number);
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  const blockOf = (row: number) => Math.floor((row - 1) / BLOCK_ROWS) + 1;
  const step = (
    row: number,
    command: HeldRowsCommand,
    recordingAt: (version: number) => Recording,
  ) => inOrder(String(blockOf(row)), () => handle(blockOf(row), command, recordingAt));

  async function stateOf(row: number): Promise<HeldRow['state'] | 'redacted' | null> {
    const number = blockOf(row);
    const known = (await blockAt(number)).state.rows.get(row);
    if (known?.state !== 'held') {
      return known?.state ?? null;
    }
    // A person may have decided about the row since the block was read.
    const fresh = (await freshBlockAt(number)).state.rows.get(row) ?? known;
    return fresh.state === 'held' && isRedacted(fresh.cells) ? 'redacted' : fresh.state;
  }

  async function freshBlockAt(number: number): Promise<Block> {
    const block = await blockAt(number);
    const stream = streamOf(number);
    const { version } = await journal.endOf(stream);
    // An order of redaction counts from the order on, not only from when the stream says so.
    await orders.refresh();
    const isPending = orders.pendingFor(stream).length > 0 || orders.disposalFor(stream) !== null;
    return version === block.version && !isPending
      ? block
      : remember(number, await readBlock(journal, stream));
  }

  return {
    // One queue for the whole file: rows of two blocks are answered in their order too.
    stateOf: (row) => inOrder('file', () => stateOf(row)),
    heldSince: async (row) => (await blockAt(blockOf(row))).since.get(row) ?? null,
    heldSinceOf: heldSinceIn(runner),
    hold: (row, { code, cells }, recording) => {
      const data = { row, code, cells, recordedBy: recording.commandId };
      // A row can be held for the same reason again after another one: the version tells them apart.
      return step(row, { type: 'HoldRow', started, data }, (version) => ({
        ...recording,
        commandId: followUpCommandId(recording.commandId, `held as ${code} after ${version}`),
      }));
    },
    release: (row, recording) =>
      step(row, { type: 'ReleaseRow', row, by: { kind: 'keeper' } }, () => releaseOf(recording)),
    finish: async (outcomes, recording) => {
      for (const block of withRows) {
        await handle(block, { type: 'FinishImport', outcomes }, (version) => ({
          ...recording,
          commandId: followUpCommandId(recording.commandId, `finished ${block} after ${version}`),
        }));
      }
    },
  };
}

/** What an import's stream says, how many events it holds, and since when the rows wait that it had when it was read. */
type Block = {
  readonly state: HeldRows;
  readonly version: number;
  readonly since: ReadonlyMap<number, Instant | null>;
};

async function readBlock(journal: Journal, stream: string): Promise<Block> {
  const { events, end, state } = await readHeldRows(journal, stream);
  const numbers = [...state.rows.keys()];
  const since = new Map(numbers.map((row) => [row, heldSince(events, row)] as const));
  return { state, version: end.version, since };
}

/** An import's stream and what it folds to. */
export async function readHeldRows(
  journal: Journal,
  stream: string,
): Promise<History<ImportEvent> & { readonly state: HeldRows }> {
  const { events, end } = await journal.read<ImportEvent>(stream);
  const state = events.reduce(
    (before, { event }) => heldRows.evolve(before, event),
    heldRows.initialState,
  );
  return { events, end, state };
}

/** Since when a row waits, for whatever reasons; `null` for one that was never held. */
export function heldSince(events: readonly Recorded<ImportEvent>[], row: number): Instant | null {
  const first = events.find(({ event }) => event.type === 'RowHeld' && event.data.row === row);
  return first?.recordedAt ?? null;
}

/** Asks the view of held rows since when the row waited that a command recorded. */
export function heldSinceIn(runner: Runner): Holding['heldSinceOf'] {
  return (commandId) =>
    runner.read(held, (database, names) => selectHeldSince(database, names, commandId));
}

/** How the release of a row is recorded that the command of this recording recorded. */
export function releaseOf(recording: Recording): Recording {
  return { ...recording, commandId: followUpCommandId(recording.commandId, 'released') };
}
