import { Command, Option } from 'commander';
import { OptOutRoute } from '../../domain/learner/events.js';
import type { CliContext } from './context.js';
import { recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';

const names = ['route', 'effectiveDate', 'evidenceReference'];

/** `plr opt-out set|lift`: whether participation and achievement data is shared. */
export function optOutCommand(context: CliContext): Command {
  const set = sharing('set', 'stop sharing participation and achievement data')
    .addOption(
      new Option('--of <what>', 'what to opt out of; nobody can opt out of the ULN')
        .choices(['sharing', 'uln'])
        .default('sharing'),
    )
    .action(
      recordingAction(context, {
        type: 'SetOptOut',
        purpose: 'learner-choice',
        data: (options) => given(options, ['of', ...names]),
      }),
    );
  const lift = sharing('lift', 'share participation and achievement data again').action(
    recordingAction(context, {
      type: 'LiftOptOut',
      purpose: 'learner-choice',
      data: (options) => given(options, names),
    }),
  );
  return new Command('opt-out')
    .description("set or lift a learner's opt-out from sharing")
    .addCommand(set)
    .addCommand(lift);
}

function sharing(name: string, description: string): Command {
  return recording(
    new Command(name)
      .description(description)
      .argument('<uln>', ULN_ARGUMENT)
      .addOption(
        new Option('--route <route>', 'how the choice reached the service')
          .choices(OptOutRoute.options)
          .makeOptionMandatory(),
      )
      .option('--evidence-reference <text>', 'where the evidence is kept')
      .option('--effective-date <date>', 'from when; today where not given'),
  );
}
