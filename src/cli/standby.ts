import { Command } from 'commander';
import { standBy } from '../../streams/vault/epoch.js';
import { createFileMasterDriver } from '../../streams/vault/master.js';
import { openVault } from '../../streams/vault/openVault.js';
import type { CliContext } from './context.js';
import { parseCount } from './options.js';

const MS_PER_SECOND = 1_000;

/** `plr standby`: waits until the active process does not show itself any more, and takes over. */
export function standbyCommand(context: CliContext): Command {
  return new Command('standby')
    .description('wait until no active process shows itself, take over from it, and end')
    .option('--after <seconds>', 'how long it must have been silent; 5 where not given')
    .action(async (options: { after?: string }) => {
      const { vault: path, vaultCopy: copyPath, master } = context.config.places;
      const { signal } = context;
      const after = options.after === undefined ? null : parseCount(options.after, '--after');
      context.say('Standing by.');
      await standBy(path, {
        signal,
        ...(after === null ? {} : { afterMs: after * MS_PER_SECOND }),
      });
      const vault = await openVault({ path, copyPath, masters: createFileMasterDriver(master) });
      try {
        await vault.takeOver();
        context.print(`Took over: epoch ${vault.state().epoch}`);
      } finally {
        vault.close();
      }
    });
}
