import type { Command } from 'commander';
import { replaySteps } from '../../projections/live/replay.js';
import type { CliContext } from './context.js';
import { changeLines, eventLine } from './format.js';
import { readingCommand, ulnFields } from './reading.js';

/** `plr replay`: event by event, with what each changed in the record. */
export function replayCommand(context: CliContext): Command {
  const description = 'event by event, what each changed in the record';
  return readingCommand(
    context,
    { name: 'replay', description, format: 'ndjson' },
    (read, at, asJson) => {
      for (const step of replaySteps(read.events, at)) {
        if (asJson) {
          context.print(JSON.stringify({ ...step, ...ulnFields(read) }));
          continue;
        }
        const lines = changeLines(step.changes);
        context.print(eventLine(step.recorded));
        (lines.length === 0 ? ['       no change to the record'] : lines).forEach(context.print);
      }
    },
  );
}
