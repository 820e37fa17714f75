import { Command } from 'commander';
import { SEGMENT_EVENTS } from '../../streams/segments/export.js';
import { keptFiles } from '../config.js';
import {
  checkExport,
  exportFolder,
  exportLedger,
  importLedger,
  type MovedPart,
} from '../upkeep/moving.js';
import type { CliContext } from './context.js';
import { parseCount } from './options.js';
import { createProgressBar } from './progress.js';

type ExportOptions = {
  readonly check?: boolean;
  readonly segmentEvents?: string;
  readonly json?: boolean;
};

/** `plr export FOLDER`: the whole ledger in a form that outlives every engine. */
export function exportCommand(context: CliContext): Command {
  return new Command('export')
    .description(
      'write the ledger and its access ledger as segments: what the folder does not hold yet',
    )
    .argument('<folder>', 'where the segments are')
    .option(
      '--segment-events <n>',
      `how many events make a segment; ${SEGMENT_EVENTS} where not given`,
    )
    .option('--check', 'write nothing: check what is there, without ledger and keys')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: ExportOptions) => {
      const isJson = options.json === true;
      if (options.check === true) {
        await checkFolder(context, folder, isJson);
        return;
      }
      const segmentEvents =
        options.segmentEvents === undefined
          ? SEGMENT_EVENTS
          : parseCount(options.segmentEvents, '--segment-events');
      const into = exportFolder(folder, keptFiles(context.config));
      const bar = createProgressBar(context, 'Exporting', 'events');
      const { signal } = context;
      const parts = await context
        .withLedger((ledger) =>
          exportLedger(ledger, into, { segmentEvents, onProgress: bar.show, signal }),
        )
        .finally(() => bar.stop());
      report(context, parts, 'written', isJson);
    });
}

/** `plr import ledger FOLDER`: a whole ledger into the stores of its new place. */
export async function importLedgerFrom(
  context: CliContext,
  folder: string,
  isJson: boolean,
): Promise<void> {
  const bar = createProgressBar(context, 'Importing', 'events');
  const { signal } = context;
  const parts = await importLedger(context.config.places, folder, {
    onProgress: bar.show,
    signal,
  }).finally(() => bar.stop());
  report(context, parts, 'taken in', isJson);
}

async function checkFolder(context: CliContext, folder: string, isJson: boolean): Promise<void> {
  const bar = createProgressBar(context, 'Checking', 'events');
  const { signal } = context;
  const parts = await checkExport(folder, { onProgress: bar.show, signal }).finally(() =>
    bar.stop(),
  );
  if (isJson) {
    context.print(JSON.stringify(parts));
    return;
  }
  for (const { part, segments, events, root } of parts) {
    context.print(`${part}: ${events} events in ${segments} segments, root ${root}`);
  }
  context.print('Headers, chains, trees and digests hold; what the events say was not opened.');
}

function report(
  context: CliContext,
  parts: readonly MovedPart[],
  how: string,
  isJson: boolean,
): void {
  if (isJson) {
    context.print(JSON.stringify(parts));
    return;
  }
  for (const { part, events, moved } of parts) {
    context.print(`${part}: ${moved} events ${how}, ${events} in all`);
  }
}
