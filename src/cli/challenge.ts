import { Command } from 'commander';
import { outsideOrganisation } from '../../domain/access/request.js';
import { WAYS_TO_COMPLAIN } from '../../domain/learner/challenge/complaint.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import { CalendarDate, dateOf } from '../../domain/values/date.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { ListedChallenge } from '../keptViews/keptViews.js';
import type { LearnerRequest } from '../learners/learners.js';
import { parseInput } from '../request/input.js';
import { type AskingOptions, askerFrom, asking } from './asking.js';
import type { CliContext } from './context.js';
import { entryFrom, entryNaming } from './entryNaming.js';
import { inputOption } from './fields.js';
import { parseCount, recording, ULN_ARGUMENT } from './options.js';
import { given, recordingAction } from './recordingAction.js';
import { untaggedJson } from './untaggedJson.js';

/** `plr challenge raise|withdraw|extend|uphold|reject|list`: a data challenge from beginning to end. */
export function challengeCommand(context: CliContext): Command {
  const close = (
    name: string,
    description: string,
    type: LearnerRequest['type'],
    closing: readonly string[] = [],
  ) =>
    step(name, description)
      .requiredOption('--id <id>', 'the id of the challenge')
      .action(
        recordingAction(context, {
          type,
          purpose: 'data-challenge',
          closing,
          data: (options, input) => ({
            challengeId: options['id'],
            ...given(options, ['reason']),
            ...input,
          }),
        }),
      );
  return new Command('challenge')
    .description('raise and decide data challenges')
    .addCommand(raiseCommand(context))
    .addCommand(close('withdraw', 'take a challenge back', 'WithdrawChallenge'))
    .addCommand(extendCommand(context))
    .addCommand(
      close(
        'uphold',
        'find a challenge right; what it disputes is then corrected',
        'UpholdChallenge',
      ),
    )
    .addCommand(
      close('reject', 'find a challenge wrong; needs --reason', 'RejectChallenge', [
        'Whoever raised it can:',
        ...WAYS_TO_COMPLAIN.map((way) => `  ${way}`),
      ]),
    )
    .addCommand(listCommand(context));
}

function raiseCommand(context: CliContext): Command {
  return entryNaming(step('raise', 'dispute an entry, or the details where none is named'))
    .option('--id <id>', 'the id of the challenge; made from the command where not given')
    .option('--identity', 'dispute that the record is of this one person alone')
    .option('--duplicate-of <uln>', 'the other ULN of the same person; better with --input')
    .option('--evidence-reference <text>', 'where the evidence is kept')
    .action(
      recordingAction(context, {
        type: 'RaiseChallenge',
        purpose: 'data-challenge',
        data: (options, input, request) => ({
          challengeId: options['id'] ?? request.commandId,
          entry: entryFrom(options, request),
          ...(options['identity'] === true || options['duplicateOf'] !== undefined
            ? { concerning: 'identity' }
            : {}),
          ...given(options, ['reason', 'evidenceReference', 'duplicateOf']),
          ...input,
        }),
      }),
    );
}

function extendCommand(context: CliContext): Command {
  return step('extend', 'take one or two months longer; needs --reason, the notice of it')
    .requiredOption('--id <id>', 'the id of the challenge')
    .option('--months <n>', 'how many months', '2')
    .action(
      recordingAction(context, {
        type: 'ExtendChallenge',
        purpose: 'data-challenge',
        data: (options, input) => ({
          challengeId: options['id'],
          months: parseCount(String(options['months']), '--months'),
          ...given(options, ['reason']),
          ...input,
        }),
      }),
    );
}

type ListOptions = AskingOptions & {
  owner?: string;
  dueBy?: string;
  limit: string;
  ndjson?: boolean;
};

function listCommand(context: CliContext): Command {
  const command = new Command('list')
    .description(
      'challenges that wait for an answer or a correction, the one due first at the beginning',
    )
    .option('--owner <ukprn>', 'those that one source has to answer, or "keeper"')
    .option('--due-by <date>', 'those due up to a date')
    .option('--limit <n>', 'at most so many', '100')
    .option('--ndjson', 'print a line of JSON for each');
  return asking(command).action(async (options: ListOptions) => {
    const asker = askerFrom(context, options);
    const { owner, dueBy } = options;
    const query = {
      owner: owner === undefined || owner === 'keeper' ? (owner ?? null) : parseInput(Ukprn, owner),
      dueBy: dueBy === undefined ? null : parseInput(CalendarDate, dueBy),
    };
    const open = await context.withLedger((ledger) =>
      ledger.access.list(asker, 'challenge', {
        limit: parseCount(options.limit, '--limit'),
        select: (limit, { request, facts }) => {
          // A source sees what waits for it, and nobody else's.
          const own = outsideOrganisation(request, facts)?.ukprn;
          return ledger.openChallenges({ ...query, owner: own ?? query.owner, limit });
        },
        ulnsOf: ({ uln }) => [uln],
      }),
    );
    const today = dateOf(context.clock());
    for (const challenge of open) {
      const overdue = challenge.dueDate < today;
      context.print(
        options.ndjson === true
          ? untaggedJson({ ...challenge, overdue })
          : challengeText(challenge, overdue),
      );
    }
    if (open.length === 0 && options.ndjson !== true) {
      context.print('No challenge waits.');
    }
  });
}

function challengeText(challenge: ListedChallenge, overdue: boolean): string {
  const { dueDate, owner, uln, challengeId, challengeNumber, entry, concerning } = challenge;
  const on = entry === null ? `the ${concerning}` : entryKey(entry);
  const marks = [
    challenge.state === 'open' ? 'open' : 'to correct',
    ...(overdue ? ['OVERDUE'] : []),
    ...(challenge.extended ? ['extended'] : []),
  ];
  return `due ${dueDate}  ${owner}  ${uln} challenge ${challengeNumber} (${challengeId}) on ${on}  ${marks.join(', ')}`;
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
