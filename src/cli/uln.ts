import { Command } from 'commander';
import { explainUln } from '../../domain/values/uln.js';
import type { CliContext } from './context.js';
import { type ExitCode, usageError } from './exitCodes.js';
import { ulnChangesCommand } from './ulnChanges.js';

/** `plr uln check|changes`: whether numbers are valid ULNs, and if not, why; what became of ULNs. */
export function ulnCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const check = new Command('check')
    .description('check numbers; exit code 0 only when all are valid')
    .argument('<number...>', 'numbers, or - to read them from standard input, one a line')
    .action(async (numbers: readonly string[]) => {
      const all = await withStdin(context, numbers);
      if (all.length === 0) {
        throw usageError('expected numbers on standard input, found none');
      }
      for (const number of all) {
        const why = explainUln(number);
        context.print(`${number}  ${why === null ? 'valid' : `not valid: ${why}`}`);
        if (why !== null) {
          exit(1);
        }
      }
    });
  return new Command('uln')
    .description('work with Unique Learner Numbers')
    .addCommand(check)
    .addCommand(ulnChangesCommand(context));
}

async function withStdin(
  context: CliContext,
  numbers: readonly string[],
): Promise<readonly string[]> {
  if (!numbers.includes('-')) {
    return numbers;
  }
  const lines = (await context.readStdin()).split('\n').map((line) => line.trim());
  return numbers.flatMap((number) =>
    number === '-' ? lines.filter((line) => line !== '') : [number],
  );
}
