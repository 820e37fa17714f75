import { Command } from 'commander';
import { Uln } from '../../domain/values/uln.js';
import type { MergeOutcome, MergeStatus, UnmergeOutcome } from '../learners/merging.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { type RecordingOptions, readUln, recording, requestFrom } from './options.js';
import { printOutcome } from './receipt.js';

type Options = RecordingOptions & { readonly json?: boolean; readonly reason: string };
type RecordOptions = Options & { readonly superseded: string; readonly evidenceReference?: string };
type Exit = (code: ExitCode) => void;

/** `plr merge record|undo|status|resume`: two ULNs of one person. */
export function mergeCommand(context: CliContext, exit: Exit): Command {
  return new Command('merge')
    .description('merge two ULNs of one person: one becomes the master and answers for both')
    .addCommand(recordCommand(context, exit))
    .addCommand(undoCommand(context, exit))
    .addCommand(statusCommand(context))
    .addCommand(resumeCommand(context, exit));
}

function recordCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('record')
    .description('make a ULN the master of another one of the same person')
    .argument('<uln>', 'the master, or - to read it from standard input')
    .requiredOption(
      '--superseded <uln>',
      'the other ULN; - for both reads two lines, the master first',
    )
    .requiredOption('--reason <text>', 'how it is known that they are one person')
    .option('--evidence-reference <text>', 'where the evidence is kept');
  return recording(command).action(async (argument: string, options: RecordOptions) => {
    const request = requestFrom(context, options, 'data-correction');
    const { master, superseded } = await readPair(context, argument, options.superseded);
    const { reason, evidenceReference = null } = options;
    await context.withLedger(async (ledger) => {
      await ledger.access.permit(request, 'merge');
      const merge = { superseded, reason, evidenceReference };
      printMerge(context, await ledger.merging.merge(master, merge, request), options, {
        exit,
        expected: 'merged',
      });
    });
  });
}

function undoCommand(context: CliContext, exit: Exit): Command {
  const command = new Command('undo')
    .description('undo a merge: each of the two ULNs has its own record again')
    .argument(
      '<uln>',
      'the ULN that the other was merged into, or - to read it from standard input',
    )
    .requiredOption('--merge <id>', 'the merge; "plr show" prints its id')
    .requiredOption('--reason <text>', 'why they are not one person');
  return recording(command).action(
    async (argument: string, options: Options & { readonly merge: string }) => {
      const request = requestFrom(context, options, 'data-correction');
      const master = await readUln(context, argument);
      const { merge: mergeId, reason } = options;
      await context.withLedger(async (ledger) => {
        await ledger.access.permit(request, 'merge');
        const outcome = await ledger.merging.unmerge(master, { mergeId, reason }, request);
        printMerge(context, outcome, options, { exit, expected: outcome.state });
        if (options.json !== true && outcome.meanwhile.length > 0) {
          context.print('Recorded while they were one, to be looked at:');
          for (const { on, uln, type } of outcome.meanwhile) {
            context.print(`  ${on}  ${uln}  ${type}`);
          }
        }
      });
    },
  );
}

function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .description('every merge, and how far it has come; no ULN is printed')
    .option('--json', 'print JSON');
  return asking(command).action(async (options: AskingOptions & { json?: boolean }) => {
    const asker = askerFrom(context, options);
    await context.withLedger(async (ledger) => {
      await ledger.access.requireDuty(asker, 'merge');
      printStatuses(context, await ledger.merging.list(), options, 'No merges.');
    });
  });
}

function resumeCommand(context: CliContext, exit: Exit): Command {
  return new Command('resume')
    .description('look through the ledger and finish merges that were cut short')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      await context.withLedger(async (ledger) => {
        const left = await ledger.merging.resume();
        printStatuses(context, left, options, 'Every merge is finished.');
        if (left.length > 0) {
          exit(1);
        }
      });
    });
}

/** The master and the other ULN; both from standard input where both are `-`. */
async function readPair(context: CliContext, one: string, other: string) {
  if (one !== '-' || other !== '-') {
    const master = await readUln(context, one);
    return { master, superseded: await readUln(context, other) };
  }
  const [master, superseded, ...more] = (await context.readStdin()).trim().split(/\s*\n\s*/);
  if (superseded === undefined || more.length > 0) {
    throw usageError('expected two lines on standard input, the master and the other ULN');
  }
  return { master: parseInput(Uln, master), superseded: parseInput(Uln, superseded) };
}

function printMerge(
  context: CliContext,
  outcome: MergeOutcome & Partial<UnmergeOutcome>,
  options: Options,
  { exit, expected }: { readonly exit: Exit; readonly expected: MergeOutcome['state'] },
): void {
  const { mergeId, state, receipt, repeated, warnings, meanwhile } = outcome;
  if (options.json === true) {
    context.print(JSON.stringify({ ...receipt, repeated, warnings, mergeId, state, meanwhile }));
  } else {
    printOutcome(context, outcome, options);
    context.print(`Merge ${mergeId}: ${meanings[state]}`);
  }
  if (state === 'pending') {
    exit(1);
  } else if (state !== expected) {
    exit(4);
  }
}

const meanings: Readonly<Record<MergeOutcome['state'], string>> = {
  merged: 'merged; the master answers for both',
  pending: 'recorded, and not finished in both streams yet; "plr merge resume" finishes it',
  reversed: 'undone; each ULN answers for itself',
  refused: 'undone at once: the other ULN was superseded or retired meanwhile',
  cycle: 'undone at once: the two were being merged the other way round before',
  'too-long': 'undone at once: the chain of merges had become too long',
};

function printStatuses(
  context: CliContext,
  statuses: readonly MergeStatus[],
  options: { readonly json?: boolean },
  none: string,
): void {
  if (options.json === true) {
    context.print(JSON.stringify(statuses));
    return;
  }
  for (const { mergeId, state, decidedAt, endedAt, cause, waitsFor } of statuses) {
    const ended = endedAt === null ? '' : `, ended ${endedAt} (${cause})`;
    const waits = waitsFor === null ? '' : `, waits for an operator (${waitsFor})`;
    context.print(`${mergeId}  ${state}  decided ${decidedAt ?? '–'}${ended}${waits}`);
  }
  if (statuses.length === 0) {
    context.print(none);
  }
}
