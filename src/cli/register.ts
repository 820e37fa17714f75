import { Command } from 'commander';
import { learnerDetailsShape } from '../../domain/learner/details/details.js';
import { REGISTERED } from '../learners/answerCodes.js';
import type { DetailsInput } from '../learners/registration.js';
import type { CliContext } from './context.js';
import { fieldOptions, fieldValues, inputOption } from './fields.js';
import { type RecordingOptions, readJsonInput, recording, requestFrom } from './options.js';
import { printOutcome } from './receipt.js';

const names = Object.keys(learnerDetailsShape);

/** `plr register`: issues a ULN to a new learner and prints it. */
export function registerCommand(context: CliContext): Command {
  const command = new Command('register').description('issue a ULN to a new learner');
  return recording(fieldOptions(inputOption(command), names)).action(
    async (options: RecordingOptions & { input?: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'learner-registration');
      const input = await readJsonInput(context, options.input);
      // Sound: `register` parses what it is given.
      const details = { ...input, ...fieldValues(names, options) } as DetailsInput;
      await context.withLedger(async (ledger) => {
        const outcome = await ledger.access.register(details, request);
        if (options.json !== true) {
          context.print(`ULN ${outcome.uln}`);
          printOutcome(context, outcome, options, REGISTERED);
          return;
        }
        const { receipt, repeated, warnings, uln } = outcome;
        context.print(JSON.stringify({ uln, ...receipt, repeated, warnings, code: REGISTERED }));
      });
    },
  );
}
