import { Command } from 'commander';
import type { PreparedView } from '../configuredViews/opening.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { parseCount, requestFrom } from './options.js';
import { viewLines } from './viewFormat.js';

type OpeningOptions = {
  readonly code?: string;
  readonly as?: string;
  readonly json?: boolean;
};

const MAX_CREDENTIAL_MINUTES = 1440;

/** `plr view open`: what a recipient sees. */
export function openCommand(context: CliContext): Command {
  return opening('open', 'open a view by its link')
    .option('--json', 'print JSON')
    .action(async (argument: string, options: OpeningOptions) => {
      const link = await readLink(context, argument);
      await context.withLedger(async (ledger) => {
        const { answer } = await prepare(context, ledger, link, options);
        (options.json === true ? [JSON.stringify(answer)] : viewLines(answer)).forEach(
          context.print,
        );
      });
    });
}

/** `plr view credential`: the same as a signed credential. */
export function credentialCommand(context: CliContext): Command {
  return opening('credential', 'open a view by its link, as a signed credential (SD-JWT VC)')
    .option('--minutes <n>', 'how long it is good: up to a day, and never beyond the view', '60')
    .action(async (argument: string, options: OpeningOptions & { minutes: string }) => {
      const minutes = parseCount(options.minutes, '--minutes');
      if (minutes > MAX_CREDENTIAL_MINUTES) {
        throw usageError(
          `expected --minutes to be at most ${MAX_CREDENTIAL_MINUTES}, found a larger number`,
        );
      }
      const link = await readLink(context, argument);
      await context.withLedger(async (ledger) => {
        const prepared = await prepare(context, ledger, link, options);
        const { credential } = await ledger.credentials.issue(prepared, minutes);
        context.print(credential);
      });
    });
}

/** `plr view status-list`: which credentials are no longer good. */
export function statusListCommand(context: CliContext): Command {
  return new Command('status-list')
    .description('print the signed status list of the credentials of a year')
    .option('--year <year>', 'the year in which they were signed; this year where not given')
    .action(async ({ year }: { year?: string }) => {
      const asked = year ?? context.clock().slice(0, 4);
      if (!/^2\d{3}$/.test(asked)) {
        throw usageError('expected --year to be a year of four digits, found something else');
      }
      context.print(await context.withLedger(({ credentials }) => credentials.statusList(asked)));
    });
}

/** `plr view issuer-key`: under which key credentials and status lists are signed. */
export function issuerKeyCommand(context: CliContext): Command {
  return new Command('issuer-key')
    .description('print the public key of credentials and status lists, as a JSON Web Key Set')
    .action(async () => {
      const keys = await context.withLedger(({ credentials }) => credentials.issuerKeys());
      context.print(JSON.stringify(keys));
    });
}

function opening(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<link>', 'the link, or - to read it from standard input')
    .option('--code <code>', 'the one-time code; the organisation that a view is for needs none')
    .option('--as <who>', 'who opens it: USER@UKPRN for an organisation (PLR_AS)');
}

async function prepare(
  context: CliContext,
  ledger: Ledger,
  link: string,
  options: OpeningOptions,
): Promise<PreparedView> {
  const request = requestFrom(context, options, 'learner-choice');
  return ledger.access.openView(link, options.code ?? null, request);
}

async function readLink(context: CliContext, argument: string): Promise<string> {
  return argument === '-' ? (await context.readStdin()).trim() : argument;
}
