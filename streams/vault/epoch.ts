import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { StreamError } from '../errors.js';
import { whenFree } from '../sqlite/file.js';
import { openVaultFile, readVaultState, type VaultState } from './file.js';

/** Being the one active process: until it ends, or another takes over. */
export type Activation = {
  /** Aborts when another process has taken over: then nothing may be changed any more. */
  readonly superseded: AbortSignal;
  /** Ends it in good order: whoever comes next need not wait. */
  readonly end: () => void;
};

/** How often an active process shows that it is there. */
const BEAT_MS = 1_000;
/** How long another's next beat is waited for. */
const WATCH_MS = 2_500;
const LOOK_MS = 250;
/** How long nobody must have shown himself before a standby takes over. */
const SILENCE_MS = 5_000;

/** Refuses a change by a process that another one took over from. Throws `ERR_SUPERSEDED`. */
export function requireEpoch({ epoch }: Pick<VaultState, 'epoch'>, own: number): void {
  if (epoch !== own) {
    throw new StreamError(
      'ERR_SUPERSEDED',
      'expected to be of the active side, found that another process has taken over since; nothing was changed',
    );
  }
}

/** The counter is at rest: nobody is active, or whoever was is dead, stopped or cut off. */
async function isSilent(database: Database.Database, forMs: number, signal?: AbortSignal) {
  const seen = readVaultState(database).beats;
  for (let waitedMs = 0; seen !== 0 && waitedMs < forMs; waitedMs += LOOK_MS) {
    await sleep(LOOK_MS, undefined, { signal });
    if (readVaultState(database).beats !== seen) {
      return false;
    }
  }
  return true;
}

/**
 * Raises the epoch in every copy, so that whoever opened the vault before may change nothing. Of several
 * who try at once, one does; throws `ERR_ALREADY_ACTIVE` for the others.
 */
export async function raiseEpoch(
  databases: readonly [Database.Database, ...Database.Database[]],
  own: number,
): Promise<number> {
  const [primary, ...copies] = databases;
  const raise = primary.prepare('UPDATE vault SET epoch = epoch + 1, beats = 0 WHERE epoch = ?');
  const { changes } = await whenFree(() => raise.run(own));
  if (changes === 0) {
    throw alreadyActive();
  }
  for (const copy of copies) {
    const follow = copy.prepare('UPDATE vault SET epoch = max(epoch, ?), beats = 0');
    await whenFree(() => follow.run(own + 1));
  }
  return own + 1;
}

/** Takes over where nobody is active, and shows from then on that somebody is. Throws `ERR_ALREADY_ACTIVE`. */
export async function activate(
  databases: readonly [Database.Database, ...Database.Database[]],
  own: number,
): Promise<{ readonly epoch: number; readonly activation: Activation }> {
  if (!(await isSilent(databases[0], WATCH_MS))) {
    throw alreadyActive();
  }
  const epoch = await raiseEpoch(databases, own);
  const superseded = new AbortController();
  const beats = databases.map((database) =>
    database.prepare('UPDATE vault SET beats = beats + 1 WHERE epoch = ?'),
  );
  const beat = () => {
    try {
      if (beats.some((one) => one.run(epoch).changes === 0)) {
        clearInterval(beating);
        superseded.abort();
      }
    } catch {
      // A lock held too long or a volume that is gone: the next change says so, and a standby sees silence.
    }
  };
  const beating = setInterval(beat, BEAT_MS);
  beating.unref();
  beat();
  return {
    epoch,
    activation: {
      superseded: superseded.signal,
      end: () => {
        clearInterval(beating);
        for (const database of databases.filter(({ open }) => open)) {
          database.prepare('UPDATE vault SET beats = 0 WHERE epoch = ?').run(epoch);
        }
      },
    },
  };
}

/**
 * Waits as a standby: opens nothing but the vault, and resolves when nobody has shown himself for
 * `afterMs` (5 s where it is not given). Then the ledger can be opened and activated. Rejects when the
 * signal aborts.
 */
export async function standBy(
  vault: string,
  options: { readonly afterMs?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { afterMs = SILENCE_MS, signal } = options;
  const database = openVaultFile(vault);
  try {
    while (!(await isSilent(database, afterMs, signal))) {
      signal?.throwIfAborted();
    }
  } finally {
    database.close();
  }
}

function alreadyActive(): StreamError {
  return new StreamError(
    'ERR_ALREADY_ACTIVE',
    'expected no other active process, found one that shows itself; "plr standby" waits until it does not any more',
  );
}
