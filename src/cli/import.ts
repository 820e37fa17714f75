import { SingleBar } from 'cli-progress';
import { Argument, Command } from 'commander';
import type { Purpose } from '../../domain/purpose.js';
import { importFile } from '../imports/importFile.js';
import type { ImportKind } from '../imports/layouts.js';
import { type CliContext, isTerminal } from './context.js';
import { organisationOf, type RecordingOptions, recording, requestFrom } from './options.js';

const purposes: Readonly<Record<ImportKind, Purpose>> = {
  learners: 'learner-registration',
  participation: 'participation-reporting',
  achievements: 'achievement-reporting',
};

/** `plr import learners|participation|achievements FILE`: a CSV file in, an answer for every row out. */
export function importCommand(context: CliContext): Command {
  const command = new Command('import')
    .description('record a CSV file; every row is answered in a result file')
    .addArgument(new Argument('<kind>').choices(Object.keys(purposes)))
    .argument('<file>', 'the CSV file')
    .option('--result <file>', 'where the answers go; <file>.result.csv where not given');
  return recording(
    command,
    'names the process that the rows belong to; the rows themselves are named by the file',
  ).action(
    async (
      kind: ImportKind,
      path: string,
      options: RecordingOptions & { result?: string; json?: boolean },
    ) => {
      const { commandId, ...request } = requestFrom(context, options, purposes[kind]);
      if (kind !== 'learners') {
        organisationOf({ ...request, commandId });
      }
      const resultPath = options.result ?? `${path}.result.csv`;
      const bar = new SingleBar({
        stream: context.stderr,
        format: 'Importing {bar} {percentage}% | {value} of {total} rows | {eta_formatted} left',
        etaBuffer: 200,
      });
      const showBar = isTerminal(context.stderr);
      let begun = false;
      await context.withLedger(async (ledger) => {
        const summary = await importFile(
          ledger,
          { kind, path, resultPath },
          // A file is one process: its rows' commands, derived from it, correlate with this one.
          { ...request, correlation: commandId },
          (done, total) => {
            if (showBar && !begun) {
              bar.start(total, done);
              begun = true;
            }
            bar.update(done);
          },
          context.signal,
        ).finally(() => bar.stop());
        if (options.json === true) {
          context.print(JSON.stringify({ ...summary, result: resultPath }));
          return;
        }
        const { created, rejected } = summary;
        context.print(
          `${created} created, ${summary['recorded-before']} recorded before, ${rejected} rejected`,
        );
        context.print(`Answers for every row: ${resultPath}`);
      });
    },
  );
}
