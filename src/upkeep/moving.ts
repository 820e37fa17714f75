import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Header } from '../../streams/envelope.js';
import { isCode, StreamError } from '../../streams/errors.js';
import type { EventStore, StoredEvent } from '../../streams/eventStore.js';
import { createStore, openStore } from '../../streams/openStore.js';
import { type KeptFiles, type OutputFolder, outputFolder } from '../../streams/output.js';
import { exportSegments } from '../../streams/segments/export.js';
import { isSegmentName } from '../../streams/segments/file.js';
import { importSegments } from '../../streams/segments/import.js';
import { readSegments, type SegmentSummary } from '../../streams/segments/read.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Orders } from '../journal/orders.js';

/** One of the logs that a ledger is made of: its own, or the access ledger of a year. */
export type MovedPart = { readonly part: string; readonly events: number; readonly moved: number };

/** A log's segments as they were found, sound. */
export type CheckedPart = SegmentSummary & { readonly part: string };

/** What moving needs of an open ledger. */
type Moved = {
  readonly parts: {
    readonly store: EventStore;
    readonly vault: Pick<Vault, 'eventKey'>;
    readonly orders: Pick<Orders, 'refresh' | 'disposalFor' | 'pendingFor'>;
  };
  /** The stores of the access ledger, a year each. */
  readonly accessLog: () => Promise<readonly EventStore[]>;
};

type Progress = {
  readonly onProgress: (events: number) => void;
  readonly signal: AbortSignal;
};

const LEDGER = 'ledger';
const ACCESS = /^access-(\d{4})$/;

/** A folder to export into: a new one, an empty one, or one that holds an earlier export alone. Throws `ERR_OUTPUT_PATH`. */
export function exportFolder(path: string, kept: KeptFiles): OutputFolder {
  return outputFolder(
    path,
    (below, found) => {
      const [part = '', name, ...deeper] = below.split('/');
      const isPart = (part === LEDGER || ACCESS.test(part)) && deeper.length === 0;
      return (
        isPart && (name === undefined ? found.isDirectory() : found.isFile() && isSegmentName(name))
      );
    },
    kept,
  );
}

/**
 * Writes the ledger and its access ledger into a folder, as segments of a sub-folder each: what is not
 * there yet. The data of events whose keys are destroyed stays behind, and so does that of events which
 * an order names that is not carried out yet.
 */
export async function exportLedger(
  ledger: Moved,
  { path: folder }: OutputFolder,
  options: Progress & { readonly segmentEvents: number },
): Promise<readonly MovedPart[]> {
  const { store, orders } = ledger.parts;
  await orders.refresh();
  const isGone = goneIn(ledger);
  const access = await ledger.accessLog();
  const logs: readonly (readonly [string, EventStore])[] = [
    [LEDGER, store],
    ...access.map((year) => [year.origin.slice(year.origin.lastIndexOf('/') + 1), year] as const),
  ];
  const parts: MovedPart[] = [];
  for (const [part, log] of logs) {
    const written = await exportSegments(log, join(folder, part), { ...options, isGone });
    parts.push({ part, events: written.size, moved: written.events });
  }
  return parts;
}

/** Whether the key of an event is destroyed, or is to be. */
function goneIn({ parts: { vault, orders } }: Moved) {
  return async ({ stream, version }: StoredEvent, { key, id }: Header): Promise<boolean> => {
    if (key === null) {
      return false;
    }
    const isOrdered =
      orders.disposalFor(stream) !== null ||
      orders.pendingFor(stream).some(({ targets }) => targets.some(({ event }) => event === id));
    return isOrdered || (await vault.eventKey({ stream, version, key, id })).state !== 'live';
  };
}

/** Checks every segment of a folder, without keys. Throws `ERR_SEGMENT_BROKEN`. */
export async function checkExport(
  folder: string,
  { onProgress, signal }: Progress,
): Promise<readonly CheckedPart[]> {
  const checked: CheckedPart[] = [];
  let events = 0;
  for (const part of await partsIn(folder)) {
    const reading = readSegments(join(folder, part));
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await reading.next();
      if (done) {
        checked.push({ part, ...value });
        break;
      }
      events += 1;
      onProgress(events);
    }
  }
  return checked;
}

/**
 * Reads an exported ledger, and its access ledger, into the stores of its new place, which are made where
 * they are missing. Goes on where it was cut short, and takes in what an export was continued by. Throws
 * `ERR_SEGMENT_DIFFERS` where a store holds something else, `ERR_LEDGER_MISMATCH` another origin.
 */
export async function importLedger(
  places: { readonly store: string; readonly access: string },
  folder: string,
  progress: Progress,
): Promise<readonly MovedPart[]> {
  const parts: MovedPart[] = [];
  for (const part of await partsIn(folder)) {
    const [, year] = ACCESS.exec(part) ?? [];
    const url = year === undefined ? places.store : places.access.replaceAll('{year}', year);
    const store = await openOrMake(url, await originIn(join(folder, part)));
    try {
      const { events, written } = await importSegments(join(folder, part), store, progress);
      parts.push({ part, events, moved: written });
    } finally {
      await store.close();
    }
  }
  return parts;
}

async function openOrMake(url: string, origin: string): Promise<EventStore> {
  try {
    const store = await openStore(url);
    if (store.origin === origin) {
      return store;
    }
    await store.close();
  } catch (error) {
    if (!isCode(error, 'ERR_LEDGER_MISSING')) {
      throw error;
    }
  }
  await createStore(url, origin);
  return openStore(url);
}

/** The origin that the segments of a log are of. */
async function originIn(folder: string): Promise<string> {
  for await (const { header } of readSegments(folder)) {
    return header.ledger;
  }
  throw new StreamError(
    'ERR_LEDGER_MISSING',
    `expected segments in the folder, found none; "plr export" writes them`,
  );
}

/** The logs in a folder, the ledger's own first. */
async function partsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder);
  const parts = names.filter((name) => name === LEDGER || ACCESS.test(name)).sort();
  if (!parts.includes(LEDGER)) {
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      'expected a folder that "plr export" has written, found another',
    );
  }
  return [LEDGER, ...parts.filter((name) => name !== LEDGER)];
}
