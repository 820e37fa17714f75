import { Command } from 'commander';
import { Ukprn } from '../../domain/values/ukprn.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { inputOption } from './fields.js';
import { valueText } from './format.js';
import { personFrom, personOptions, roles, step } from './organisationStep.js';
import { given } from './recordingAction.js';

/** `plr organisation user add|roles|remove|show`: who acts for an organisation. */
export function userCommand(context: CliContext): Command {
  const userOption = (command: Command) =>
    command.requiredOption('--user <id>', 'the opaque user id');
  return new Command('user')
    .description('the people who act for an organisation')
    .addCommand(
      step(context, 'add', 'let a person act for it', {
        options: (command) => personOptions(inputOption(userOption(command))).addOption(roles()),
        request: (options, input) => ({
          type: 'AddUser',
          data: { ...given(options, ['user', 'roles']), person: personFrom(options, input) },
        }),
      }),
    )
    .addCommand(
      step(context, 'roles', 'change what a person may do', {
        options: (command) => userOption(command).addOption(roles()),
        request: (options) => ({
          type: 'ChangeUserRoles',
          data: given(options, ['user', 'roles']),
        }),
      }),
    )
    .addCommand(
      step(context, 'remove', 'let a person no longer act for it', {
        options: userOption,
        request: (options) => ({ type: 'RemoveUser', data: given(options, ['user']) }),
      }),
    )
    .addCommand(showCommand(context));
}

function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description('who a user is; for the keeper and for data protection')
    .argument('<ukprn>', 'the UKPRN')
    .requiredOption('--user <id>', 'the opaque user id');
  return asking(command).action(
    async (argument: string, options: AskingOptions & { user: string }) => {
      const asker = askerFrom(context, options);
      const ukprn = parseInput(Ukprn, argument);
      const { name, emailAddress, verificationProvided } = await context.withLedger(
        async (ledger) => {
          await ledger.access.requireDuty(asker, 'protect');
          return ledger.organisations.person(ukprn, options.user);
        },
      );
      context.print(`${options.user}@${ukprn}  ${valueText(name)}  ${valueText(emailAddress)}`);
      context.print(`verified by: ${valueText(verificationProvided)}`);
    },
  );
}
