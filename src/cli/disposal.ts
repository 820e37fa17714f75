import { Command, Option } from 'commander';
import { z } from 'zod';
import { DisposalBasis } from '../../domain/erasure/disposalEvents.js';
import type { DisposalStatus } from '../erasure/retention.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';
import {
  parseCount,
  type RecordingOptions,
  readUln,
  recording,
  requestFrom,
  ULN_ARGUMENT,
} from './options.js';

/** `plr retention propose`: the first of the two persons that a disposal needs. */
export function proposeCommand(context: CliContext): Command {
  const command = new Command('propose')
    .description('propose to dispose of a whole record')
    .argument('<uln>', ULN_ARGUMENT)
    .addOption(
      new Option('--basis <code>', 'why').choices(DisposalBasis.options).makeOptionMandatory(),
    );
  return recording(command).action(
    async (argument: string, options: RecordingOptions & { basis: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'data-protection');
      const uln = await readUln(context, argument);
      const basis = parseInput(DisposalBasis, options.basis);
      const { proposal, ulns } = await context.withLedger(async (ledger) => {
        await ledger.access.permit(request, 'protect');
        const policy = context.config.retention;
        const proposed = await ledger.retention.propose(uln, basis, policy, request);
        const { streams } = await ledger.personOf(uln);
        return { proposal: proposed, ulns: new Map(streams.map((one) => [one.stream, one.uln])) };
      });
      if (options.json === true) {
        context.print(JSON.stringify(proposal));
        return;
      }
      const { order, orders } = proposal;
      context.print(`Proposed ${order}`);
      context.print('  the whole record; once ordered, nothing brings it back');
      if (orders.length > 1) {
        context.print(`  one person with ${orders.length} ULNs; ordering one orders all:`);
        for (const one of orders) {
          context.print(`  ${one.order}  ${ulns.get(one.stream) ?? one.stream}`);
        }
      }
    },
  );
}

/** `plr retention order`: the second. */
export function orderCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('order')
    .description('order the disposal that another person proposed, and carry it out')
    .argument('<proposal...>', 'the ids that "retention propose" printed');
  return recording(command).action(
    async (ids: readonly string[], options: RecordingOptions & { json?: boolean }) => {
      const request = requestFrom(context, options, 'data-protection');
      const proposals = ids.map((id) =>
        parseInput(z.uuid({ error: 'expected a proposal to be named by its UUID' }), id),
      );
      await context.withLedger(async (ledger) => {
        await ledger.access.permit(request, 'protect');
        for (const id of proposals) {
          const { together } = await ledger.retention.order(id, context.config.retention, request);
          const statuses = (await ledger.retention.status()).filter(({ order }) =>
            together.includes(order),
          );
          printStatuses(context, statuses, options.json === true, exit);
        }
      });
    },
  );
}

/** `plr retention imports`: held rows go by rule, without a second person. */
export function importsCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  const command = new Command('imports')
    .description('dispose of the held rows of imports, 30 days after the last was decided')
    .option('--limit <n>', 'at most so many imports', '100');
  return recording(command).action(
    async (options: RecordingOptions & { limit: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'data-protection');
      const limit = parseCount(options.limit, '--limit');
      const statuses = await context.withLedger((ledger) =>
        ledger.retention.disposeImports(limit, request),
      );
      printStatuses(context, statuses, options.json === true, exit);
    },
  );
}

/** `plr retention status`: how far every disposal has come. */
export function statusCommand(context: CliContext): Command {
  const command = new Command('status')
    .description('how far every disposal has come')
    .option('--json', 'print JSON');
  return asking(command).action(async (options: AskingOptions & { json?: boolean }) => {
    const asker = askerFrom(context, options);
    await context.withLedger(async (ledger) => {
      await ledger.access.requireDuty(asker, 'protect');
      printStatuses(context, await ledger.retention.status(), options.json === true, () => null);
    });
  });
}

function printStatuses(
  context: CliContext,
  statuses: readonly DisposalStatus[],
  asJson: boolean,
  exit: (code: ExitCode) => unknown,
): void {
  if (statuses.some(({ state }) => state !== 'completed')) {
    exit(1);
  }
  if (asJson) {
    context.print(JSON.stringify(statuses));
    return;
  }
  for (const status of statuses) {
    const { order, state, basis, stream, proposedBy, approvedBy, waitsFor, together } = status;
    if (together.length > 1 && together[0] === order) {
      context.print(`One person with ${together.length} ULNs: ${stateOf(statuses, together)}`);
    }
    const proposed = proposedBy === null ? '' : `, proposed by ${proposedBy}`;
    const approved = approvedBy === null ? '' : `, ordered by ${approvedBy}`;
    context.print(`${order}  ${state}  ${basis}  ${stream}${proposed}${approved}`);
    if (waitsFor !== null) {
      context.print(`  waits for ${waitsFor}`);
    }
  }
  if (statuses.length === 0) {
    context.print('No disposals.');
  }
}

/** How far the disposal of a person has come: as far as that of the ULN that is furthest behind. */
function stateOf(statuses: readonly DisposalStatus[], together: readonly string[]): string {
  const states = statuses.flatMap(({ order, state }) => (together.includes(order) ? [state] : []));
  const behind = ['stopped', 'proposed', 'ordered'] as const;
  return behind.find((state) => states.includes(state)) ?? 'completed';
}
