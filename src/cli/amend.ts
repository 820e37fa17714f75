import { Command } from 'commander';
import { learnerDetailsShape } from '../../domain/learner/details/details.js';
import { amendmentCode } from '../learners/answerCodes.js';
import type { CliContext } from './context.js';
import { clearOption, fieldOptions, fieldValues, inputOption } from './fields.js';
import { recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';

const names = Object.keys(learnerDetailsShape);

/** `plr amend`: changes details of a learner; what is not named stays. */
export function amendCommand(context: CliContext): Command {
  const command = new Command('amend')
    .description('change details of a learner; what is not named stays')
    .argument('<uln>', ULN_ARGUMENT)
    .option('--effective-date <date>', 'from when it is so; today where not given')
    .option(
      '--expected-version <n>',
      'the version that "plr show --json" gave; refused where others have recorded since',
    );
  return recording(fieldOptions(clearOption(inputOption(command)), names)).action(
    recordingAction(context, {
      type: 'AmendLearnerDetails',
      purpose: 'learner-registration',
      codeOf: amendmentCode,
      data: (options, input) => ({
        ...given(options, ['effectiveDate']),
        changes: { ...input, ...fieldValues(names, options) },
      }),
    }),
  );
}
