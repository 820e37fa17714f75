import { Command } from 'commander';
import type { Request } from '../request/request.js';
import { organisationOf, recording, ULN_ARGUMENT } from './options.js';
import { given, type LearnerOptions } from './recordingAction.js';

/** A sub-command that acts on one entry that was recorded before. */
export function entryCommand(name: string, description: string): Command {
  return recording(
    new Command(name)
      .description(description)
      .argument('<uln>', ULN_ARGUMENT)
      .requiredOption('--id <id>', "the source's own id of the entry")
      .option('--submitted-by <ukprn>', 'the source of the entry; the organisation that acts'),
  );
}

/** What names the entry in the command's data. */
export function entryData(
  kind: 'achievement' | 'participation',
  options: LearnerOptions,
  request: Request,
): Record<string, unknown> {
  return {
    [`${kind}Id`]: options['id'],
    submittedBy: options['submittedBy'] ?? organisationOf(request),
  };
}

/** What `--effective-date` and `--reason` say. */
export function dateAndReason(options: LearnerOptions): Record<string, unknown> {
  return given(options, ['effectiveDate', 'reason']);
}
