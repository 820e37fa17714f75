import { Argument, Command } from 'commander';
import type { Comparison } from '../../projections/kept/comparison.js';
import type { GenerationStatus } from '../../projections/kept/generationStatus.js';
import type { RebuildOptions } from '../../projections/kept/rebuild.js';
import { type ViewName, viewNames } from '../keptViews/keptViews.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';
import { createProgressBar } from './progress.js';

/** `plr projections list|rebuild|verify|rollback`: the views that are kept across learners. */
export function projectionsCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('projections')
    .description('look after the views that are kept across learners')
    .addCommand(listCommand(context))
    .addCommand(rebuildCommand(context, exit))
    .addCommand(verifyCommand(context, exit))
    .addCommand(rollbackCommand(context));
}

function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('every view, its generations, and how far they are behind the log')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const statuses = await context.withLedger((ledger) => ledger.projections.list());
      if (options.json === true) {
        context.print(JSON.stringify(statuses));
        return;
      }
      for (const status of statuses) {
        context.print(statusText(status));
      }
    });
}

function statusText(status: GenerationStatus): string {
  const { view, generation, state, position, outdated, behind, behindSince } = status;
  const lag = outdated
    ? 'outdated, to be rebuilt'
    : behindSince === null
      ? 'up to date'
      : `${behind ?? 'some'} events behind, since ${behindSince}`;
  const at = position ?? 'nothing taken in yet';
  return `${view.padEnd(10)}  generation ${generation}  ${state.padEnd(8)}  ${lag}  (${at})`;
}

function rebuildCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return named('rebuild', 'make a view anew beside the one that answers, then switch to it')
    .option('--verify', 'compare the two first, and do not switch where they differ')
    .option('--json', 'print JSON')
    .action(async (name: ViewName, options: { verify?: boolean; json?: boolean }) => {
      await context.withLedger(async (ledger) => {
        const { switched, comparison } = await withProgress(context, (progress) =>
          ledger.projections.rebuild(name, { ...progress, verify: options.verify === true }),
        );
        if (!switched) {
          exit(6);
        }
        if (options.json === true) {
          context.print(JSON.stringify({ switched, comparison }));
          return;
        }
        if (comparison !== null) {
          printComparison(context, comparison);
        }
        context.print(
          switched
            ? `${name} answers from the new generation; "plr projections rollback ${name}" goes back.`
            : `${name} was not switched; the new generation waits: rebuild without --verify switches to it.`,
        );
      });
    });
}

function verifyCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return named('verify', 'make a view anew, compare it with the one that answers, and drop it')
    .option('--json', 'print JSON')
    .action(async (name: ViewName, options: { json?: boolean }) => {
      await context.withLedger(async (ledger) => {
        const comparison = await withProgress(context, (progress) =>
          ledger.projections.verify(name, progress),
        );
        if (comparison.differing > 0) {
          exit(6);
        }
        if (options.json === true) {
          context.print(JSON.stringify(comparison));
          return;
        }
        printComparison(context, comparison);
      });
    });
}

function rollbackCommand(context: CliContext): Command {
  return named('rollback', 'go back to the generation before the last rebuild').action(
    async (name: ViewName) => {
      await context.withLedger((ledger) => ledger.projections.rollback(name));
      context.print(`${name} answers from the generation before; another rollback returns.`);
    },
  );
}

function named(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addArgument(new Argument('<view>').choices(viewNames));
}

function printComparison(context: CliContext, comparison: Comparison): void {
  const { compared, differing, examples } = comparison;
  context.print(
    `${compared} rows compared, ${differing === 0 ? 'all the same' : `${differing} differ`}`,
  );
  for (const example of examples) {
    context.print(`  ${example}`);
  }
}

/** Shows a bar on a terminal, and lets the user stop between two batches. */
async function withProgress<Result>(
  context: CliContext,
  work: (options: RebuildOptions) => Promise<Result>,
): Promise<Result> {
  const bar = createProgressBar(context, 'Rebuilding', 'events');
  try {
    return await work({
      signal: context.signal,
      onProgress: ({ done, total }) => {
        if (done !== null && total !== null) {
          bar.show(done, total);
        }
      },
    });
  } finally {
    bar.stop();
  }
}
