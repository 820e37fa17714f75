import { once } from 'node:events';
import { Command } from 'commander';
import type { StoredEvent } from '../../streams/eventStore.js';
import { pauseForInterruption } from '../journal/interruption.js';
import type { CliContext } from './context.js';

const LINES_BETWEEN_PAUSES = 500;

/** `plr tail`: the headers of the log, one a line; they hold no personal data. */
export function tailCommand(context: CliContext): Command {
  return new Command('tail')
    .description('print the headers of the log as lines of JSON')
    .option('--follow', 'go on as events are recorded, until interrupted')
    .option('--after <position>', 'begin after this position instead of at the beginning')
    .action(async (options: { follow?: boolean; after?: string }) => {
      const after = options.after ?? null;
      await context.withLedger(async ({ parts: { store } }) => {
        if (options.follow === true) {
          for await (const item of store.follow({ after, signal: context.signal })) {
            if (item.kind === 'event') {
              await printLine(context, item.event);
            }
          }
          return;
        }
        let printed = 0;
        for await (const event of store.readAll({ after })) {
          await printLine(context, event);
          printed += 1;
          if (printed % LINES_BETWEEN_PAUSES === 0) {
            await pauseForInterruption(context.signal);
          }
        }
      });
    });
}

/** Prints one line and waits for a reader that is slower than the log. */
async function printLine(context: CliContext, { position, header }: StoredEvent): Promise<void> {
  const line = `{"position":${JSON.stringify(position)},"header":${header}}\n`;
  if (!context.stdout.write(line)) {
    await once(context.stdout, 'drain');
  }
}
