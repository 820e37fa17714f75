import { Command } from 'commander';
import type { LearnerRequest } from '../learners/learners.js';
import type { CliContext } from './context.js';
import { dateAndReason, entryCommand, entryData } from './entryOptions.js';
import { recordingAction } from './recordingAction.js';

/** `plr withdraw participation|achievement`: takes an entry back; only its source can. */
export function withdrawCommand(context: CliContext): Command {
  return new Command('withdraw')
    .description('take an entry back; only its source can')
    .addCommand(change(context, 'participation', 'WithdrawParticipation', 'take back'))
    .addCommand(change(context, 'achievement', 'WithdrawAchievement', 'take back'));
}

/** `plr reinstate participation|achievement`: puts a withdrawn entry back; only its source can. */
export function reinstateCommand(context: CliContext): Command {
  return new Command('reinstate')
    .description('put a withdrawn entry back; only its source can')
    .addCommand(change(context, 'participation', 'ReinstateParticipation', 'put back'))
    .addCommand(change(context, 'achievement', 'ReinstateAchievement', 'put back'));
}

function change(
  context: CliContext,
  kind: 'participation' | 'achievement',
  type: LearnerRequest['type'],
  verb: string,
): Command {
  return entryCommand(kind, `${verb} one ${kind}`)
    .option('--reason <text>', 'why')
    .option('--effective-date <date>', "from when; the entry's own date where not given")
    .action(
      recordingAction(context, {
        type,
        purpose: 'data-correction',
        data: (options, _, request) => ({
          ...entryData(kind, options, request),
          ...dateAndReason(options),
        }),
      }),
    );
}
