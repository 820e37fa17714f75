import { Command } from 'commander';
import type { Point } from '../../projections/live/point.js';
import type { ReadRecord, Resolution } from '../learners/records.js';
import { SUBSTITUTED } from '../learners/records.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import {
  type PointOptions,
  point,
  pointFrom,
  readUln,
  requireVersion,
  ULN_ARGUMENT,
} from './options.js';

/** Options of a command that reads, besides the point: those it adds itself. */
export type ReadingOptions = PointOptions & {
  readonly json?: boolean;
  readonly ndjson?: boolean;
} & Readonly<Record<string, unknown>>;

/** A command that reads one learner's events at a point and prints what it makes of them. */
export function readingCommand(
  context: CliContext,
  { name, description, format }: { name: string; description: string; format: 'json' | 'ndjson' },
  print: (read: ReadRecord, at: Point, asJson: boolean, options: ReadingOptions) => void,
): Command {
  const help = format === 'json' ? 'print JSON' : 'print a line of JSON for each event';
  const command = new Command(name)
    .description(description)
    .argument('<uln>', ULN_ARGUMENT)
    .option(`--${format}`, help);
  return asking(point(command)).action(
    async (argument: string, options: ReadingOptions & AskingOptions) => {
      const asker = askerFrom(context, options);
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const { read, count } = await ledger.access.history(uln, asker, at);
        requireVersion(at, count);
        const asJson = options[format] === true;
        if (!asJson) {
          sayMaster(context, read);
        }
        print(read, at, asJson, options);
      });
    },
  );
}

/** Says on top of an answer that it is the master's, where it is. */
export function sayMaster(
  context: CliContext,
  { asked, found }: Pick<Resolution, 'asked' | 'found'>,
): void {
  if (asked !== found) {
    context.print(
      `Master record substituted for the learner (${SUBSTITUTED}): asked for ${asked}, found ${found}`,
    );
  }
}

/** What an answer in JSON says of whom was asked for and who was found. */
export function ulnFields({ asked, found }: Pick<Resolution, 'asked' | 'found'>) {
  return {
    incomingUln: asked,
    foundUln: found,
    code: asked === found ? null : SUBSTITUTED,
  };
}
