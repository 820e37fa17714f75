import { Command } from 'commander';
import { replaySteps } from '../../projections/replay.js';
import type { CliContext } from './context.js';
import { changeLines, eventLine } from './format.js';
import { type PointOptions, point, pointFrom, readUln } from './options.js';

/** `plr replay`: event by event, with what each changed in the record. */
export function replayCommand(context: CliContext): Command {
  const command = new Command('replay')
    .description('event by event, what each changed in the record')
    .argument('<uln>', 'the ULN, or - to read it from standard input')
    .option('--ndjson', 'print a line of JSON for each event');
  return point(command).action(
    async (argument: string, options: PointOptions & { ndjson?: boolean }) => {
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        for (const step of replaySteps(await ledger.read(uln), at)) {
          if (options.ndjson === true) {
            context.print(JSON.stringify(step));
            continue;
          }
          context.print(eventLine(step.recorded));
          const lines = changeLines(step.changes);
          for (const line of lines.length === 0 ? ['       no change to the record'] : lines) {
            context.print(line);
          }
        }
      });
    },
  );
}
