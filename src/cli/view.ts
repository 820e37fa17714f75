import { Command, Option } from 'commander';
import type { ConfiguredViewChoice } from '../../domain/learner/configuredView/commands.js';
import { ViewPurpose } from '../../domain/learner/configuredView/events.js';
import { CalendarDate } from '../../domain/values/date.js';
import type { SharedView } from '../configuredViews/configuredViews.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { inputOption } from './fields.js';
import {
  type RecordingOptions,
  readJsonInput,
  readUln,
  recording,
  requestFrom,
  ULN_ARGUMENT,
} from './options.js';
import { sayMaster } from './reading.js';
import { printOutcome } from './receipt.js';
import { given, type LearnerOptions } from './recordingAction.js';
import { listedViewLines } from './viewFormat.js';
import {
  credentialCommand,
  issuerKeyCommand,
  openCommand,
  statusListCommand,
} from './viewOpening.js';

/** `plr view …`: what a learner chooses to share with a third party, and the opening of it. */
export function viewCommand(context: CliContext): Command {
  return new Command('view')
    .description('share chosen parts of a record with a third party')
    .addCommand(createCommand(context))
    .addCommand(listCommand(context))
    .addCommand(codeCommand(context))
    .addCommand(revokeCommand(context))
    .addCommand(openCommand(context))
    .addCommand(credentialCommand(context))
    .addCommand(statusListCommand(context))
    .addCommand(issuerKeyCommand(context));
}

function createCommand(context: CliContext): Command {
  const command = new Command('create')
    .description('make a view of chosen fields; prints its link, and once its one-time code')
    .argument('<uln>', ULN_ARGUMENT)
    .option(
      '--entry <picked...>',
      'an entry and its fields: "achievement UKPRN ID:grade,subject" (or participation)',
    )
    .option(
      '--detail <names>',
      'details, with commas between: givenName,familyName; the ULN is uln',
    )
    .option(
      '--recipient <ukprn>',
      'the organisation that may open it; without it, by link and code',
    )
    .addOption(
      new Option('--purpose <purpose>', 'for what the recipient is to have it').choices([
        ...ViewPurpose.options,
        'marketing',
        'sales',
      ]),
    )
    .option('--note <text>', 'what the learner wants to remember it by; not shown to the recipient')
    .option('--expires <when>', 'when it ends: a date (its end, UTC) or an instant; up to a year')
    .option('--frozen', 'show the record as it is now, for ever; without it, as it is when read')
    .option('--as <who>', 'who acts: "learner"; without it the keeper for them (PLR_AS)')
    .option('--command-id <uuid>', 'names the command: the same again makes no second view')
    .option('--json', 'print JSON');
  return inputOption(command).action(async (argument: string, options: LearnerOptions) => {
    // What `--purpose` says here is what the recipient is told, not for what the choice is recorded.
    const { purpose: _, ...rest } = options;
    const request = requestFrom(context, rest, 'learner-choice');
    const uln = await readUln(context, argument);
    const input = { ...(await readJsonInput(context, options.input)), ...choiceFrom(options) };
    await context.withLedger(async (ledger) => {
      const defaults = { recipient: { kind: 'link' }, mode: 'live' };
      // Sound: the door parses it by the schema that this is the type of.
      const choice = { ...defaults, ...input } as ConfiguredViewChoice;
      const view = await ledger.access.createView(uln, choice, request);
      printShared(context, view, options.json === true);
    });
  });
}

function choiceFrom(options: LearnerOptions): Record<string, unknown> {
  const { recipient, expires, frozen, entry, detail } = options;
  const isPicked = entry !== undefined || detail !== undefined;
  const entries = ((entry as readonly string[] | undefined) ?? []).map(pickedEntry);
  const details = detail === undefined ? [] : String(detail).split(',');
  return {
    ...given(options, ['purpose', 'note']),
    ...(recipient === undefined ? {} : { recipient: { kind: 'organisation', ukprn: recipient } }),
    ...(expires === undefined ? {} : { expiresAt: endOf(String(expires)) }),
    ...(frozen === true ? { mode: 'frozen' } : {}),
    ...(isPicked ? { selection: { entries, details } } : {}),
  };
}

/** An id can hold a colon and the names of fields cannot: what follows the last one is fields. */
function pickedEntry(text: string): Record<string, unknown> {
  const [, kind, submittedBy, entryId, fields] =
    /^(achievement|participation) (\d{8}) (\S+):([A-Za-z0-9,]+)$/.exec(text) ?? [];
  if (fields === undefined) {
    throw usageError(
      'expected --entry to be "achievement UKPRN ID:FIELD,FIELD" or "participation UKPRN ID:FIELD,FIELD", found something else',
    );
  }
  return { entry: { kind, submittedBy, entryId }, fields: fields.split(',') };
}

/** A date means its end, as it does everywhere. */
function endOf(text: string): string {
  return CalendarDate.safeParse(text).success ? `${text}T23:59:59.999Z` : text;
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description("a learner's views: for whom, what of, and how each stands")
    .argument('<uln>', ULN_ARGUMENT)
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(
    async (argument: string, options: AskingOptions & { ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const uln = await readUln(context, argument);
      const views = await context.withLedger(async (ledger) => {
        const listed = await ledger.access.listViews(uln, asker);
        if (options.ndjson !== true) {
          sayMaster(context, await ledger.resolve(uln));
        }
        return listed;
      });
      for (const view of views) {
        (options.ndjson === true ? [JSON.stringify(view)] : listedViewLines(view)).forEach(
          context.print,
        );
      }
      if (views.length === 0 && options.ndjson !== true) {
        context.print('No views.');
      }
    },
  );
}

type OneViewOptions = RecordingOptions & { readonly view: string; readonly json?: boolean };

function codeCommand(context: CliContext): Command {
  return oneView('code', 'replace the one-time code of a view, and print the new one').action(
    async (argument: string, options: OneViewOptions) => {
      const request = requestFrom(context, options, 'learner-choice');
      const uln = await readUln(context, argument);
      await context.withLedger(async ({ access }) => {
        const view = await access.issueViewCode(uln, options.view, request);
        printShared(context, view, options.json === true);
      });
    },
  );
}

function revokeCommand(context: CliContext): Command {
  return oneView('revoke', 'end a view, and every credential it left as').action(
    async (argument: string, options: OneViewOptions) => {
      const request = requestFrom(context, options, 'learner-choice');
      const uln = await readUln(context, argument);
      await context.withLedger(async ({ access }) => {
        printOutcome(context, await access.revokeView(uln, options.view, request), options);
      });
    },
  );
}

function oneView(name: string, description: string): Command {
  return recording(
    new Command(name)
      .description(description)
      .argument('<uln>', ULN_ARGUMENT)
      .requiredOption('--view <id>', 'the view, as "plr view list" prints it'),
  );
}

function printShared(context: CliContext, shared: SharedView, asJson: boolean): void {
  const { viewId, link, code, outcome } = shared;
  if (asJson) {
    const { receipt, repeated } = outcome;
    context.print(JSON.stringify({ viewId, link, code, receipt: { ...receipt, repeated } }));
    return;
  }
  context.print(`View  ${viewId}`);
  context.print(`Link  ${link}`);
  if (code !== null) {
    context.print(`Code  ${code}   opens it once; it is shown only now`);
  }
  printOutcome(context, outcome, {});
}
