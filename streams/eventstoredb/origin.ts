import { jsonEvent } from '@eventstore/db-client';
import { StreamError } from '../errors.js';
import type { LedgerClient, RawEvent } from './client.js';
import { actualVersionIn } from './errors.js';
import { parsed } from './reader.js';
import { readRequest } from './request.js';
import { repeatedly } from './retry.js';
import type { EventStoreDbPlace } from './url.js';

const FORMAT = 1;

const OPENING_MS = 3_000;

/** How long opening and making a store are tried: a server that is not there is to be noticed soon. */
export function openingLimits(place: EventStoreDbPlace) {
  const giveUpAt = performance.now() + Math.min(OPENING_MS, place.retryBudgetMs);
  return { giveUpAt, isClosed: () => false };
}

/**
 * Records the origin in the stream `<name>-store`, which has no dot and so is no stream of the ledger.
 * It is written if there is none; whoever wrote it, what it says decides.
 */
export async function recordOrigin(
  client: LedgerClient,
  place: EventStoreDbPlace,
  origin: string,
): Promise<void> {
  // Sent again after a lost answer it has the same id, by which the server knows it.
  const event = jsonEvent({ type: 'LedgerStoreMade', data: { format: FORMAT, origin } });
  const write = async (): Promise<'written' | 'there'> => {
    try {
      await client.connect();
      await client.appendToStream(storeStream(place), event, {
        ...client.callOptions(),
        expectedRevision: 'no_stream',
      });
      return 'written';
    } catch (error) {
      if (actualVersionIn(error) !== null) {
        return 'there';
      }
      throw error;
    }
  };
  if ((await repeatedly(write, openingLimits(place))) === 'written') {
    return;
  }
  if ((await readOrigin(client, place)) !== origin) {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      'expected a ledger of the origin given, found one of another',
    );
  }
}

/** The origin recorded. Throws `ERR_LEDGER_MISSING` where there is none, `ERR_STORE_NEWER` for a newer format. */
export async function readOrigin(client: LedgerClient, place: EventStoreDbPlace): Promise<string> {
  const recorded = await repeatedly(() => originIn(client, place), openingLimits(place));
  if (recorded === null) {
    throw new StreamError(
      'ERR_LEDGER_MISSING',
      `expected a ledger named ${place.name} on the server, found none; "plr init" creates one`,
    );
  }
  if (recorded.format > FORMAT) {
    throw new StreamError(
      'ERR_STORE_NEWER',
      `expected a ledger of format ${FORMAT}, found format ${recorded.format}, written by a newer version`,
    );
  }
  return recorded.origin;
}

async function originIn(client: LedgerClient, place: EventStoreDbPlace) {
  const source = { kind: 'stream', name: storeStream(place) } as const;
  const request = readRequest({ source, from: 'start', limit: 1, direction: 'forward' });
  const [event] = await client.readEvents(request);
  return event === undefined ? null : originOf(event);
}

function originOf(event: RawEvent): { readonly format: number; readonly origin: string } {
  const found = parsed(event.getData_asU8()) as { format?: unknown; origin?: unknown } | null;
  if (typeof found?.format !== 'number' || typeof found.origin !== 'string') {
    throw new StreamError(
      'ERR_LEDGER_MISMATCH',
      'expected the origin of a ledger in its stream, found something else',
    );
  }
  return { format: found.format, origin: found.origin };
}

function storeStream({ name }: EventStoreDbPlace): string {
  return `${name}-store`;
}
