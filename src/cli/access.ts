import { Command, Option } from 'commander';
import { z } from 'zod';
import { alertEvents } from '../../domain/alert/events.js';
import { DomainError } from '../../domain/errors.js';
import { CalendarDate, dateOf, daysAfter } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Look } from '../../projections/live/looks.js';
import type { Asker } from '../access/accessLedger.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Alert } from '../organisations/alerts.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import {
  parseCount,
  type RecordingOptions,
  readUln,
  recording,
  requestFrom,
  ULN_ARGUMENT,
} from './options.js';
import { sayMaster } from './reading.js';

/** `plr access looks|explain|review`: who looked at what, why that was decided, and what looks wrong. */
export function accessCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('access')
    .description('who looked at what, why it was allowed or refused, and what looks wrong')
    .addCommand(looksCommand(context))
    .addCommand(explainCommand(context, exit))
    .addCommand(reviewCommand(context));
}

function looksCommand(context: CliContext): Command {
  const command = new Command('looks')
    .description('every look at a learner, allowed or refused, the latest first')
    .argument('<uln>', ULN_ARGUMENT)
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(
    async (argument: string, options: AskingOptions & { limit: string; ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const limit = parseCount(options.limit, '--limit');
      const uln = await readUln(context, argument);
      const looks = await context.withLedger(async (ledger) => {
        const found = await ledger.access.looks(uln, asker, limit);
        if (options.ndjson !== true) {
          sayMaster(context, await ledger.resolve(uln));
        }
        return found;
      });
      for (const look of looks) {
        context.print(options.ndjson === true ? JSON.stringify(look) : lookText(look));
      }
      if (looks.length === 0 && options.ndjson !== true) {
        context.print('Nobody has looked.');
      }
    },
  );
}

/** One look in a line, with its name at the end. */
export function lookText({
  at,
  user,
  organisation,
  purpose,
  action,
  decision,
  ...rest
}: Look): string {
  const who = whoText(user, organisation);
  const what =
    decision === 'allowed' ? rest.fields.join(', ') : `refused (${rest.rules.join(', ')})`;
  const code = rest.code === null ? '' : `  ${rest.code}`;
  return `${at}  ${action} by ${who} for ${purpose}: ${what}${code}  ${rest.look}`;
}

/** Who asked; an id that is no user's is not kept. */
function whoText(user: string | null, organisation: string | null): string {
  if (organisation === null) {
    return user ?? 'the keeper';
  }
  return user === null ? `somebody of ${organisation}` : `${user}@${organisation}`;
}

function explainCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('explain')
    .description(
      'decide a recorded request again, on what was known then; exit code 6 if it differs',
    )
    .argument('<look>', 'its name, as "plr access looks" prints it')
    .argument('[uln]', 'the ULN of the learner who asks; - reads it from standard input')
    .option('--json', 'print JSON');
  return asking(command).action(
    async (
      look: string,
      argument: string | undefined,
      options: AskingOptions & { json?: boolean },
    ) => {
      const asker = askerFrom(context, options);
      const uln = argument === undefined ? null : await readUln(context, argument);
      if (asker.by.kind === 'learner' && uln === null) {
        throw usageError('expected the ULN of the learner who asks, found none');
      }
      const explanation = await context.withLedger(async (ledger) => {
        await (uln === null
          ? ledger.access.requireDuty(asker, 'read-history')
          : requireOwnLook(ledger, uln, asker, look));
        return ledger.access.explain(look);
      });
      const { at, user, organisation, purpose, recorded, decidedAgain, same } = explanation;
      const gone = explanation.disposedSince;
      if (!same && gone === null) {
        exit(6);
      }
      if (options.json === true) {
        context.print(JSON.stringify(explanation));
        return;
      }
      const who = whoText(user, organisation);
      context.print(`${at}  ${recorded.action} by ${who} for ${purpose}`);
      context.print(`recorded:      ${recorded.decision} by ${recorded.rules.join(', ')}`);
      context.print(`decided again: ${decidedAgain.outcome} by ${decidedAgain.rules.join(', ')}`);
      context.print(`rule set ${recorded.ruleSet}; decided on`);
      for (const { stream, version } of recorded.facts) {
        context.print(`  ${stream} through version ${version}`);
      }
      context.print(
        same
          ? 'The same answer.'
          : gone === null
            ? 'ANOTHER ANSWER.'
            : `It cannot be decided again: the record was disposed of on ${gone.slice(0, 10)}.`,
      );
    },
  );
}

/** A look of somebody else is none to whoever names a learner. */
async function requireOwnLook(
  { access }: Pick<Ledger, 'access'>,
  uln: Uln,
  asker: Asker,
  name: string,
): Promise<void> {
  const looks = await access.looks(uln, asker, Number.MAX_SAFE_INTEGER);
  if (!looks.some(({ look }) => look === name)) {
    throw new DomainError('ERR_LOOK_NOT_FOUND', 'expected a look at this learner, found none');
  }
}

function reviewCommand(context: CliContext): Command {
  return new Command('review')
    .description('look for misuse in a day of the access ledger, and raise alerts')
    .option('--day <date>', 'the day; today and yesterday where not given')
    .action(async (options: { day?: string }) => {
      const today = dateOf(context.clock());
      const days =
        options.day === undefined
          ? [daysAfter(today, -1), today]
          : [parseInput(CalendarDate, options.day)];
      const raised = await context.withLedger(async (ledger) => {
        const ofDays = [];
        for (const day of days) {
          ofDays.push(...(await ledger.reviewing.review(day)));
        }
        return ofDays;
      });
      context.print(`${raised.length} alert${raised.length === 1 ? '' : 's'} raised.`);
    });
}

/** `plr alert list|close`: what looks wrong, until somebody has looked into it. */
export function alertCommand(context: CliContext): Command {
  const outcomes = alertEvents.AlertClosed.schema.shape.outcome.options;
  const list = asking(
    new Command('list')
      .description('alerts that nobody has looked into yet, of this year and the last')
      .option('--all', 'also those that were closed')
      .option('--ndjson', 'print a line of JSON for each'),
  ).action(async (options: AskingOptions & { all?: boolean; ndjson?: boolean }) => {
    const asker = askerFrom(context, options);
    const alerts = await context.withLedger(async (ledger) => {
      await ledger.access.requireDuty(asker, 'protect');
      await ledger.reviewing.review(dateOf(context.clock()));
      return ledger.alerts.list({ all: options.all === true });
    });
    for (const alert of alerts) {
      context.print(options.ndjson === true ? JSON.stringify(alert) : alertText(alert));
    }
    if (alerts.length === 0 && options.ndjson !== true) {
      context.print('No alert is open.');
    }
  });
  const close = recording(
    new Command('close')
      .description('say what an alert was')
      .argument('<alert>', 'its id')
      .addOption(
        new Option('--outcome <code>', 'what it was').choices(outcomes).makeOptionMandatory(),
      ),
  ).action(async (id: string, options: RecordingOptions & { outcome: string }) => {
    const request = requestFrom(context, options, 'data-protection');
    const alertId = parseInput(z.uuid({ error: 'expected an alert to be named by its UUID' }), id);
    const outcome = outcomes.find((known) => known === options.outcome);
    if (outcome === undefined) {
      throw usageError(`expected --outcome to be one of ${outcomes.join(', ')}`);
    }
    await context.withLedger(async (ledger) => {
      await ledger.access.permit(request, 'protect');
      await ledger.alerts.close(alertId, outcome, request);
    });
    context.print('Closed.');
  });
  return new Command('alert')
    .description('uses of the records that look wrong')
    .addCommand(list)
    .addCommand(close);
}

function alertText(alert: Alert): string {
  const { alertId, kind, level, organisation, day, measured, limit, outcome } = alert;
  const whose = organisation ?? 'nobody’s organisation';
  const closed = outcome === null ? '' : `  closed: ${outcome}`;
  return `${day}  ${level.toUpperCase()}  ${kind}  ${whose}  ${measured}, at most ${limit} expected  ${alertId}${closed}`;
}
