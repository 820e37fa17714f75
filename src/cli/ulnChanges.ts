import { Command } from 'commander';
import { CalendarDate, dateOf } from '../../domain/values/date.js';
import type { NamedUln } from '../learners/ulnChanges.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { valueText } from './format.js';

/** `plr uln changes`: ULNs merged, unmerged and retired in a period. */
export function ulnChangesCommand(context: CliContext): Command {
  const command = new Command('changes')
    .description('ULNs merged, unmerged and retired in a period, for systems that keep ULNs')
    .requiredOption('--from <date>', 'the first day, UTC')
    .option('--to <date>', 'the last day; today where not given')
    .option('--ndjson', 'print a line of JSON for each change');
  return asking(command).action(
    async (options: AskingOptions & { from: string; to?: string; ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const from = parseInput(CalendarDate, options.from);
      const to = parseInput(CalendarDate, options.to ?? dateOf(context.clock()));
      if (from > to) {
        throw usageError('expected --from to be no later than --to, found it later');
      }
      const changes = await context.withLedger((ledger) =>
        ledger.access.ulnChanges({ from, to }, asker),
      );
      for (const change of changes) {
        const { kind, date, master, other, cause } = change;
        context.print(
          options.ndjson === true
            ? JSON.stringify(change)
            : `${date}  ${kind}  ${namedText(other)}${master === null ? `  (${cause})` : `  master ${namedText(master)}`}`,
        );
      }
      if (changes.length === 0) {
        // In a stream of JSON lines nothing stands for nothing.
        (options.ndjson === true ? context.say : context.print)('WSRC0024 No ULNs for report.');
      }
    },
  );
}

function namedText({ uln, givenName, familyName, dateOfBirth }: NamedUln): string {
  return `${uln} ${valueText(givenName)} ${valueText(familyName)} born ${valueText(dateOfBirth)}`;
}
