import type { Command } from 'commander';
import { type HistoryRow, historyProjection } from '../../projections/live/history.js';
import { eventsAt } from '../../projections/live/replay.js';
import { fold } from '../../projections/projection.js';
import type { CliContext } from './context.js';
import { dataLines, eventLine, valueText } from './format.js';
import { readingCommand, ulnFields } from './reading.js';

/** `plr history`: every event, with who, for whom and for what, when, and what it replaced. */
export function historyCommand(context: CliContext): Command {
  const description = 'every event of a learner: what, who, for what, when, and what it replaced';
  return readingCommand(
    context,
    { name: 'history', description, format: 'ndjson' },
    (read, at, asJson, options) => {
      const rowsOf = (events: typeof read.events) =>
        fold(historyProjection, eventsAt(events, at)).rows;
      const printRow = (row: HistoryRow) =>
        (asJson ? [JSON.stringify({ ...row, ...ulnFields(read) })] : rowLines(row)).forEach(
          context.print,
        );
      rowsOf(read.events).forEach(printRow);
      for (const { uln, events } of read.merged) {
        const isAsked = options['withMerged'] === true;
        if (!asJson) {
          const hint = isAsked ? ':' : '; --with-merged prints its events';
          context.print(`Merged: ${uln}${hint}`);
        }
        if (isAsked) {
          rowsOf(events).forEach(printRow);
        }
      }
    },
  ).option('--with-merged', 'then the events of the ULNs that it answers for');
}

function rowLines(row: HistoryRow): readonly string[] {
  if (row.disposedType !== null) {
    return [eventLine(row), `       id ${row.id}`];
  }
  return [
    eventLine(row),
    `       id ${row.id}, true from ${row.validFrom}`,
    ...dataLines(row.event),
    ...Object.entries(row.replaced ?? {}).map(
      ([name, value]) => `       replaced ${name}: ${valueText(value)}`,
    ),
  ];
}
