import { Command } from 'commander';
import type { RegisteredOrganisation } from '../../domain/organisation/state.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import { parseInput } from '../request/input.js';
import type { CliContext } from './context.js';

/** `plr organisation list`: every registered organisation. */
export function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('every registered organisation, by UKPRN')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: { ndjson?: boolean }) => {
      const listed = await context.withLedger((ledger) => ledger.listOrganisations());
      for (const one of listed) {
        context.print(
          options.ndjson === true
            ? JSON.stringify(one)
            : `${one.ukprn}  ${one.organisationType}  ${one.name ?? 'a sole trader'}`,
        );
      }
      if (listed.length === 0 && options.ndjson !== true) {
        context.print('No organisation is registered.');
      }
    });
}

/** `plr organisation show`: what one may do, until when, and who acts for it. */
export function showCommand(context: CliContext): Command {
  return new Command('show')
    .description('an organisation: what it may do, until when, and who acts for it')
    .argument('<ukprn>', 'the UKPRN')
    .option('--json', 'print JSON')
    .action(async (argument: string, options: { json?: boolean }) => {
      const ukprn = parseInput(Ukprn, argument);
      const found = await context.withLedger((ledger) => ledger.organisations.read(ukprn));
      if (options.json === true) {
        const { agreements, users, ...rest } = found;
        context.print(
          JSON.stringify({
            ...rest,
            agreements: Object.fromEntries(agreements),
            users: Object.fromEntries(users),
          }),
        );
        return;
      }
      organisationLines(found).forEach(context.print);
    });
}

function organisationLines(found: RegisteredOrganisation): readonly string[] {
  const { suspendedFor, awaitsAttestation, dataProtectionExpiryDate, noticeAttested } = found;
  return [
    `${found.ukprn}  ${found.name ?? 'a sole trader'} (${found.organisationType}), ${found.mailDomain}`,
    ...(suspendedFor.length === 0 ? [] : [`SUSPENDED: ${suspendedFor.join(', ')}`]),
    ...(awaitsAttestation ? ['NO ACCESS until its change of name or owner is attested'] : []),
    `data protection registration: ${dataProtectionExpiryDate === null ? 'none recorded' : `until ${dataProtectionExpiryDate}`}`,
    `privacy notice attested: ${noticeAttested ?? 'none'}`,
    ...[...found.agreements].map(
      ([id, { purposes, startDate, endDate }]) =>
        `agreement ${id}: ${startDate} to ${endDate}, for ${purposes.join(', ')}`,
    ),
    ...[...found.users].map(
      ([id, { roles: held, lastUsedOn }]) =>
        `user ${id}: ${held.join(', ')}, access used by ${lastUsedOn}`,
    ),
  ];
}
