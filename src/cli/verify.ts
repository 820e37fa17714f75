import { Command } from 'commander';
import type { EventStore } from '../../streams/eventStore.js';
import { type Verification, verifyStreams } from '../upkeep/verify.js';
import { type CliContext, isTerminal } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { readUln } from './options.js';

const PROGRESS_EVERY_EVENTS = 5_000;

/** `plr verify`: chains, commitments and redactions of one learner or of everything. */
export function verifyCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('verify')
    .description(
      'check chains, commitments and redactions; exit code 6 when anything does not hold',
    )
    .argument('[uln]', 'a ULN, or - to read it from standard input')
    .option('--all', 'every stream of the ledger, and of the access ledger')
    .option('--json', 'print JSON')
    .action(async (argument: string | undefined, options: { all?: boolean; json?: boolean }) => {
      if ((argument === undefined) === (options.all !== true)) {
        throw usageError('expected a ULN or --all, found neither or both');
      }
      const uln = argument === undefined ? null : await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const verify = (store: EventStore, stream: string | null) =>
          verifyStreams({ ...ledger.parts, store }, stream, progress(context), context.signal);
        // Of a learner every stream that merges make one with theirs: each is part of the record.
        const streams =
          uln === null ? [null] : (await ledger.personOf(uln)).streams.map(({ stream }) => stream);
        const results: Verification[] = [];
        for (const stream of streams) {
          results.push(await verify(ledger.parts.store, stream));
        }
        // Who looked at whom is evidence as much as what was recorded.
        for (const store of uln === null ? await ledger.accessLog() : []) {
          results.push(await verify(store, null));
        }
        const result = results.reduce(together, NOTHING);
        print(context, result, options.json === true);
        if (result.problems.length > 0) {
          exit(6);
        }
      });
    });
}

const NOTHING: Verification = { streams: 0, events: 0, redacted: 0, disposed: 0, problems: [] };

function together(one: Verification, other: Verification): Verification {
  return {
    streams: one.streams + other.streams,
    events: one.events + other.events,
    redacted: one.redacted + other.redacted,
    disposed: one.disposed + other.disposed,
    problems: [...one.problems, ...other.problems],
  };
}

function progress(context: CliContext): (events: number) => void {
  let next = PROGRESS_EVERY_EVENTS;
  return (events) => {
    if (isTerminal(context.stderr) && events >= next) {
      next = events + PROGRESS_EVERY_EVENTS;
      context.stderr.write(`\r${events} events checked`);
    }
  };
}

function print(context: CliContext, result: Verification, asJson: boolean): void {
  if (asJson) {
    context.print(JSON.stringify(result));
    return;
  }
  const { streams, events, redacted, disposed, problems } = result;
  for (const { stream, version, code, message } of problems) {
    context.print(`${code}  ${stream}${version === null ? '' : ` version ${version}`}  ${message}`);
  }
  const holds = problems.length === 0 ? 'all hold' : `${problems.length} do not hold`;
  context.print(
    `${count(events, 'event')} in ${count(streams, 'stream')}: headers, chains and commitments checked, ${holds}; ${count(redacted, 'event')} redacted or replaced by a redaction${disposed === 0 ? '' : `, ${count(disposed, 'event')} disposed of`}`,
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
