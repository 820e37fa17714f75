import { text } from 'node:stream/consumers';
import type { NoticeLanguage } from '../../domain/notice/events.js';
import { dateOf } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Clock } from '../clock.js';
import { type Config, readConfig } from '../config.js';
import { readScreening } from '../learners/screening.js';
import type { Ledger } from '../ledger/ledger.js';
import { openLedger } from '../ledger/openLedger.js';
import type { Request } from '../request/request.js';
import { usageError } from './exitCodes.js';
import { noticeFirst } from './noticeFirst.js';

/** What a command line is given from outside: everything it reads, writes and depends on. */
export type CliIo = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly clock: Clock;
  /** Makes a UUID. */
  readonly newId: () => string;
  /** Aborts when the user asks to stop. */
  readonly signal: AbortSignal;
};

/** What a run turns out to be, as far as it matters to all commands alike. */
type Run = {
  /** Who acts; `null` until that is read. */
  readonly request: Request | null;
  /** The learner that it is about; `null` where it is about none. */
  readonly uln: Uln | null;
  /** Whether standard output is for a program. */
  readonly isJson: boolean;
  readonly language: NoticeLanguage;
  /** Whether it is about the notice itself. */
  readonly isOfNotice: boolean;
};

/** What every command works with. */
export type CliContext = CliIo & {
  readonly config: Config;
  /** Prints one line of data to standard output. */
  readonly print: (line: string) => void;
  /** Prints one line about what is happening to standard error. */
  readonly say: (line: string) => void;
  /** Standard input as text; it can be asked for once, because it can be read once. */
  readonly readStdin: () => Promise<string>;
  /** Notes what is known of this run, by the functions that every command reads its arguments with. */
  readonly note: (known: Partial<Run>) => void;
  /**
   * Opens the ledger for one piece of work and closes it again. A learner who acts is shown the privacy
   * notice first, whatever the work is; after work of the keeper's, misuse is looked for.
   */
  readonly withLedger: <Result>(work: (ledger: Ledger) => Promise<Result>) => Promise<Result>;
};

/** Creates the context of one run of the command line. */
export function createContext(io: CliIo): CliContext {
  const config = readConfig(io.environment);
  let stdinIsRead = false;
  let run: Run = { request: null, uln: null, isJson: false, language: 'en', isOfNotice: false };
  const say = (line: string) => {
    io.stderr.write(`${line}\n`);
  };
  const print = (line: string) => {
    io.stdout.write(`${line}\n`);
  };
  return {
    ...io,
    config,
    print,
    say,
    readStdin: async () => {
      if (stdinIsRead) {
        throw usageError('expected "-" (standard input) once, found it twice');
      }
      stdinIsRead = true;
      return text(io.stdin);
    },
    note: (known) => {
      run = { ...run, ...known };
    },
    withLedger: async (work) => {
      const screening = await readScreening(config.screening);
      const policy = { ...config.policy, screening };
      const ledger = await openLedger(config.places, io.clock, policy);
      try {
        (await noticeFirst(ledger, run)).forEach(run.isJson ? say : print);
        const result = await work(ledger);
        if (run.request?.by.kind === 'keeper') {
          await lookForMisuse(ledger, io);
        }
        return result;
      } finally {
        await ledger.close();
      }
    },
  };
}

/** The work is done: that nobody could look for misuse after it is said, and fails nothing. */
async function lookForMisuse({ reviewing }: Ledger, { clock, stderr }: CliIo): Promise<void> {
  try {
    await reviewing.review(dateOf(clock()));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    stderr.write(`plr: warning: misuse was not looked for${code}; "plr access review" says why\n`);
  }
}

/** True when a stream is a terminal that a person looks at. */
export function isTerminal(stream: NodeJS.WritableStream): boolean {
  return 'isTTY' in stream && stream.isTTY === true;
}
