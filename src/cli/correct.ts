import { Command } from 'commander';
import { achievementShape, participationShape } from '../../domain/learner/commands.js';
import type { CliContext } from './context.js';
import { entryCommand, entryData } from './entryOptions.js';
import { clearOption, fieldOptions, fieldValues, inputOption } from './fields.js';
import { recordingAction } from './recordingAction.js';

/** `plr correct participation|achievement`: corrects the fields named; only the source can. */
export function correctCommand(context: CliContext): Command {
  return new Command('correct')
    .description('correct an entry; only its source can, and what is not named stays')
    .addCommand(correction(context, 'participation', Object.keys(participationShape)))
    .addCommand(correction(context, 'achievement', Object.keys(achievementShape)));
}

function correction(
  context: CliContext,
  kind: 'participation' | 'achievement',
  names: readonly string[],
): Command {
  const command = entryCommand(kind, `correct one ${kind}`);
  return fieldOptions(clearOption(inputOption(command)), names).action(
    recordingAction(context, {
      type: kind === 'participation' ? 'CorrectParticipation' : 'CorrectAchievement',
      purpose: 'data-correction',
      data: (options, input, request) => ({
        ...entryData(kind, options, request),
        changes: { ...input, ...fieldValues(names, options) },
      }),
    }),
  );
}
