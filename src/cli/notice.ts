import { Command, Option } from 'commander';
import type { Actor } from '../../domain/actor.js';
import { NoticeLanguage } from '../../domain/notice/events.js';
import { CalendarDate } from '../../domain/values/date.js';
import type { NoticeStatus } from '../../projections/live/notices.js';
import type { NoticeInput } from '../learners/notices.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';
import { inputOption } from './fields.js';
import {
  parseCount,
  type RecordingOptions,
  readJsonInput,
  readUln,
  recording,
  requestFrom,
  ULN_ARGUMENT,
} from './options.js';
import { sayMaster } from './reading.js';
import { printOutcome } from './receipt.js';

/** `plr notice publish|list|show|given|acknowledge|status`: privacy notices, and who has seen them. */
export function noticeCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('notice')
    .description('publish privacy notices, and know who was shown which')
    .addCommand(publishCommand(context))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context, exit))
    .addCommand(givenCommand(context))
    .addCommand(acknowledgeCommand(context))
    .addCommand(statusCommand(context));
}

/** Adds `--language`. */
export function languageOption(command: Command): Command {
  return command.addOption(
    new Option('--language <code>', 'of the privacy notice: English or Welsh')
      .choices(NoticeLanguage.options)
      .default('en'),
  );
}

function publishCommand(context: CliContext): Command {
  const command = new Command('publish').description(
    'publish the next notice: --input holds effectiveDate, and texts with title, short and extended in en and cy',
  );
  return recording(inputOption(command)).action(
    async (options: RecordingOptions & { input?: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'data-protection');
      // Sound: `publish` parses what it is given.
      const input = (await readJsonInput(context, options.input)) as NoticeInput;
      await context.withLedger(async (ledger) => {
        const published = await ledger.notices.publish(input, request);
        context.print(
          options.json === true
            ? JSON.stringify(published)
            : `${published.repeated ? 'Published before as' : 'Published as'} notice ${published.notice}`,
        );
      });
    },
  );
}

function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('every notice: its number, from when it is in force, and when it was published')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: { ndjson?: boolean }) => {
      const notices = await context.withLedger((ledger) => ledger.notices.list());
      for (const { notice, effectiveDate, publishedAt, texts } of notices) {
        context.print(
          options.ndjson === true
            ? JSON.stringify({ notice, effectiveDate, publishedAt, texts })
            : `${notice}  in force from ${effectiveDate}, published ${publishedAt.slice(0, 10)}  ${texts.en.title} / ${texts.cy.title}`,
        );
      }
      if (notices.length === 0 && options.ndjson !== true) {
        context.print('No notice is published.');
      }
    });
}

type ShowOptions = { language: NoticeLanguage; on?: string; json?: boolean };

function showCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('show')
    .description('the notice in force on a date, with its whole text')
    .option('--on <date>', 'the date; today where not given')
    .option('--json', 'print JSON');
  return languageOption(command).action(async (options: ShowOptions) => {
    const on = options.on === undefined ? undefined : parseInput(CalendarDate, options.on);
    const notice = await context.withLedger((ledger) => ledger.notices.inForce(on));
    if (options.json === true) {
      context.print(JSON.stringify(notice));
    } else if (notice === null) {
      context.print('No notice is in force.');
    } else {
      const { title, short, extended } = notice.texts[options.language];
      context.print(`${title}\n\n${short}\n\n${extended}\n`);
      context.print(`(Privacy notice ${notice.notice}, in force from ${notice.effectiveDate}.)`);
    }
    if (notice === null) {
      exit(3);
    }
  });
}

type SeenOptions = RecordingOptions & {
  readonly language: NoticeLanguage;
  readonly notice?: string;
  readonly json?: boolean;
};

function givenCommand(context: CliContext): Command {
  const description = 'record that an organisation, or the helpdesk, gave a learner the notice';
  return seenCommand(context, 'given', description, 'shown');
}

function acknowledgeCommand(context: CliContext): Command {
  const description = 'record that the learner has seen the notice; with --as learner';
  return seenCommand(context, 'acknowledge', description, 'acknowledge');
}

function seenCommand(
  context: CliContext,
  name: string,
  description: string,
  door: 'shown' | 'acknowledge',
): Command {
  const command = new Command(name)
    .description(description)
    .argument('<uln>', ULN_ARGUMENT)
    .option('--notice <n>', 'the number of the notice; the one in force where not given');
  return recording(languageOption(command)).action(
    async (argument: string, options: SeenOptions) => {
      const usual = door === 'shown' ? 'learner-registration' : 'learner-choice';
      const request = requestFrom(context, options, usual);
      const notice = options.notice === undefined ? null : parseCount(options.notice, '--notice');
      const uln = await readUln(context, argument);
      await context.withLedger(async (ledger) => {
        await ledger.access.permit(request, door === 'shown' ? 'inform' : 'choose');
        const choice = { notice, language: options.language };
        printOutcome(context, await ledger.notices[door](uln, choice, request), options);
      });
    },
  );
}

function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .description('which notices a learner was shown and has acknowledged, and when')
    .argument('<uln>', ULN_ARGUMENT)
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(
    async (argument: string, options: AskingOptions & { ndjson?: boolean }) => {
      const asker = askerFrom(context, options);
      const uln = await readUln(context, argument);
      const statuses = await context.withLedger(async (ledger) => {
        await ledger.access.requireWhole(uln, asker, ['notices']);
        if (options.ndjson !== true) {
          sayMaster(context, await ledger.resolve(uln));
        }
        return ledger.notices.status(uln);
      });
      for (const status of statuses) {
        context.print(options.ndjson === true ? JSON.stringify(status) : statusText(status));
      }
      if (statuses.length === 0 && options.ndjson !== true) {
        context.print('No notice was shown.');
      }
    },
  );
}

/** One showing or acknowledgement of a notice in a line. */
export function statusText({ at, notice, language, what, by }: NoticeStatus): string {
  return `${at}  notice ${notice} (${language})  ${what} by ${actorText(by)}`;
}

function actorText(by: Actor): string {
  switch (by.kind) {
    case 'organisation':
      return by.ukprn;
    case 'learner':
      return 'the learner';
    case 'keeper':
      return 'the service';
  }
}
