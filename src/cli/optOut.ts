import { Command, Option } from 'commander';
import { OptOutRoute } from '../../domain/learner/events.js';
import type { LearnerRequest } from '../learners/learners.js';
import type { CliContext } from './context.js';
import { type RecordingOptions, readUln, recording, requestFrom, ULN_ARGUMENT } from './options.js';
import { printOutcome } from './receipt.js';
import { given, recordingAction } from './recordingAction.js';

/** What an opt-out means, said to whoever makes it. Source: the service's guidance to learners on opting out. */
const CONSEQUENCES = [
  'From now on no organisation sees the participation and achievements, nor can it verify a qualification here; views made before do not open.',
  'The ULN stays, sources go on sending what they have to, and the learner still sees everything.',
];

const names = ['route', 'effectiveDate', 'evidenceReference'];

/** `plr opt-out set|lift|override`: whether participation and achievement data is shared. */
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
        closing: CONSEQUENCES,
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
    .description("set, lift or override a learner's opt-out from sharing")
    .addCommand(set)
    .addCommand(lift)
    .addCommand(overrideCommand(context));
}

type OverrideOptions = RecordingOptions & {
  readonly evidenceReference: string;
  readonly effectiveDate?: string;
  readonly json?: boolean;
};

function overrideCommand(context: CliContext): Command {
  const command = new Command('override')
    .description(
      'override an opt-out set before 25 May 2018, after the learner was given the notice in force',
    )
    .argument('<uln>', ULN_ARGUMENT)
    .requiredOption('--evidence-reference <text>', 'where it is kept that the notice was given')
    .option('--effective-date <date>', 'from when; today where not given');
  return recording(command).action(async (argument: string, options: OverrideOptions) => {
    const request = requestFrom(context, options, 'learner-choice');
    const uln = await readUln(context, argument);
    await context.withLedger(async (ledger) => {
      const notice = (await ledger.notices.inForce())?.notice ?? 0;
      const data = { notice, ...given(options, ['evidenceReference', 'effectiveDate']) };
      // Sound: `handle` parses the data by the schema of the type.
      const asked = { type: 'OverrideOptOut', data } as LearnerRequest;
      printOutcome(context, await ledger.access.handle(uln, asked, request), options);
    });
  });
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
