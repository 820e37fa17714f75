import { Command } from 'commander';
import type { Ledger } from '../ledger/ledger.js';
import { subscriberNotFound } from '../subscribing/subscribers.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';

type PublishOptions = {
  readonly bus?: string;
  readonly once?: boolean;
  readonly again?: string;
  readonly after?: string;
  readonly through?: string;
};

/** `plr publish`: sends subscribers what is news to them. */
export function publishCommand(context: CliContext): Command {
  return new Command('publish')
    .description('tell subscribers what happens to records, until interrupted')
    .option('--bus <url>', 'the message bus, such as nats://127.0.0.1:4222 (PLR_BUS)')
    .option('--once', 'end when everything recorded so far was sent')
    .option('--again <name>', 'send one subscriber a range of the log again; its place stays')
    .option('--after <position>', 'with --again: after this position instead of from the beginning')
    .option('--through <position>', 'with --again: through this position instead of to the end')
    .action(async (options: PublishOptions) => {
      const bus = options.bus ?? context.config.bus;
      if (bus === null) {
        throw usageError('expected --bus or PLR_BUS to name the message bus, found neither');
      }
      if (options.again === undefined && (options.after ?? options.through) !== undefined) {
        throw usageError('expected --after and --through with --again, found them without it');
      }
      const sent = await context.withLedger((ledger) => publishFrom(context, ledger, bus, options));
      context.say(`Sent ${sent} message${sent === 1 ? '' : 's'}.`);
    });
}

/** Publishes as the one active process, until that is over; answers how many messages were sent. */
async function publishFrom(
  context: CliContext,
  { subscribers, activate, parts }: Ledger,
  bus: string,
  options: PublishOptions,
): Promise<number> {
  const publisher = await subscribers.openPublisher(bus);
  const active = await activate().catch(async (error: unknown) => {
    await publisher.close();
    throw error;
  });
  const signal = AbortSignal.any([context.signal, active.superseded]);
  let sent = 0;
  try {
    if (options.again === undefined) {
      context.say('Publishing.');
      const onSent = () => {
        sent += 1;
      };
      await publisher.publish({ once: options.once === true, signal, onSent });
    } else {
      const { again, after = null, through = null } = options;
      const listed = await subscribers.list();
      const subscriber = listed.find((one) => one.subscriber === again);
      if (subscriber === undefined) {
        throw subscriberNotFound();
      }
      sent = await publisher.republish({ subscriber, after, through, signal });
    }
  } finally {
    active.end();
    await publisher.close();
  }
  parts.vault.requireActive();
  return sent;
}
