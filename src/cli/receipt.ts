import type { Outcome } from '../deciding.js';
import type { CliContext } from './context.js';

/** Prints what a command led to, as text or as JSON, and its warnings. */
export function printOutcome(
  context: CliContext,
  outcome: Outcome,
  options: { readonly json?: boolean },
): void {
  const { receipt, repeated, warnings } = outcome;
  for (const warning of warnings) {
    context.say(`plr: warning: ${warning}`);
  }
  if (options.json === true) {
    context.print(JSON.stringify({ ...receipt, repeated, warnings }));
    return;
  }
  const count = receipt.eventIds.length;
  if (count === 0) {
    context.print('Nothing to record: it is so already.');
    return;
  }
  const events = `${count} event${count === 1 ? '' : 's'}`;
  const before = repeated ? 'Recorded before: ' : 'Recorded ';
  context.print(`${before}${events}, version ${receipt.version} (command ${receipt.commandId})`);
}
