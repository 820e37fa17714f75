import { Command, Option } from 'commander';
import { Role, SignatoryRole } from '../../domain/organisation/terms.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { OrganisationRequest } from '../organisations/organisations.js';
import { parseInput } from '../request/input.js';
import type { CliContext } from './context.js';
import { readJsonInput, recording, requestFrom } from './options.js';
import type { LearnerOptions } from './recordingAction.js';

/** What a step asks, to be parsed at the door. */
type Asked = { readonly type: OrganisationRequest['type']; readonly data: object };

/** Makes a command that records in an organisation's stream and prints the receipt. */
export function step(
  context: CliContext,
  name: string,
  description: string,
  parts: {
    readonly options: (command: Command) => Command;
    readonly request: (
      options: LearnerOptions,
      input: Record<string, unknown>,
      ukprn: Ukprn,
    ) => Asked;
  },
): Command {
  const command = new Command(name).description(description).argument('<ukprn>', 'the UKPRN');
  return recording(parts.options(command)).action(
    async (argument: string, options: LearnerOptions) => {
      const request = requestFrom(context, options, 'service-operation');
      const ukprn = parseInput(Ukprn, argument);
      const input = await readJsonInput(context, options.input);
      // Sound: `handle` parses the data by the schema of the type.
      const asked = parts.request(options, input, ukprn) as OrganisationRequest;
      const receipt = await context.withLedger((ledger) =>
        ledger.organisations.handle(ukprn, asked, request),
      );
      if (options.json === true) {
        context.print(JSON.stringify({ recorded: receipt !== null, ...receipt }));
        return;
      }
      context.print(
        receipt === null
          ? 'Nothing to record: it is so already.'
          : `Recorded ${receipt.eventIds.length} event${receipt.eventIds.length === 1 ? '' : 's'}, version ${receipt.version} (command ${receipt.commandId})`,
      );
    },
  );
}

/** The option that says where evidence is kept. */
export function evidence(command: Command): Command {
  return command.requiredOption('--evidence-reference <text>', 'where the evidence is kept');
}

/** The option for who signed. */
export function signatory(help: string): Option {
  return new Option('--signatory-role <role>', help)
    .choices(SignatoryRole.options)
    .makeOptionMandatory();
}

/** The option for a user's roles. */
export function roles(): Option {
  return new Option('--roles <role...>', 'what the person may do')
    .choices(Role.options)
    .makeOptionMandatory();
}

/** Options for what is personal of a user; `--input` keeps them out of the command line. */
export function personOptions(command: Command): Command {
  return command
    .option('--person-name <text>', 'the person’s name')
    .option('--email-address <address>', 'their own address on the organisation’s domain')
    .option('--verification-provided <text>', 'how it was verified who they are');
}

/** What is personal of a user, from the options and the input. */
export function personFrom(
  { personName, emailAddress, verificationProvided }: LearnerOptions,
  input: Record<string, unknown>,
): Record<string, unknown> {
  return { name: personName, emailAddress, verificationProvided, ...input };
}
