import { Command, Option } from 'commander';
import { OrganisationType, Signature, SuspensionCause } from '../../domain/organisation/terms.js';
import type { CliContext } from './context.js';
import { inputOption } from './fields.js';
import { listCommand, showCommand } from './organisationShow.js';
import { evidence, personFrom, personOptions, roles, signatory, step } from './organisationStep.js';
import { userCommand } from './organisationUsers.js';
import { given } from './recordingAction.js';

/** `plr organisation …`: registered organisations, what they may do, and until when. */
export function organisationCommand(context: CliContext): Command {
  const command = new Command('organisation')
    .description('register organisations, their agreements and the people who act for them')
    .addCommand(registerCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(agreementCommand(context))
    .addCommand(userCommand(context));
  for (const one of [...changeCommands(context), ...standingCommands(context)]) {
    command.addCommand(one);
  }
  return command;
}

/** What changes an organisation, and what verifies the change. */
function changeCommands(context: CliContext): readonly Command[] {
  return [
    step(context, 'rename', 'record another name; access stops until it is attested', {
      options: (command) =>
        command
          .option('--name <text>', 'the new name; none for a sole trader')
          .option('--effective-date <date>', 'from when; today where not given'),
      request: (options) => ({
        type: 'ChangeOrganisationName',
        data: { name: null, effectiveDate: null, ...given(options, ['name', 'effectiveDate']) },
      }),
    }),
    step(context, 'owner', 'record another owner; access stops until it is attested', {
      options: (command) =>
        command.option('--effective-date <date>', 'from when; today where not given'),
      request: (options) => ({
        type: 'ChangeOwnership',
        data: { effectiveDate: null, ...given(options, ['effectiveDate']) },
      }),
    }),
    step(context, 'attest', 'record that a change was verified: access goes on', {
      options: (command) =>
        evidence(command).addOption(signatory('who signed for the organisation')),
      request: (options) => ({
        type: 'AttestOrganisation',
        data: given(options, ['signatoryRole', 'evidenceReference']),
      }),
    }),
  ];
}

/** What its access stands on, and what ends it. */
function standingCommands(context: CliContext): readonly Command[] {
  return [
    step(context, 'suspend', 'stop all access', {
      options: (command) =>
        command.addOption(
          new Option('--cause <code>', 'why')
            .choices(SuspensionCause.options)
            .makeOptionMandatory(),
        ),
      request: (options) => ({
        type: 'SuspendAccess',
        data: { alert: null, ...given(options, ['cause']) },
      }),
    }),
    step(context, 'restore', 'end a suspension', {
      options: evidence,
      request: (options) => ({
        type: 'RestoreAccess',
        data: given(options, ['evidenceReference']),
      }),
    }),
    step(context, 'renew', 'renew access that expired because nobody used it', {
      options: (command) =>
        command.option('--user <id>', 'of one person; the organisation’s own where not given'),
      request: (options) => ({
        type: 'RenewAccess',
        data: { user: null, ...given(options, ['user']) },
      }),
    }),
    step(context, 'data-protection', 'record the registration with the authority', {
      options: (command) =>
        command
          .requiredOption('--reference <text>', 'its number')
          .requiredOption('--expiry-date <date>', 'until when it holds'),
      request: (options) => ({
        type: 'RecordDataProtectionRegistration',
        data: given(options, ['reference', 'expiryDate']),
      }),
    }),
    step(context, 'notice', 'attest that learners are given a version of the privacy notice', {
      options: (command) => command.requiredOption('--notice <n>', 'its number'),
      request: (options) => ({
        type: 'AttestNotice',
        data: { notice: Number(options['notice']) },
      }),
    }),
  ];
}

function registerCommand(context: CliContext): Command {
  return step(context, 'register', 'register an organisation with its responsible user', {
    options: (command) =>
      personOptions(inputOption(command))
        .option('--name <text>', 'its name; none for a sole trader, whose name is personal')
        .addOption(
          new Option('--type <code>', 'what it is')
            .choices(OrganisationType.options)
            .makeOptionMandatory(),
        )
        .addOption(signatory('who signed for it'))
        .requiredOption('--mail-domain <domain>', 'the domain of its own addresses')
        .requiredOption('--responsible-user <id>', 'the opaque user id of the responsible person')
        .addOption(roles()),
    request: (options, input, ukprn) => ({
      type: 'RegisterOrganisation',
      data: {
        ukprn,
        name: null,
        organisationType: options['type'],
        ...given(options, ['name', 'signatoryRole', 'mailDomain', 'responsibleUser', 'roles']),
        person: personFrom(options, input),
      },
    }),
  });
}

function agreementCommand(context: CliContext): Command {
  return new Command('agreement')
    .description('data sharing agreements')
    .addCommand(
      step(context, 'sign', 'record a signed agreement', {
        options: (command) =>
          command
            .requiredOption('--agreement-id <id>', 'its number')
            .requiredOption('--purposes <code...>', 'what records may be accessed for')
            .requiredOption('--start-date <date>', 'its first day')
            .requiredOption('--end-date <date>', 'its last day')
            .addOption(signatory('who signed for the organisation'))
            .addOption(
              new Option('--signature <how>', 'how it was signed; typed names are refused')
                .choices(Signature.options)
                .makeOptionMandatory(),
            ),
        request: (options) => ({
          type: 'SignAgreement',
          data: given(options, [
            'agreementId',
            'purposes',
            'startDate',
            'endDate',
            'signatoryRole',
            'signature',
          ]),
        }),
      }),
    )
    .addCommand(
      step(context, 'end', 'end an agreement before its time', {
        options: (command) =>
          command
            .requiredOption('--agreement-id <id>', 'its number')
            .option('--end-date <date>', 'its last day; today where not given'),
        request: (options) => ({
          type: 'EndAgreement',
          data: { endDate: null, ...given(options, ['agreementId', 'endDate']) },
        }),
      }),
    );
}
