import { Command, Option } from 'commander';
import { yearsAfter } from '../../domain/learner/retention/policy.js';
import { CalendarDate, dateOf } from '../../domain/values/date.js';
import type { DueTask } from '../erasure/due.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { importsCommand, orderCommand, proposeCommand, statusCommand } from './disposal.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { inputOption } from './fields.js';
import { parseCount, recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';

/** `plr retention …`: how long records are kept, what stands in the way of their end, and the end itself. */
export function retentionCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('retention')
    .description('review how long records are kept, hold them, and dispose of them')
    .addCommand(dueCommand(context))
    .addCommand(reviewCommand(context))
    .addCommand(holdCommand(context))
    .addCommand(releaseCommand(context))
    .addCommand(deceasedCommand(context))
    .addCommand(proposeCommand(context))
    .addCommand(orderCommand(context, exit))
    .addCommand(importsCommand(context, exit))
    .addCommand(statusCommand(context));
}

function dueCommand(context: CliContext): Command {
  const command = new Command('due')
    .description('records to review, and records whose time has come, the oldest first')
    .option('--by <date>', 'those due by then; today where not given')
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(
    async (options: AskingOptions & { by?: string; limit: string; ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const by = options.by === undefined ? today(context) : parseInput(CalendarDate, options.by);
      const tasks = await context.withLedger((ledger) =>
        ledger.access.list(asker, 'protect', {
          limit: parseCount(options.limit, '--limit'),
          select: (limit) => ledger.retention.due({ by, limit }, context.config.retention),
          ulnsOf: ({ ulns }) => ulns,
        }),
      );
      for (const task of tasks) {
        context.print(options.ndjson === true ? JSON.stringify(task) : taskText(task));
      }
      if (tasks.length === 0 && options.ndjson !== true) {
        context.print('Nothing is due.');
      }
    },
  );
}

function taskText({
  task,
  uln,
  ulns,
  due,
  lastActivityOn,
  reviewed,
  holds,
  dateOfDeath,
}: DueTask): string {
  const what = task === 'review' ? 'to be reviewed' : 'may be disposed of';
  return [
    `${due}  ${uln}  ${what}, last activity ${lastActivityOn}`,
    ...(ulns.length === 1 ? [] : [`with ${ulns.filter((one) => one !== uln).join(', ')}`]),
    ...(reviewed === null ? [] : [`last review: ${reviewed}`]),
    ...(dateOfDeath === null ? [] : [`died ${dateOfDeath}`]),
    ...(holds.length === 0 ? [] : [`HELD (${holds.join(', ')})`]),
  ].join(', ');
}

function reviewCommand(context: CliContext): Command {
  return aboutLearner('review', 'record what a review of the retention found')
    .addOption(
      new Option('--outcome <what>', 'what it found')
        .choices(['keep', 'dispose'])
        .makeOptionMandatory(),
    )
    .option('--next-review <date>', 'when to look again; after PLR_REVIEW_YEARS where not given')
    .action(
      recordingAction(context, {
        type: 'ReviewRetention',
        purpose: 'service-operation',
        data: (options, input) => {
          const after = yearsAfter(today(context), context.config.retention.reviewYears);
          const next = options['nextReview'] ?? (options['outcome'] === 'keep' ? after : null);
          return { ...given(options, ['outcome', 'reason']), nextReviewDate: next, ...input };
        },
      }),
    );
}

function holdCommand(context: CliContext): Command {
  return aboutLearner('hold', 'place a legal hold: the record must not be disposed of')
    .option('--id <id>', 'the id of the hold; made from the command where not given')
    .option('--evidence-reference <text>', 'where the evidence is kept')
    .option('--until <date>', 'the last day of the hold; until it is released where not given')
    .action(
      recordingAction(context, {
        type: 'PlaceLegalHold',
        purpose: 'data-protection',
        data: (options, input, request) => ({
          holdId: options['id'] ?? request.commandId,
          endDate: options['until'] ?? null,
          ...given(options, ['reason', 'evidenceReference']),
          ...input,
        }),
      }),
    );
}

function releaseCommand(context: CliContext): Command {
  return aboutLearner('release', 'release a legal hold')
    .requiredOption('--id <id>', 'the id of the hold')
    .action(
      recordingAction(context, {
        type: 'ReleaseLegalHold',
        purpose: 'data-protection',
        data: (options, input) => ({
          holdId: options['id'],
          ...given(options, ['reason']),
          ...input,
        }),
      }),
    );
}

function deceasedCommand(context: CliContext): Command {
  return recording(
    new Command('deceased')
      .description('record when a learner died, or take that back')
      .argument('<uln>', ULN_ARGUMENT),
  )
    .addOption(new Option('--date <date>', 'the date of death').conflicts('undo'))
    .option('--undo', 'the report was wrong')
    .action(
      recordingAction(context, {
        type: 'RecordVitalStatus',
        purpose: 'service-operation',
        data: (options) => {
          if (options['date'] === undefined && options['undo'] !== true) {
            throw usageError('expected --date or --undo, found neither');
          }
          return { dateOfDeath: options['date'] ?? null };
        },
      }),
    );
}

function aboutLearner(name: string, description: string): Command {
  return recording(
    inputOption(
      new Command(name)
        .description(description)
        .argument('<uln>', ULN_ARGUMENT)
        .option('--reason <text>', 'why'),
    ),
  );
}

function today(context: CliContext): CalendarDate {
  return dateOf(context.clock());
}
