import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Outcome } from '../learners/deciding.js';
import type { CliContext } from './context.js';

/** Prints what a command led to, as text or as JSON, and its warnings; with the service's code where it has one. */
export function printOutcome(
  context: CliContext,
  outcome: Outcome,
  options: { readonly json?: boolean },
  code: ServiceCode | null = null,
): void {
  const { receipt, repeated, elsewhere, warnings } = outcome;
  for (const warning of warnings) {
    context.say(`plr: warning: ${warning}`);
  }
  if (options.json === true) {
    const named = code === null ? {} : { code };
    const also = elsewhere.length === 0 ? {} : { elsewhere };
    context.print(JSON.stringify({ ...receipt, repeated, ...also, warnings, ...named }));
    return;
  }
  const count = receipt.eventIds.length;
  if (count === 0) {
    context.print(`Nothing to record: it is so already${code === null ? '' : ` (${code})`}.`);
    return;
  }
  const events = `${count} event${count === 1 ? '' : 's'}`;
  const before = repeated ? 'Recorded before: ' : 'Recorded ';
  const named = code === null ? '' : `, ${code}`;
  context.print(
    `${before}${events}, version ${receipt.version} (command ${receipt.commandId}${named})`,
  );
  if (elsewhere.length > 0) {
    context.print(
      `and under ${elsewhere.length} other ULN${elsewhere.length === 1 ? '' : 's'} of the same person`,
    );
  }
}
