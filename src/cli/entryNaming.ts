import type { Command } from 'commander';
import type { Request } from '../request/request.js';
import { usageError } from './exitCodes.js';
import type { LearnerOptions } from './recordingAction.js';

/** Adds the options that name an entry of a learner, of whatever source. */
export function entryNaming(command: Command): Command {
  return command
    .option('--achievement <id>', 'the id of the achievement')
    .option('--participation <id>', 'the id of the participation')
    .option('--submitted-by <ukprn>', 'the source of the entry; the organisation that acts');
}

/** The entry that the options name; `null` where they name none. */
export function entryFrom(
  options: LearnerOptions,
  request: Request,
): Record<string, unknown> | null {
  const { achievement, participation } = options;
  if (achievement !== undefined && participation !== undefined) {
    throw usageError('expected --achievement or --participation, found both');
  }
  if (achievement === undefined && participation === undefined) {
    return null;
  }
  const submittedBy =
    options['submittedBy'] ?? (request.by.kind === 'organisation' ? request.by.ukprn : undefined);
  if (submittedBy === undefined) {
    throw usageError('expected --submitted-by, the source of the entry, found none');
  }
  return {
    kind: achievement === undefined ? 'participation' : 'achievement',
    submittedBy,
    entryId: achievement ?? participation,
  };
}
