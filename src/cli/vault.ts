import { Command } from 'commander';
import type { CliContext } from './context.js';

/** `plr vault rotate`: a new master and vault key. */
export function vaultCommand(context: CliContext): Command {
  const rotate = new Command('rotate')
    .description(
      'wrap every key anew under a new master and destroy the old one: older copies of the vault open nothing any more (due every 35 days)',
    )
    .action(async () => {
      await context.withLedger(async (ledger) => {
        const { master } = await ledger.rotateVault();
        context.print(`The vault is wrapped under master ${master}; the old master is destroyed.`);
        context.print('Copy the vault now: its older copies open nothing any more.');
      });
    });
  return new Command('vault').description('look after the keys').addCommand(rotate);
}
