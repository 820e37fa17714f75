import type { Command } from 'commander';
import type { Asker } from '../access/accessLedger.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { type RecordingOptions, requestFrom } from './options.js';

/** The options of every command that shows records. */
export type AskingOptions = Pick<RecordingOptions, 'as' | 'purpose'>;

/** Adds `--as` and `--purpose` to a command that shows records. */
export function asking(command: Command): Command {
  return command
    .option('--as <who>', 'who asks: USER@UKPRN or "learner"; without it the keeper (PLR_AS)')
    .option('--purpose <code>', 'for what; an organisation has to say (PLR_PURPOSE)');
}

/** Who asks and for what. The purpose is any word: the rules refuse those that are not on the list, and record it. */
export function askerFrom(context: CliContext, { as, purpose }: AskingOptions): Asker {
  const { by, user, commandId } = requestFrom(
    context,
    as === undefined ? {} : { as },
    'service-operation',
  );
  const stated = purpose ?? context.config.purpose;
  if (stated === null && by.kind === 'organisation') {
    throw usageError(
      'expected --purpose, for what the organisation asks, found none (advice-and-guidance, for one)',
    );
  }
  const usual = by.kind === 'learner' ? 'learner-choice' : 'service-operation';
  return { by, user, commandId, purpose: stated ?? usual };
}
