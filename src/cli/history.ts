import type { Command } from 'commander';
import { type HistoryRow, historyProjection } from '../../projections/history.js';
import { fold } from '../../projections/projection.js';
import { eventsAt } from '../../projections/replay.js';
import type { CliContext } from './context.js';
import { dataLines, eventLine, valueText } from './format.js';
import { readingCommand } from './reading.js';

/** `plr history`: every event, with who, for whom and for what, when, and what it replaced. */
export function historyCommand(context: CliContext): Command {
  const description = 'every event of a learner: what, who, for what, when, and what it replaced';
  return readingCommand(
    context,
    { name: 'history', description, format: 'ndjson' },
    (events, at, asJson) => {
      for (const row of fold(historyProjection, eventsAt(events, at)).rows) {
        (asJson ? [JSON.stringify(row)] : rowLines(row)).forEach(context.print);
      }
    },
  );
}

function rowLines(row: HistoryRow): readonly string[] {
  return [
    eventLine(row),
    `       id ${row.id}, true from ${row.validFrom}`,
    ...dataLines(row.event),
    ...Object.entries(row.replaced ?? {}).map(
      ([name, value]) => `       replaced ${name}: ${valueText(value)}`,
    ),
  ];
}
