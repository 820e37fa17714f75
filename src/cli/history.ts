import { Command } from 'commander';
import { historyProjection } from '../../projections/history.js';
import { fold } from '../../projections/projection.js';
import { eventsAt } from '../../projections/replay.js';
import type { CliContext } from './context.js';
import { dataLines, eventLine, valueText } from './format.js';
import { type PointOptions, point, pointFrom, readUln } from './options.js';

/** `plr history`: every event, with who, for whom and for what, when, and what it replaced. */
export function historyCommand(context: CliContext): Command {
  const command = new Command('history')
    .description('every event of a learner: what, who, for what, when, and what it replaced')
    .argument('<uln>', 'the ULN, or - to read it from standard input')
    .option('--ndjson', 'print a line of JSON for each event');
  return point(command).action(
    async (argument: string, options: PointOptions & { ndjson?: boolean }) => {
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const events = eventsAt(await ledger.read(uln), at);
        for (const row of fold(historyProjection, events).rows) {
          if (options.ndjson === true) {
            context.print(JSON.stringify(row));
            continue;
          }
          context.print(eventLine(row));
          context.print(`       id ${row.id}, true from ${row.validFrom}`);
          for (const line of dataLines(row.event)) {
            context.print(line);
          }
          for (const [name, value] of Object.entries(row.replaced ?? {})) {
            context.print(`       replaced ${name}: ${valueText(value)}`);
          }
        }
      });
    },
  );
}
