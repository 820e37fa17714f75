import type { Command } from 'commander';
import { plrAt } from '../../projections/replay.js';
import type { CliContext } from './context.js';
import { coloursFor, plrLines, pointText } from './format.js';
import { readingCommand } from './reading.js';

/** `plr show`: the record of a learner, now or at any point. */
export function showCommand(context: CliContext): Command {
  const description = "a learner's record, now or at any point of its history";
  return readingCommand(
    context,
    { name: 'show', description, format: 'json' },
    (events, at, asJson) => {
      const plr = plrAt(events, at);
      if (asJson) {
        context.print(JSON.stringify(plr));
        return;
      }
      const colours = coloursFor(context.stdout, context.environment);
      context.print(colours.bold(`Personal Learning Record, ${pointText(at)}`));
      plrLines(plr).forEach(context.print);
    },
  );
}
