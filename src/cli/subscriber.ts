import { Command, Option } from 'commander';
import { SubscribedFrom } from '../../domain/subscriber/events.js';
import { MessageKind } from '../../domain/subscriber/message.js';
import type { Particulars } from '../subscribing/particulars.js';
import type { SubscriberInput } from '../subscribing/subscribers.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';
import { disclosedLines, qualificationLines } from './format.js';
import { type RecordingOptions, recording, requestFrom } from './options.js';

type AddOptions = RecordingOptions & {
  readonly organisation?: string;
  readonly user?: string;
  readonly kinds?: readonly MessageKind[];
  readonly from: SubscriberInput['from'];
  readonly json?: boolean;
};

/** `plr subscriber add|list|remove|fetch`: services that are told what happens to records. */
export function subscriberCommand(context: CliContext): Command {
  return new Command('subscriber')
    .description('services that are told what happens to records')
    .addCommand(addCommand(context))
    .addCommand(listCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(fetchCommand(context));
}

function addCommand(context: CliContext): Command {
  const command = new Command('add')
    .description(
      'register a service of our own, or of an organisation with --organisation and --user',
    )
    .argument('<name>', 'its name: small letters, digits and hyphens')
    .option('--organisation <ukprn>', 'whose it is: it hears only of learners it is connected to')
    .option('--user <id>', 'the user of the organisation in whose name it asks')
    .addOption(
      new Option('--kinds <kind...>', 'of what it is told; of everything where not given').choices(
        MessageKind.options,
      ),
    )
    .addOption(
      new Option('--from <where>', 'of what was ever recorded, or of what comes')
        .choices(SubscribedFrom.options)
        .default('registration'),
    );
  return recording(command).action(async (subscriber: string, options: AddOptions) => {
    const request = requestFrom(context, options, 'service-operation');
    if (options.organisation !== undefined && options.purpose === undefined) {
      throw usageError(
        'expected --purpose, for what the organisation is told, found none (advice-and-guidance, for one)',
      );
    }
    // Sound: `add` parses what it is given.
    const input = {
      subscriber,
      organisation: options.organisation ?? null,
      user: options.user ?? null,
      purpose: request.purpose,
      kinds: [...(options.kinds ?? MessageKind.options)],
      from: options.from,
    } as SubscriberInput;
    const added = await context.withLedger(({ subscribers }) => subscribers.add(input, request));
    context.print(
      options.json === true
        ? JSON.stringify({ recorded: added, ...input })
        : added
          ? `Registered ${subscriber}; "plr publish" tells it`
          : 'Nothing to record: it is so already.',
    );
  });
}

function listCommand(context: CliContext): Command {
  return new Command('list')
    .description('every registered subscriber')
    .option('--ndjson', 'print a line of JSON for each')
    .action(async (options: { ndjson?: boolean }) => {
      const listed = await context.withLedger(({ subscribers }) => subscribers.list());
      for (const one of listed) {
        const { subscriber, organisation, user, purpose, kinds, from, registeredAt } = one;
        const who = organisation === null ? 'our own' : `${user}@${organisation}`;
        context.print(
          options.ndjson === true
            ? JSON.stringify(one)
            : `${subscriber}  ${who}  for ${purpose}  from ${from === 'beginning' ? 'the beginning' : registeredAt}  ${kinds.join(', ')}`,
        );
      }
      if (listed.length === 0 && options.ndjson !== true) {
        context.print('No subscriber is registered.');
      }
    });
}

function removeCommand(context: CliContext): Command {
  const command = new Command('remove')
    .description('tell a service of nothing any more')
    .argument('<name>', 'its name');
  return recording(command).action(
    async (subscriber: string, options: RecordingOptions & { json?: boolean }) => {
      const request = requestFrom(context, options, 'service-operation');
      await context.withLedger(({ subscribers }) => subscribers.remove(subscriber, request));
      context.print(
        options.json === true
          ? JSON.stringify({ recorded: true, subscriber })
          : `Removed ${subscriber}; what it was sent stays on the bus until it is 30 days old`,
      );
    },
  );
}

function fetchCommand(context: CliContext): Command {
  return new Command('fetch')
    .description('show what a message was about, as its subscriber may see it now')
    .argument('<name>', 'the subscriber')
    .argument('<dataref>', 'the message’s dataref')
    .option(
      '--as <who>',
      'who asks: USER@UKPRN; without it the keeper, for its own services (PLR_AS)',
    )
    .option('--json', 'print JSON')
    .action(async (name: string, dataref: string, options: { as?: string; json?: boolean }) => {
      const request = requestFrom(context, options, 'service-operation');
      const found = await context.withLedger(({ subscribers }) =>
        subscribers.particulars(name, dataref, request),
      );
      const lines = options.json === true ? [JSON.stringify(found)] : linesOf(found);
      for (const line of lines) {
        context.print(line);
      }
    });
}

function linesOf(found: Particulars): readonly string[] {
  if (found.about === 'record') {
    return disclosedLines(found);
  }
  const lines = found.qualifications.flatMap(qualificationLines);
  return [
    `ULN  ${found.uln}`,
    ...(lines.length === 0 ? ['The entry does not stand any more.'] : lines),
  ];
}
