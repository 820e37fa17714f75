import { Command } from 'commander';
import { diff } from '../../projections/live/diff.js';
import { recordOf } from '../learners/records.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { changeLines, pointText } from './format.js';
import {
  type PointOptions,
  point,
  pointFrom,
  readUln,
  requireVersion,
  ULN_ARGUMENT,
} from './options.js';
import { sayMaster, ulnFields } from './reading.js';

type DiffOptions = PointOptions &
  AskingOptions & {
    readonly fromAsAt?: string;
    readonly fromValidAt?: string;
    readonly fromAtVersion?: string;
    readonly json?: boolean;
  };

/** `plr diff`: what differs in a record between two points. */
export function diffCommand(context: CliContext): Command {
  const command = new Command('diff')
    .description('what differs between two points; the second is now where none is given')
    .argument('<uln>', ULN_ARGUMENT)
    .option('--from-as-at <when>', 'the first point: what was known then')
    .option('--from-valid-at <date>', 'the first point: what is known to have been so')
    .option('--from-at-version <n>', 'the first point: the first n events')
    .option('--json', 'print JSON');
  return asking(point(command)).action(async (argument: string, options: DiffOptions) => {
    const asker = askerFrom(context, options);
    const { fromAsAt, fromValidAt, fromAtVersion } = options;
    if (fromAsAt === undefined && fromValidAt === undefined && fromAtVersion === undefined) {
      throw usageError('expected --from-as-at, --from-valid-at or --from-at-version, found none');
    }
    const first = pointFrom(context, {
      ...(fromAsAt === undefined ? {} : { asAt: fromAsAt }),
      ...(fromValidAt === undefined ? {} : { validAt: fromValidAt }),
      ...(fromAtVersion === undefined ? {} : { atVersion: fromAtVersion }),
    });
    const second = pointFrom(context, options);
    const uln = await readUln(context, argument);
    await context.withLedger(async (ledger) => {
      const before = await ledger.access.history(uln, asker, first);
      const after = await ledger.access.history(uln, asker, second);
      requireVersion(first, before.count);
      requireVersion(second, after.count);
      const changes = diff(recordOf(before.read, first), recordOf(after.read, second));
      if (options.json === true) {
        context.print(
          JSON.stringify({ from: first, to: second, changes, ...ulnFields(after.read) }),
        );
        return;
      }
      sayMaster(context, after.read);
      context.print(`From ${pointText(first)} to ${pointText(second)}:`);
      for (const line of changes.length === 0 ? ['       no difference'] : changeLines(changes)) {
        context.print(line);
      }
    });
  });
}
