import { Argument, Command, Option } from 'commander';
import type { Action } from '../../domain/access/events.js';
import type { Purpose } from '../../domain/purpose.js';
import { outputFile } from '../../streams/output.js';
import { keptFiles } from '../config.js';
import { ENCODINGS, type Encoding } from '../imports/encoding.js';
import { importFile } from '../imports/importFile.js';
import type { ImportKind } from '../imports/layouts.js';
import { resultHead } from '../imports/resultFile.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { importLedgerFrom } from './moving.js';
import { organisationOf, type RecordingOptions, recording, requestFrom } from './options.js';
import { createProgressBar } from './progress.js';

const purposes: Readonly<Record<ImportKind, Purpose>> = {
  learners: 'learner-registration',
  participation: 'participation-reporting',
  achievements: 'achievement-reporting',
  verifications: 'learner-registration',
  organisations: 'service-operation',
};

const actions = {
  learners: 'register',
  verifications: 'verify',
  participation: 'submit',
  achievements: 'submit',
  // The rules of an organisation's own stream say who may register it.
  organisations: null,
} as const satisfies Readonly<Record<ImportKind, Action | null>>;

type ImportOptions = RecordingOptions & {
  readonly result?: string;
  readonly encoding: Encoding;
  readonly rows?: string;
  readonly json?: boolean;
};

/**
 * `plr import learners|participation|achievements|verifications|organisations FILE`: a CSV file in, an
 * answer for every row out; `plr import ledger FOLDER`: a whole ledger that was exported.
 */
export function importCommand(context: CliContext): Command {
  const command = new Command('import')
    .description(
      'take a CSV file, every row of which is answered in a result file; or a whole ledger',
    )
    .addArgument(new Argument('<kind>').choices([...Object.keys(purposes), 'ledger']))
    .argument('<file>', 'the CSV file; for "ledger" the folder that "plr export" wrote')
    .option('--result <file>', 'where the answers go; <file>.result.csv where not given')
    .addOption(
      new Option('--encoding <name>', 'how its characters are written')
        .choices(ENCODINGS)
        .default('utf-8'),
    )
    .option('--rows <n>', 'how many rows it has; with another number it is refused whole');
  return recording(
    command,
    'names the process that the rows belong to; the rows themselves are named by the file',
  ).action(async (kind: ImportKind | 'ledger', path: string, options: ImportOptions) => {
    if (kind === 'ledger') {
      await importLedgerFrom(context, path, options.json === true);
      return;
    }
    const { commandId, ...request } = requestFrom(context, options, purposes[kind]);
    if (kind === 'participation' || kind === 'achievements') {
      organisationOf({ ...request, commandId });
    }
    const resultPath = options.result ?? `${path}.result.csv`;
    const result = outputFile(resultPath, resultHead(kind), keptFiles(context.config));
    const declaredRows = options.rows === undefined ? null : rowCount(options.rows);
    const { encoding } = options;
    const bar = createProgressBar(context, 'Importing', 'rows');
    await context.withLedger(async (ledger) => {
      const sender = { ...request, commandId };
      const permitted = actions[kind];
      if (permitted !== null) {
        await ledger.access.permit(sender, permitted);
      }
      const summary = await importFile(
        ledger,
        { kind, path, result, encoding, declaredRows },
        // A file is one process: its rows' commands, derived from it, correlate with this one.
        { ...request, correlation: commandId },
        bar.show,
        context.signal,
        async (ulns) => {
          const action = actions[kind];
          // Entries are answered with what their source sent: nothing is shown by that.
          if (action === 'register' || action === 'verify') {
            await ledger.access.noteBatch(action, ulns, sender);
          }
        },
      ).finally(() => bar.stop());
      const { outcomes, warnings } = summary;
      if (options.json === true) {
        context.print(JSON.stringify({ ...outcomes, warnings, result: resultPath }));
        return;
      }
      for (const warning of warnings) {
        context.say(`plr: warning: ${warning}`);
      }
      const counted = Object.entries(outcomes).filter(([, count]) => count > 0);
      const counts = counted.map(([outcome, count]) => `${count} ${outcome.replaceAll('-', ' ')}`);
      context.print(counts.length === 0 ? 'no rows' : counts.join(', '));
      context.print(`Answers for every row: ${resultPath}`);
    });
  });
}

function rowCount(text: string): number {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) {
    throw usageError('expected --rows to be a whole number, found something else');
  }
  return Number(text);
}
