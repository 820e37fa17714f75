import { Command, Option } from 'commander';
import { ConnectionKind, HandlingLevel } from '../../domain/learner/sharing/events.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { inputOption } from './fields.js';
import { recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';

/** `plr connection establish|end`: the direct link that sharing requires. */
export function connectionCommand(context: CliContext): Command {
  const establish = recording(
    new Command('establish')
      .description('record that an organisation is directly linked to a learner')
      .argument('<uln>', ULN_ARGUMENT)
      .option('--connection-id <id>', 'its id; made from the command where not given')
      .option('--ukprn <ukprn>', 'the organisation; the one that acts where not given')
      .addOption(
        new Option('--kind <code>', 'what links them')
          .choices(ConnectionKind.options)
          .makeOptionMandatory(),
      )
      .option('--start-date <date>', 'its first day; today where not given')
      .option('--end-date <date>', 'its last day, where that is known')
      .requiredOption('--evidence-reference <text>', 'what shows the link, such as an enrolment'),
  ).action(
    recordingAction(context, {
      type: 'EstablishConnection',
      purpose: 'learner-registration',
      data: (options, _, request) => ({
        connectionId: options['connectionId'] ?? request.commandId,
        ukprn:
          options['ukprn'] ?? (request.by.kind === 'organisation' ? request.by.ukprn : undefined),
        ...given(options, ['kind', 'startDate', 'endDate', 'evidenceReference']),
      }),
    }),
  );
  const end = recording(
    new Command('end')
      .description('end the link between an organisation and a learner')
      .argument('<uln>', ULN_ARGUMENT)
      .requiredOption('--connection-id <id>', 'its id')
      .option('--end-date <date>', 'its last day; today where not given')
      .option('--reason <text>', 'why'),
  ).action(
    recordingAction(context, {
      type: 'EndConnection',
      purpose: 'learner-registration',
      data: (options) => given(options, ['connectionId', 'endDate', 'reason']),
    }),
  );
  return new Command('connection')
    .description('the direct link between a learner and an organisation')
    .addCommand(establish)
    .addCommand(end);
}

/** `plr handling`: additional safeguards for a learner. */
export function handlingCommand(context: CliContext): Command {
  return recording(
    inputOption(
      new Command('handling')
        .description('change how a record is handled: restricted hides it from all but those named')
        .argument('<uln>', ULN_ARGUMENT)
        .addOption(
          new Option('--level <level>', 'how it is handled')
            .choices(HandlingLevel.options)
            .makeOptionMandatory(),
        )
        .option('--authorise <who...>', 'who may see it: UKPRN, or USER@UKPRN for one person')
        .option('--review-date <date>', 'when that is looked at again; needed where restricted')
        .option('--reason <text>', 'why'),
    ),
  ).action(
    recordingAction(context, {
      type: 'ChangeHandling',
      purpose: 'data-protection',
      data: (options, input) => ({
        ...given(options, ['level', 'reviewDate', 'reason']),
        authorised: ((options['authorise'] as readonly string[] | undefined) ?? []).map(authorised),
        ...input,
      }),
    }),
  );
}

function authorised(who: string): { readonly ukprn: string; readonly user: string | null } {
  const [, user, ukprn] = /^(?:([^@]+)@)?(\d{8})$/.exec(who) ?? [];
  if (ukprn === undefined) {
    throw usageError('expected --authorise to be a UKPRN or USER@UKPRN, found something else');
  }
  return { ukprn, user: user ?? null };
}
