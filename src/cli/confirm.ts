import type { Command } from 'commander';
import type { CliContext } from './context.js';
import { dateAndReason, entryCommand, entryData } from './entryOptions.js';
import { recordingAction } from './recordingAction.js';

/** `plr confirm`: promotes a provisional achievement to final. */
export function confirmCommand(context: CliContext): Command {
  return entryCommand('confirm', 'promote a provisional achievement to final')
    .option('--effective-date <date>', 'from when; its award date where not given')
    .action(
      recordingAction(context, {
        type: 'ConfirmAchievement',
        purpose: 'achievement-reporting',
        data: (options, _, request) => ({
          ...entryData('achievement', options, request),
          ...dateAndReason(options),
        }),
      }),
    );
}
