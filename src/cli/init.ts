import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { shownStore } from '../../streams/openStore.js';
import { createLedger } from '../ledger/createLedger.js';
import type { CliContext } from './context.js';

/** `plr init`: makes a new ledger, or finishes one whose making was cut short. */
export function initCommand(context: CliContext): Command {
  return new Command('init')
    .description('make a new ledger in this folder (or where the PLR_ variables say)')
    .option('--origin <name>', 'its name for ever, in every event, such as ledger.example/2026')
    .action(async ({ origin }: { origin?: string }) => {
      const { places } = context.config;
      const wasBegun = existsSync(places.vault);
      const made = await createLedger(places, origin ?? null, context.clock);
      context.print(
        wasBegun
          ? `Finished ledger ${made}: what was missing of it was made, what was there was left`
          : `Made ledger ${made}`,
      );
      context.print(`  store   ${shownStore(places.store)}`);
      context.print(`  vault   ${places.vault}`);
      if (places.vaultCopy !== null) {
        context.print(`  copy    ${places.vaultCopy}`);
      }
      context.print(`  views   ${places.views}`);
      context.print(`  master  ${places.master}   keep it out of every backup`);
    });
}
