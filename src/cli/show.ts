import { Command } from 'commander';
import { learnerDetailsShape, missingAsNull } from '../../domain/learner/details/details.js';
import type { LearnerEventData } from '../../domain/learner/events.js';
import { NoticeLanguage } from '../../domain/notice/events.js';
import { eventsAt } from '../../projections/live/replay.js';
import { recordOf } from '../learners/records.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import { completePage, completeRecord } from './completeRecord.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { coloursFor, disclosedLines, plrLines, pointText, valueText } from './format.js';
import { mergedLines } from './mergedLines.js';
import { languageOption } from './notice.js';
import {
  type PointOptions,
  point,
  pointFrom,
  readUln,
  requireVersion,
  ULN_ARGUMENT,
} from './options.js';
import { sayMaster, ulnFields } from './reading.js';

type ShowOptions = PointOptions &
  AskingOptions & {
    readonly givenName?: string;
    readonly familyName?: string;
    readonly dateOfBirth?: string;
    readonly language: string;
    readonly complete?: boolean;
    readonly json?: boolean;
  };

const Identity = missingAsNull({
  givenName: learnerDetailsShape.givenName.nullable(),
  familyName: learnerDetailsShape.familyName.nullable(),
  dateOfBirth: learnerDetailsShape.dateOfBirth.nullable(),
});

/** `plr show`: the record of a learner, now or at any point. */
export function showCommand(context: CliContext): Command {
  const command = new Command('show')
    .description("a learner's record, now or at any point of its history")
    .argument('<uln>', ULN_ARGUMENT)
    .option('--given-name <name>', 'shown only where this is the name of the learner')
    .option('--family-name <name>', 'the same for the family name')
    .option('--date-of-birth <date>', 'the same for the date of birth')
    .option(
      '--complete',
      'everything kept of the learner, as a page: history, views, notices, looks too',
    )
    .option('--json', 'print JSON');
  return asking(point(languageOption(command))).action(
    async (argument: string, options: ShowOptions) => {
      const asker = askerFrom(context, options);
      const at = pointFrom(context, options);
      const uln = await readUln(context, argument);
      context.note({ language: parseInput(NoticeLanguage, options.language) });
      await context.withLedger(async (ledger) => {
        if (options.complete === true) {
          refusePoint(options, 'the complete record is of now');
          const complete = await completeRecord(ledger, uln, asker);
          const { read, ...parts } = complete;
          if (options.json !== true) {
            sayMaster(context, read);
          }
          (options.json === true
            ? [JSON.stringify(parts)]
            : completePage(complete, context.clock().slice(0, 10))
          ).forEach(context.print);
          return;
        }
        const shown = await ledger.access.record(uln, asker, identityOf(options), at);
        const colours = coloursFor(context.stdout, context.environment);
        if (shown.kind === 'part') {
          refusePoint(options, 'an organisation is shown the record of now');
          if (options.json === true) {
            context.print(JSON.stringify({ ...shown.plr, ...ulnFields(shown) }));
            return;
          }
          sayMaster(context, shown);
          context.print(colours.bold('Personal Learning Record, as shared now'));
          disclosedLines(shown.plr).forEach(context.print);
          return;
        }
        requireVersion(at, shown.count);
        const plr = recordOf(shown.read, at);
        if (options.json === true) {
          // The version that an amendment made on this record expects.
          const version = eventsAt(shown.read.events, { ...at, validAt: null }).length;
          const { restrictions } = shown;
          context.print(
            JSON.stringify({
              version,
              ...plr,
              ...(restrictions.length === 0 ? {} : { restrictions }),
            }),
          );
          return;
        }
        sayMaster(context, shown.read);
        context.print(colours.bold(`Personal Learning Record, ${pointText(at)}`));
        shown.restrictions.map(restrictionText).forEach(context.print);
        plrLines(plr).forEach(context.print);
        mergedLines(plr, shown.read).forEach(context.print);
      });
    },
  );
}

function restrictionText({
  reason,
  reviewDate,
  authorised,
}: LearnerEventData<'HandlingChanged'>): string {
  const named = authorised.map(({ ukprn, user }) => (user === null ? ukprn : `${user}@${ukprn}`));
  const until = reviewDate === null ? '' : `, to be reviewed on ${reviewDate}`;
  const whom = named.length === 0 ? 'nobody' : named.join(', ');
  return `HANDLED AS RESTRICTED${until}: ${valueText(reason)}. Authorised by name: ${whom}.`;
}

function identityOf({ givenName, familyName, dateOfBirth }: ShowOptions) {
  return givenName === undefined && familyName === undefined && dateOfBirth === undefined
    ? null
    : parseInput(Identity, { givenName, familyName, dateOfBirth });
}

function refusePoint({ asAt, validAt, atVersion }: PointOptions, because: string): void {
  if (asAt !== undefined || validAt !== undefined || atVersion !== undefined) {
    throw usageError(`expected no point of the history, because ${because}, found one`);
  }
}
