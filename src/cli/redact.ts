import { Command, Option } from 'commander';
import { z } from 'zod';
import { ErasureBasis } from '../../domain/redaction.js';
import type { RedactionStatus } from '../erasure/erasure.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';
import { type RecordingOptions, readUln, recording, requestFrom, ULN_ARGUMENT } from './options.js';

type ProposeOptions = RecordingOptions & {
  readonly event: string;
  readonly field: readonly string[];
  readonly basis: string;
  readonly everywhere?: boolean;
  readonly json?: boolean;
};

/** `plr redact propose|order|status`: making fields unreadable for good, by four eyes. */
export function redactCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('redact')
    .description('make fields unreadable for good: one person proposes, another orders')
    .addCommand(proposeCommand(context))
    .addCommand(orderCommand(context, exit))
    .addCommand(statusCommand(context));
}

function proposeCommand(context: CliContext): Command {
  const command = new Command('propose')
    .description('propose to redact fields of an event ("plr history" prints the ids)')
    .argument('<uln>', `${ULN_ARGUMENT}; for a held row its import, as "plr held list" prints it`)
    .requiredOption('--event <id>', 'the event')
    .requiredOption('--field <name...>', 'its fields')
    .addOption(
      new Option('--basis <code>', 'why').choices(ErasureBasis.options).makeOptionMandatory(),
    )
    .option('--everywhere', 'also wherever the same text stands in other events of the learner');
  return recording(command).action(async (argument: string, options: ProposeOptions) => {
    const request = requestFrom(context, options, 'data-protection');
    const isImport = argument.startsWith('import-');
    const uln = isImport ? null : await readUln(context, argument);
    const { event, field: fields, everywhere = false } = options;
    const basis = parseInput(ErasureBasis, options.basis);
    await context.withLedger(async (ledger) => {
      const selection = { event, fields, everywhere };
      await ledger.access.permit(request, 'protect');
      const stream = uln === null ? argument : await ledger.streamOf(uln);
      const proposal = await ledger.erasure.propose(stream, selection, basis, request);
      if (options.json === true) {
        context.print(JSON.stringify(proposal));
        return;
      }
      for (const order of proposal.orders) {
        context.print(`Proposed ${order}`);
      }
      const count = proposal.targets.reduce((sum, target) => sum + target.fields.length, 0);
      context.print(
        `  ${count} field${count === 1 ? '' : 's'} of ${proposal.targets.length} event${proposal.targets.length === 1 ? '' : 's'}`,
      );
      if (proposal.leftElsewhere !== null && proposal.leftElsewhere > 0) {
        context.say(
          `plr: warning: the same text stands in ${proposal.leftElsewhere} more field${proposal.leftElsewhere === 1 ? '' : 's'}; --everywhere proposes those too`,
        );
      }
    });
  });
}

function orderCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('order')
    .description('order what another person proposed, and carry it out')
    .argument('<proposal...>', 'the ids that "redact propose" printed');
  return recording(command).action(
    async (ids: readonly string[], options: RecordingOptions & { json?: boolean }) => {
      const request = requestFrom(context, options, 'data-protection');
      const orders = ids.map((id) =>
        parseInput(z.uuid({ error: 'expected a proposal to be named by its UUID' }), id),
      );
      await context.withLedger(async (ledger) => {
        await ledger.access.permit(request, 'protect');
        for (const order of orders) {
          const status = await ledger.erasure.order(order, request);
          printStatuses(context, [status], options.json === true);
          if (status.state !== 'completed') {
            exit(1);
          }
        }
      });
    },
  );
}

function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .description('how far every redaction has come')
    .option('--json', 'print JSON');
  return asking(command).action(async (options: AskingOptions & { json?: boolean }) => {
    const asker = askerFrom(context, options);
    await context.withLedger(async (ledger) => {
      await ledger.access.requireDuty(asker, 'protect');
      printStatuses(context, await ledger.erasure.status(), options.json === true);
    });
  });
}

function printStatuses(
  context: CliContext,
  statuses: readonly RedactionStatus[],
  asJson: boolean,
): void {
  if (asJson) {
    context.print(JSON.stringify(statuses));
    return;
  }
  for (const { order, state, basis, proposedBy, approvedBy, targets, waitsFor } of statuses) {
    const fields = targets.flatMap((target) => target.fields).join(', ');
    const approved = approvedBy === null ? '' : `, ordered by ${approvedBy}`;
    context.print(`${order}  ${state}  ${basis}  ${fields}  proposed by ${proposedBy}${approved}`);
    if (waitsFor !== null) {
      context.print(`  waits for ${waitsFor}`);
    }
  }
  if (statuses.length === 0) {
    context.print('No redactions.');
  }
}
