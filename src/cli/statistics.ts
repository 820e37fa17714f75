import { Command } from 'commander';
import { SubjectCode } from '../../domain/values/subjectCode.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import { parseInput } from '../request/input.js';
import type { CliContext } from './context.js';
import { parseCount } from './options.js';

type Options = { subjectCode?: string; submittedBy?: string; year?: string; ndjson?: boolean };

/** `plr statistics`: how many achievements stand, by qualification, source and year. */
export function statisticsCommand(context: CliContext): Command {
  return new Command('statistics')
    .description('count standing achievements by qualification, source and year of award')
    .option('--subject-code <code>', 'of one qualification, unit or learning aim')
    .option('--submitted-by <ukprn>', 'of one source')
    .option('--year <year>', 'awarded in one year')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: Options) => {
      const { subjectCode, submittedBy, year } = options;
      const query = {
        subjectCode: subjectCode === undefined ? null : parseInput(SubjectCode, subjectCode),
        submittedBy: submittedBy === undefined ? null : parseInput(Ukprn, submittedBy),
        year: year === undefined ? null : parseCount(year, '--year'),
      };
      const rows = await context.withLedger((ledger) => ledger.statistics(query));
      if (options.ndjson !== true) {
        context.print('subject     source  submitted by  year    final  provisional');
      }
      for (const row of rows) {
        const { final, provisional } = row;
        context.print(
          options.ndjson === true
            ? JSON.stringify(row)
            : `${row.subjectCode.padEnd(10)}  ${row.source.padEnd(6)}  ${row.submittedBy.padEnd(12)}  ${row.year}  ${String(final).padStart(7)}  ${String(provisional).padStart(11)}`,
        );
      }
    });
}
