import { Command } from 'commander';
import { CalendarDate } from '../../domain/date.js';
import { entryKey } from '../../domain/learner/entries.js';
import { Ukprn } from '../../domain/ukprn.js';
import { parseInput } from '../input.js';
import type { LearnerRequest } from '../ledger.js';
import type { Request } from '../request.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { inputOption } from './fields.js';
import { parseCount, recording, ULN_ARGUMENT } from './options.js';
import { given, type LearnerOptions, recordingAction } from './recordingAction.js';

/** `plr challenge raise|withdraw|uphold|reject|list`: a data challenge from beginning to end. */
export function challengeCommand(context: CliContext): Command {
  const raise = step('raise', 'dispute an entry, or the details where none is named')
    .option('--id <id>', 'the id of the challenge; made from the command where not given')
    .option('--achievement <id>', 'the id of the disputed achievement')
    .option('--participation <id>', 'the id of the disputed participation')
    .option('--submitted-by <ukprn>', 'the source of the disputed entry')
    .option('--evidence-reference <text>', 'where the evidence is kept')
    .action(
      recordingAction(context, {
        type: 'RaiseChallenge',
        purpose: 'data-challenge',
        data: (options, input, request) => ({
          challengeId: options['id'] ?? request.commandId,
          entry: entryFrom(options, request),
          ...given(options, ['reason', 'evidenceReference']),
          ...input,
        }),
      }),
    );
  const close = (name: string, description: string, type: LearnerRequest['type']) =>
    step(name, description)
      .requiredOption('--id <id>', 'the id of the challenge')
      .action(
        recordingAction(context, {
          type,
          purpose: 'data-challenge',
          data: (options, input) => ({
            challengeId: options['id'],
            ...given(options, ['reason']),
            ...input,
          }),
        }),
      );
  return new Command('challenge')
    .description('raise and decide data challenges')
    .addCommand(raise)
    .addCommand(close('withdraw', 'take a challenge back', 'WithdrawChallenge'))
    .addCommand(close('uphold', 'find a challenge right', 'UpholdChallenge'))
    .addCommand(close('reject', 'find a challenge wrong; needs --reason', 'RejectChallenge'))
    .addCommand(listCommand(context));
}

type ListOptions = { owner?: string; dueBy?: string; limit: string; ndjson?: boolean };

function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('open challenges of every learner, the one due first at the beginning')
    .option('--owner <ukprn>', 'those that one source has to decide, or "keeper"')
    .option('--due-by <date>', 'those due up to a date')
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: ListOptions) => {
      const { owner, dueBy } = options;
      const query = {
        owner:
          owner === undefined || owner === 'keeper' ? (owner ?? null) : parseInput(Ukprn, owner),
        dueBy: dueBy === undefined ? null : parseInput(CalendarDate, dueBy),
        limit: parseCount(options.limit, '--limit'),
      };
      const open = await context.withLedger((ledger) => ledger.openChallenges(query));
      for (const challenge of open) {
        const { uln, challengeId, challengeNumber, entry } = challenge;
        const on = entry === null ? 'the details' : entryKey(entry);
        context.print(
          options.ndjson === true
            ? JSON.stringify(challenge)
            : `due ${challenge.dueDate}  ${challenge.owner}  ${uln} challenge ${challengeNumber} (${challengeId}) on ${on}`,
        );
      }
      if (open.length === 0 && options.ndjson !== true) {
        context.print('No challenge is open.');
      }
    });
}

function step(name: string, description: string): Command {
  return recording(
    inputOption(
      new Command(name)
        .description(description)
        .argument('<uln>', ULN_ARGUMENT)
        .option('--reason <text>', 'why'),
    ),
  );
}

function entryFrom(options: LearnerOptions, request: Request): Record<string, unknown> | null {
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
    throw usageError('expected --submitted-by, the source of the disputed entry, found none');
  }
  return {
    kind: achievement === undefined ? 'participation' : 'achievement',
    submittedBy,
    entryId: achievement ?? participation,
  };
}
