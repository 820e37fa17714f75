import { Command } from 'commander';
import { plrAt } from '../../projections/replay.js';
import type { CliContext } from './context.js';
import { coloursFor, plrLines, pointText } from './format.js';
import { type PointOptions, point, pointFrom, readUln } from './options.js';

/** `plr show`: the record of a learner, now or at any point. */
export function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description("a learner's record, now or at any point of its history")
    .argument('<uln>', 'the ULN, or - to read it from standard input')
    .option('--json', 'print JSON');
  return point(command).action(
    async (argument: string, options: PointOptions & { json?: boolean }) => {
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        const plr = plrAt(await ledger.read(uln), at);
        if (options.json === true) {
          context.print(JSON.stringify(plr));
          return;
        }
        const colours = coloursFor(context.stdout, context.environment);
        context.print(colours.bold(`Personal Learning Record, ${pointText(at)}`));
        for (const line of plrLines(plr)) {
          context.print(line);
        }
      });
    },
  );
}
