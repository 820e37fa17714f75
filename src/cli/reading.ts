import { Command } from 'commander';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Point } from '../../projections/replay.js';
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

/** A command that reads one learner's events at a point and prints what it makes of them. */
export function readingCommand(
  context: CliContext,
  { name, description, format }: { name: string; description: string; format: 'json' | 'ndjson' },
  print: (events: readonly Recorded<LearnerEvent>[], at: Point, asJson: boolean) => void,
): Command {
  const help = format === 'json' ? 'print JSON' : 'print a line of JSON for each event';
  const command = new Command(name)
    .description(description)
    .argument('<uln>', ULN_ARGUMENT)
    .option(`--${format}`, help);
  return asking(point(command)).action(
    async (
      argument: string,
      options: PointOptions & AskingOptions & { json?: boolean; ndjson?: boolean },
    ) => {
      const asker = askerFrom(context, options);
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const { events, count } = await ledger.access.history(uln, asker);
        requireVersion(at, count);
        print(events, at, options[format] === true);
      });
    },
  );
}
