import type { Purpose } from '../../domain/purpose.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Outcome } from '../learners/deciding.js';
import type { LearnerRequest } from '../learners/learners.js';
import type { Request } from '../request/request.js';
import type { CliContext } from './context.js';
import { type RecordingOptions, readJsonInput, readUln, requestFrom } from './options.js';
import { printOutcome } from './receipt.js';

/** Options of any command that records against a learner. */
export type LearnerOptions = RecordingOptions & {
  readonly input?: string;
  readonly json?: boolean;
} & Readonly<Record<string, unknown>>;

/**
 * The action of a command that records against a learner: reads ULN and input, makes the command's
 * data from the options, records, and prints the receipt.
 */
export function recordingAction(
  context: CliContext,
  command: {
    readonly type: LearnerRequest['type'];
    readonly purpose: Purpose;
    /** What is printed after the receipt, where that is no JSON. */
    readonly closing?: readonly string[];
    readonly data: (
      options: LearnerOptions,
      input: Record<string, unknown>,
      request: Request,
    ) => Record<string, unknown>;
    /** The service's code for what came of it; without it none is printed. */
    readonly codeOf?: (outcome: Outcome) => ServiceCode;
  },
) {
  return async (argument: string, options: LearnerOptions): Promise<void> => {
    const request = requestFrom(context, options, command.purpose);
    const uln = await readUln(context, argument);
    const input = await readJsonInput(context, options.input);
    const data = command.data(options, input, request);
    await context.withLedger(async (ledger) => {
      // Sound: `handle` parses the data by the schema of the type.
      const asked = { type: command.type, data } as LearnerRequest;
      const outcome = await ledger.access.handle(uln, asked, request);
      printOutcome(context, outcome, options, command.codeOf?.(outcome) ?? null);
      if (options.json !== true) {
        command.closing?.forEach(context.print);
      }
    });
  };
}

/** The options given under these names, without those that were not. */
export function given(options: LearnerOptions, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
  );
}
