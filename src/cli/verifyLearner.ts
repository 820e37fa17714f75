import { Command } from 'commander';
import { serviceCodes } from '../../domain/serviceCodes.js';
import { identityFields, type VerificationInput } from '../learners/lookup.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';
import { fieldOptions, fieldValues, inputOption } from './fields.js';
import { readJsonInput, readUln, ULN_ARGUMENT } from './options.js';

/** `plr verify-learner`: whether the learner of a ULN is who somebody takes them to be. */
export function verifyLearnerCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('verify-learner')
    .description('whether the learner of a ULN is who you take them to be; nothing is recorded')
    .argument('<uln>', ULN_ARGUMENT)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Given name and family name are needed; date of birth and gender make it stricter.
The answer names the comparisons that failed and shows nothing of the learner.
Exit code 3 where the ULN was not issued here, 4 where the learner is only similar or differs.`,
    );
  return asking(fieldOptions(inputOption(command), identityFields)).action(
    async (
      argument: string,
      options: Readonly<Record<string, string>> &
        AskingOptions & { input?: string; json?: boolean },
    ) => {
      const asker = askerFrom(context, options);
      const uln = await readUln(context, argument);
      const input = {
        ...(await readJsonInput(context, options.input)),
        ...fieldValues(identityFields, options),
        uln,
      };
      await context.withLedger(async (ledger) => {
        // Sound: `verifyLearner` parses what it is given.
        const answer = await ledger.access.verifyLearner(
          input as unknown as VerificationInput,
          asker,
        );
        if (answer.kind !== 'match') {
          exit(answer.kind === 'not-found' ? 3 : 4);
        }
        if (options.json === true) {
          context.print(JSON.stringify(answer));
          return;
        }
        for (const code of [answer.code, ...answer.failureFlags]) {
          context.print(`${code}  ${serviceCodes[code].meaning}`);
        }
      });
    },
  );
}
