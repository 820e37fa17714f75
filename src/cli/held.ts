import { Command } from 'commander';
import { z } from 'zod';
import { outsideOrganisation } from '../../domain/access/request.js';
import { DomainError } from '../../domain/errors.js';
import type { ImportEventData } from '../../domain/imports/events.js';
import { isRedacted } from '../../domain/redaction.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { HeldPlace } from '../held/held.js';
import { refuseInterrupted } from '../journal/interruption.js';
import type { Ledger } from '../ledger/ledger.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { valueText } from './format.js';
import { parseCount, type RecordingOptions, recording, requestFrom } from './options.js';

type ListOptions = AskingOptions & {
  submittedBy?: string;
  import?: string;
  limit: string;
  ndjson?: boolean;
};
type ReleaseOptions = RecordingOptions & { all?: boolean; samePerson?: boolean; json?: boolean };
type RejectOptions = RecordingOptions & { reason?: string; json?: boolean };

/** A release of every row goes through at most so many; the rest is for the next one. */
const MAX_RELEASED = 100_000;
const PURPOSES: Readonly<Record<ImportEventData<'ImportStarted'>['kind'], Request['purpose']>> = {
  achievements: 'achievement-reporting',
  participation: 'participation-reporting',
};

/** `plr held list|show|release|reject`: rows of imported files that could not be recorded yet. */
export function heldCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('held')
    .description('rows of imported files that could not be recorded yet')
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(releaseCommand(context, exit))
    .addCommand(rejectCommand(context));
}

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description('the rows that wait, those held longest first; none of what they say')
    .option('--submitted-by <ukprn>', 'those of one source')
    .option('--import <import>', 'those of one import')
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(async (options: ListOptions) => {
    const asker = askerFrom(context, options);
    const query = {
      submittedBy:
        options.submittedBy === undefined ? null : parseInput(Ukprn, options.submittedBy),
      import: options.import ?? null,
      limit: parseCount(options.limit, '--limit'),
    };
    const rows = await context.withLedger(async (ledger) => {
      const { request, facts } = await ledger.access.requireDuty(asker, 'submit');
      // A source sees what it sent itself, and nobody else's.
      const own = outsideOrganisation(request, facts)?.ukprn;
      return ledger.held.list({ ...query, submittedBy: own ?? query.submittedBy });
    });
    for (const row of rows) {
      const { import: stream, row: number, kind, submittedBy, code, heldAt } = row;
      context.print(
        options.ndjson === true
          ? JSON.stringify(row)
          : `${stream} ${number}  ${code}  ${kind} of ${submittedBy}, held ${heldAt.slice(0, 10)}`,
      );
    }
    if (rows.length === 0 && options.ndjson !== true) {
      context.print('No row is held.');
    }
  });
}

function showCommand(context: CliContext): Command {
  const command = placed('show', 'one held row, with everything it says').option(
    '--json',
    'print JSON',
  );
  return command
    .option('--as <who>', 'who asks: USER@UKPRN; without it the keeper (PLR_AS)')
    .action(async (stream: string, row: string, options: { as?: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'service-operation');
      const held = await context.withLedger(async (ledger) => {
        await permit(ledger, request);
        return ledger.held.read(placeOf(stream, row), request);
      });
      if (options.json === true) {
        context.print(JSON.stringify(held));
        return;
      }
      context.print(`${held.state}  ${held.code}  ${held.kind} of ${held.submittedBy}`);
      context.print(`held since ${held.heldSince}, event ${held.eventId}`);
      if (held.decided !== null) {
        const { at, user, organisation, reason } = held.decided;
        const who =
          organisation === null ? 'the keeper' : `${valueText(user)}@${valueText(organisation)}`;
        const why = reason === null ? '' : `: ${valueText(reason)}`;
        context.print(`${held.state} ${at} by ${who}${why}`);
      }
      if (isRedacted(held.cells)) {
        context.print(
          `  ${valueText(held.cells)}${held.state === 'held' ? ': it can only be rejected' : ''}`,
        );
        return;
      }
      for (const [column, cell] of Object.entries(held.cells)) {
        context.print(`  ${column}: ${cell}`);
      }
    });
}

function releaseCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('release')
    .description('record a held row now; one that still cannot be recorded goes on waiting')
    .argument('[import]', 'as "plr held list" prints it')
    .argument('[row]', 'its number in the file')
    .option('--all', 'every held row that can be recorded by now')
    .option('--same-person', 'the learner is the one meant, although the names differ');
  return recording(command).action(
    async (stream: string | undefined, row: string | undefined, options: ReleaseOptions) => {
      if ((stream === undefined || row === undefined) !== (options.all === true)) {
        throw usageError('expected an import and a row, or --all, found neither or both');
      }
      if (options.all === true && options.samePerson === true) {
        throw usageError('expected --same-person for one row that was looked at, found --all');
      }
      await context.withLedger(async (ledger) => {
        if (stream === undefined || row === undefined) {
          await releaseAll(context, ledger, options, exit);
          return;
        }
        const place = placeOf(stream, row);
        const asked = requestFrom(context, options, 'service-operation');
        await permit(ledger, asked);
        const { kind } = await ledger.held.read(place, asked);
        const request = requestFrom(
          context,
          { ...options, commandId: asked.commandId },
          PURPOSES[kind],
        );
        const isSame = options.samePerson === true;
        const { outcome, warnings } = await ledger.held.release(place, request, { isSame });
        for (const warning of warnings) {
          context.say(`plr: warning: ${warning}`);
        }
        context.print(options.json === true ? JSON.stringify({ outcome, warnings }) : outcome);
      });
    },
  );
}

async function releaseAll(
  context: CliContext,
  ledger: Ledger,
  options: ReleaseOptions,
  exit: (code: ExitCode) => void,
): Promise<void> {
  const asked = requestFrom(context, options, 'service-operation');
  await permit(ledger, asked);
  const submittedBy = asked.by.kind === 'organisation' ? asked.by.ukprn : null;
  const rows = await ledger.held.list({ submittedBy, import: null, limit: MAX_RELEASED });
  const counts = new Map<string, number>();
  for (const row of rows) {
    refuseInterrupted(context.signal);
    const request = requestFrom(
      context,
      { ...options, commandId: context.newId() },
      PURPOSES[row.kind],
    );
    const outcome = await releaseOne(ledger, row, request);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  const text = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  context.print(
    options.json === true ? JSON.stringify(Object.fromEntries(counts)) : text || 'No row is held.',
  );
  if (rows.length === MAX_RELEASED) {
    exit(1);
  }
}

/** A refusal leaves the row waiting; anything else ends the release. */
async function releaseOne(ledger: Ledger, place: HeldPlace, request: Request): Promise<string> {
  try {
    return (await ledger.held.release(place, request, { isSame: false })).outcome;
  } catch (error) {
    if (!(error instanceof DomainError)) {
      throw error;
    }
    return `still held (${error.code})`;
  }
}

function rejectCommand(context: CliContext): Command {
  const command = placed('reject', 'decide that a held row is not to be recorded').option(
    '--reason <text>',
    'why',
  );
  return recording(command).action(async (stream: string, row: string, options: RejectOptions) => {
    const request = requestFrom(context, options, 'data-correction');
    await context.withLedger(async (ledger) => {
      await permit(ledger, request);
      await ledger.held.reject(placeOf(stream, row), options.reason ?? null, request);
    });
    const outcome = 'rejected';
    context.print(options.json === true ? JSON.stringify({ outcome }) : outcome);
  });
}

/** Held rows are a source's own submissions, to be corrected: whoever may not submit may not see them. */
function permit(ledger: Ledger, request: Request): Promise<void> {
  return ledger.access.permit({ ...request, purpose: 'data-correction' }, 'submit');
}

function placed(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<import>', 'as "plr held list" prints it')
    .argument('<row>', 'its number in the file');
}

function placeOf(stream: string, row: string): HeldPlace {
  return {
    import: parseInput(z.string().max(64), stream),
    row: parseCount(row, 'the row'),
  };
}
