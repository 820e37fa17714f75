import type { Command } from 'commander';
import { usageError } from './exitCodes.js';

/** Options for the fields of a shape, one each: `givenName` becomes `--given-name <value>`. */
export function fieldOptions(command: Command, names: readonly string[]): Command {
  for (const name of names) {
    command.option(`--${kebab(name)} <value>`);
  }
  return command;
}

/** Adds `--input`, which keeps personal data out of the command line and the shell's history. */
export function inputOption(command: Command): Command {
  return command.option(
    '--input <file>',
    'a JSON object with the fields by their names; "-" reads standard input',
  );
}

/** Adds `--clear`, which empties a field that may be empty. */
export function clearOption(command: Command): Command {
  return command.option('--clear <field...>', 'fields to empty');
}

/** The values that options give for the fields of a shape; `--clear` gives `null`. */
export function fieldValues(
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const given = names.filter((name) => options[name] !== undefined);
  const values: Record<string, unknown> = Object.fromEntries(
    given.map((name) => [name, name === 'credits' ? wholeNumber(options[name]) : options[name]]),
  );
  for (const cleared of (options['clear'] as readonly string[] | undefined) ?? []) {
    const name = names.find((known) => known === cleared || kebab(known) === cleared);
    if (name === undefined) {
      throw usageError(`expected --clear to name one of ${names.map(kebab).join(', ')}`);
    }
    values[name] = null;
  }
  return values;
}

function kebab(name: string): string {
  return name.replaceAll(/([A-Z]|\d+)/g, '-$1').toLowerCase();
}

function wholeNumber(value: unknown): unknown {
  return /^\d+$/.test(String(value)) ? Number(value) : value;
}
