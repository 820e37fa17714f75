import { Command, Option } from 'commander';
import { entryKey } from '../../domain/learner/entry/entries.js';
import { CalendarDate } from '../../domain/values/date.js';
import { OwnKey, paragraphOf } from '../../domain/values/text.js';
import type { ListedReview, QuarantineDecision } from '../erasure/reviews.js';
import type { LearnerRequest } from '../learners/learners.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { entryFrom, entryNaming } from './entryNaming.js';
import { usageError } from './exitCodes.js';
import { inputOption } from './fields.js';
import {
  parseCount,
  type RecordingOptions,
  readUln,
  recording,
  requestFrom,
  ULN_ARGUMENT,
} from './options.js';
import { printOutcome } from './receipt.js';
import { given, type LearnerOptions, recordingAction } from './recordingAction.js';
import { untaggedJson } from './untaggedJson.js';

/** `plr sensitive report|quarantine|decide|dismiss|list|counts`: data that should not be there. */
export function sensitiveCommand(context: CliContext): Command {
  return new Command('sensitive')
    .description('find, hide and decide on data that should never have been collected')
    .addCommand(reportCommand(context))
    .addCommand(quarantineCommand(context))
    .addCommand(decideCommand(context))
    .addCommand(dismissCommand(context))
    .addCommand(listCommand(context))
    .addCommand(countsCommand(context));
}

function step(
  context: CliContext,
  command: Command,
  type: LearnerRequest['type'],
  data: Parameters<typeof recordingAction>[1]['data'],
): Command {
  return recording(command.argument('<uln>', ULN_ARGUMENT)).action(
    recordingAction(context, { type, purpose: 'data-protection', data }),
  );
}

function reportCommand(context: CliContext): Command {
  const command = new Command('report')
    .description('report that an entry, or the details where none is named, says too much')
    .option('--id <id>', 'the id of the report; made from the command where not given')
    .option('--reason <text>', 'what should not be there; better with --input');
  return step(
    context,
    entryNaming(inputOption(command)),
    'ReportSensitive',
    (options, input, request) => ({
      reportId: options['id'] ?? request.commandId,
      entry: entryFrom(options, request),
      ...given(options, ['reason']),
      ...input,
    }),
  );
}

function quarantineCommand(context: CliContext): Command {
  const command = new Command('quarantine')
    .description('hide an entry from everybody but data protection, until a second person decides')
    .option('--id <id>', 'the id of the quarantine; made from the command where not given')
    .option('--cause <id>', 'the flag or report that led to it');
  return step(context, entryNaming(command), 'QuarantineEntry', (options, _, request) => {
    const entry = entryFrom(options, request);
    if (entry === null) {
      throw usageError('expected --achievement or --participation, found neither');
    }
    return {
      quarantineId: options['id'] ?? request.commandId,
      entry,
      ...given(options, ['cause']),
    };
  });
}

function dismissCommand(context: CliContext): Command {
  const command = new Command('dismiss')
    .description('answer a flag or a report that needs nothing hidden or removed')
    .requiredOption('--id <id>', 'the flag or report')
    .requiredOption('--reason <text>', 'why');
  return step(context, command, 'DismissReview', (options) => ({
    reviewId: options['id'],
    ...given(options, ['reason']),
  }));
}

type DecideOptions = LearnerOptions & { readonly quarantine: string; readonly outcome: string };

function decideCommand(context: CliContext): Command {
  const command = new Command('decide')
    .description('decide a quarantine that another person placed')
    .argument('<uln>', ULN_ARGUMENT)
    .requiredOption('--quarantine <id>', 'the quarantine')
    .addOption(
      new Option(
        '--outcome <word>',
        'dismiss shows the entry as it was; redact orders what others have proposed for it, then shows the rest',
      )
        .choices(['dismiss', 'redact'])
        .makeOptionMandatory(),
    )
    .option('--reason <text>', 'why');
  return recording(command).action(async (argument: string, options: DecideOptions) => {
    const request = requestFrom(context, options, 'data-protection');
    const reason = options['reason'];
    const decision: QuarantineDecision = {
      quarantineId: parseInput(OwnKey, options.quarantine),
      outcome: options.outcome === 'redact' ? 'redact' : 'dismiss',
      reason: reason === undefined ? null : parseInput(paragraphOf(2000), reason),
    };
    const uln = await readUln(context, argument);
    await context.withLedger(async (ledger) => {
      await ledger.access.permit(request, 'protect');
      printOutcome(context, await ledger.reviews.decide(uln, decision, request), options);
    });
  });
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('flags, reports and quarantines that wait, the oldest first')
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(
    async (options: AskingOptions & { limit: string; ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const open = await context.withLedger((ledger) =>
        ledger.access.list(asker, 'protect', {
          limit: parseCount(options.limit, '--limit'),
          select: (limit) => ledger.reviews.list({ limit }),
          ulnsOf: ({ uln }) => [uln],
        }),
      );
      for (const review of open) {
        context.print(options.ndjson === true ? untaggedJson(review) : reviewText(review));
      }
      if (open.length === 0 && options.ndjson !== true) {
        context.print('Nothing waits.');
      }
    },
  );
}

function reviewText({ since, kind, id, uln, entry, flagged, cause }: ListedReview): string {
  const on = entry === null ? 'the details' : entryKey(entry);
  const found =
    flagged === null
      ? ''
      : `: ${flagged.categories.join(', ')} in ${flagged.fields.join(', ')} of event ${flagged.event}`;
  const from = cause === null ? '' : ` (from ${cause})`;
  return `since ${since.slice(0, 10)}  ${kind} ${id}  ${uln} on ${on}${found}${from}`;
}

function countsCommand(context: CliContext): Command {
  return new Command('counts')
    .description(
      'how much was flagged, reported, quarantined, dismissed and redacted: numbers alone',
    )
    .requiredOption('--from <date>', 'the first day')
    .requiredOption('--to <date>', 'the last day')
    .option('--json', 'print JSON')
    .action(async (options: RecordingOptions & { from: string; to: string; json?: boolean }) => {
      const from = parseInput(CalendarDate, options.from);
      const to = parseInput(CalendarDate, options.to);
      if (to < from) {
        throw usageError('expected --to not before --from, found it earlier');
      }
      const counts = await context.withLedger((ledger) => ledger.reviews.counts({ from, to }));
      if (options.json === true) {
        context.print(JSON.stringify({ from, to, ...counts }));
        return;
      }
      for (const [what, count] of Object.entries(counts)) {
        context.print(`${what.padEnd(11)}  ${count}`);
      }
    });
}
