import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll } from 'vitest';
import type { Purpose } from '../../domain/purpose.js';
import { Instant } from '../../domain/values/date.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { ExitCode } from '../../src/cli/exitCodes.js';
import { runCli } from '../../src/cli/program.js';
import type { Clock } from '../../src/clock.js';
import { createLedger } from '../../src/ledger/createLedger.js';
import type { Ledger, LedgerPlaces } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import type { Request } from '../../src/request/request.js';
import { placesIn } from './synthetic.js';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** A new folder that goes when the test file that asked for it has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plr-test-'));
  folders.push(folder);
  return folder;
}

/** A clock that stands still until it is told to go on. */
export type TestClock = {
  readonly clock: Clock;
  readonly now: () => Instant;
  readonly advance: (milliseconds: number) => void;
  readonly set: (instant: string) => void;
};

/** Creates a clock that stands at an instant. */
export function createTestClock(start: string): TestClock {
  let nowMs = Date.parse(start);
  const now = () => Instant.parse(new Date(nowMs).toISOString());
  return {
    clock: now,
    now,
    advance: (milliseconds) => {
      nowMs += milliseconds;
    },
    set: (instant) => {
      nowMs = Date.parse(instant);
    },
  };
}

/** Makes and opens a ledger on SQLite in a folder of its own. */
export async function openNewLedger(
  clock: Clock,
): Promise<{ readonly ledger: Ledger; readonly places: LedgerPlaces }> {
  const places = placesIn(temporaryFolder());
  await createLedger(places, 'test.invalid/2026', clock);
  return { ledger: await openLedger(places, clock), places };
}

/** How many events a ledger holds, of every stream. */
export async function countEvents(ledger: Ledger): Promise<number> {
  let count = 0;
  for await (const _ of ledger.parts.store.readAll()) {
    count += 1;
  }
  return count;
}

/** A request by an organisation's member of staff, as a new command. */
export function requestBy(ukprn: string, purpose: Purpose = 'service-operation'): Request {
  return {
    by: { kind: 'organisation', ukprn: Ukprn.parse(ukprn) },
    user: 'staff1',
    purpose,
    commandId: randomUUID(),
  };
}

/** What one run of the command line printed, and its exit code. */
export type CliRun = {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
};

/** What a run is given besides its arguments. */
export type CliInput = {
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Sees every piece that goes to standard output as it is written. */
  readonly onOutput?: (text: string) => void;
};

/** A folder in which command lines are run in this process, on a clock of their own. */
export type CliWorld = {
  readonly folder: string;
  readonly time: TestClock;
  readonly environment: Readonly<Record<string, string>>;
  readonly path: (...names: readonly string[]) => string;
  readonly plr: (argv: readonly string[], input?: CliInput) => Promise<CliRun>;
};

/** Creates a world without a ledger in it. Every run takes a minute of its clock. */
export function createCliWorld(start = '2026-09-01T09:00:00.000Z'): CliWorld {
  const folder = temporaryFolder();
  const places = placesIn(folder);
  const time = createTestClock(start);
  const environment = {
    PLR_STORE: places.store,
    PLR_VAULT: places.vault,
    PLR_VIEWS: places.views,
    PLR_ACCESS: places.access,
    PLR_MASTER: places.master,
  };
  return {
    folder,
    time,
    environment,
    path: (...names) => join(folder, ...names),
    plr: async (argv, input = {}) => {
      time.advance(60_000);
      const output = { stdout: '', stderr: '' };
      const code = await runCli(argv, {
        environment: { ...environment, ...input.environment },
        stdin: Readable.from([Buffer.from(input.stdin ?? '')]),
        stdout: collecting((text) => {
          output.stdout += text;
          input.onOutput?.(text);
        }),
        stderr: collecting((text) => {
          output.stderr += text;
        }),
        clock: time.clock,
        newId: randomUUID,
        signal: input.signal ?? new AbortController().signal,
      });
      return { code, ...output };
    },
  };
}

function collecting(take: (text: string) => void): Writable {
  return new Writable({
    write(chunk: Buffer, _, done) {
      take(chunk.toString());
      done();
    },
  });
}
