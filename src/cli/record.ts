import { Command } from 'commander';
import { achievementShape, participationShape } from '../../domain/learner/commands.js';
import type { CliContext } from './context.js';
import { fieldOptions, fieldValues, inputOption } from './fields.js';
import { organisationOf, recording, ULN_ARGUMENT } from './options.js';
import { recordingAction } from './recordingAction.js';

const participationNames = Object.keys(participationShape);
const achievementNames = [...Object.keys(achievementShape), 'standing'];

/** `plr record participation|achievement`: records an entry; the same one sent again records nothing. */
export function recordCommand(context: CliContext): Command {
  const entry = (kind: string) =>
    inputOption(
      new Command(kind)
        .description(`record one ${kind}; the source is the organisation that acts`)
        .argument('<uln>', ULN_ARGUMENT)
        .requiredOption('--id <id>', "the source's own id of the entry"),
    );
  const participation = recording(fieldOptions(entry('participation'), participationNames)).action(
    recordingAction(context, {
      type: 'RecordParticipation',
      purpose: 'participation-reporting',
      data: (options, input, request) => ({
        participationId: options['id'],
        submittedBy: organisationOf(request),
        ...input,
        ...fieldValues(participationNames, options),
      }),
    }),
  );
  const achievement = recording(fieldOptions(entry('achievement'), achievementNames)).action(
    recordingAction(context, {
      type: 'RecordAchievement',
      purpose: 'achievement-reporting',
      data: (options, input, request) => ({
        achievementId: options['id'],
        submittedBy: organisationOf(request),
        standing: 'final',
        ...input,
        ...fieldValues(achievementNames, options),
      }),
    }),
  );
  return new Command('record')
    .description('record a participation or an achievement')
    .addCommand(participation)
    .addCommand(achievement);
}
