import { Command, Option } from 'commander';
import { RetirementCause } from '../../domain/learner/merge/events.js';
import type { CliContext } from './context.js';
import { recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';

/** `plr retire`: takes a ULN out of use; only the keeper can. */
export function retireCommand(context: CliContext): Command {
  return recording(
    new Command('retire')
      .description('take a ULN out of use: nothing new is recorded on it; only the keeper can')
      .argument('<uln>', ULN_ARGUMENT)
      .addOption(
        new Option('--cause <code>', 'why').choices(RetirementCause.options).makeOptionMandatory(),
      )
      .requiredOption('--reason <text>', 'why, in words'),
  ).action(
    recordingAction(context, {
      type: 'RetireUln',
      purpose: 'service-operation',
      data: (options) => given(options, ['cause', 'reason']),
    }),
  );
}
