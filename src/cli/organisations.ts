import { Command } from 'commander';
import { CalendarDate, dateOf } from '../../domain/values/date.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import { parseInput } from '../request/input.js';
import type { CliContext } from './context.js';

/** `plr organisations published`: the list that the privacy notice promises as its Annex A. */
export function organisationsCommand(context: CliContext): Command {
  const published = new Command('published')
    .description('the organisations that may access records on a date, and for what')
    .option('--on <date>', 'the date; today where not given')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: { on?: string; ndjson?: boolean }) => {
      const on =
        options.on === undefined ? dateOf(context.clock()) : parseInput(CalendarDate, options.on);
      await context.withLedger(async (ledger) => {
        let count = 0;
        for (const { ukprn } of await ledger.listOrganisations()) {
          const listed = await ledger.organisations.publishedOn(Ukprn.parse(ukprn), on);
          if (listed !== null) {
            count += 1;
            context.print(
              options.ndjson === true
                ? JSON.stringify(listed)
                : `${ukprn}  ${listed.name ?? 'a sole trader'}  ${listed.organisationType}  until ${listed.until}  for ${listed.purposes.join(', ')}`,
            );
          }
        }
        if (options.ndjson !== true) {
          context.say(
            `${count} organisation${count === 1 ? '' : 's'} may access records on ${on}.`,
          );
        }
      });
    });
  return new Command('organisations')
    .description('what is published of organisations')
    .addCommand(published);
}
