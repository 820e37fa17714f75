import { onTestFinished } from 'vitest';
import { MessageKind } from '../../../domain/subscriber/message.js';
import type { Uln } from '../../../domain/values/uln.js';
import type { LearnerRequest } from '../../../src/learners/learners.js';
import type { Ledger } from '../../../src/ledger/ledger.js';
import { type ReceivedMessage, subscribe } from '../../../src/subscribing/consume.js';
import type { SubscriberInput } from '../../../src/subscribing/subscribers.js';
import { keeperRequest } from '../../support/organisations.js';
import { AWARDING, askerOf, COLLEGE } from '../access/setting.js';

/** A subscriber of the college; parts of it may be given otherwise. */
export function collegeService(changes: Partial<SubscriberInput> = {}): SubscriberInput {
  return {
    subscriber: 'college',
    organisation: COLLEGE,
    user: 'exams',
    purpose: 'advice-and-guidance',
    kinds: [...MessageKind.options],
    from: 'beginning',
    ...changes,
  };
}

/** A service of the keeper's own. */
export function ownService(changes: Partial<SubscriberInput> = {}): SubscriberInput {
  return collegeService({
    subscriber: 'statistics',
    organisation: null,
    user: null,
    purpose: 'service-operation',
    ...changes,
  });
}

/** Registers a subscriber as the keeper does. */
export async function addSubscriber(
  { subscribers }: Ledger,
  input: SubscriberInput,
): Promise<void> {
  await subscribers.add(input, keeperRequest());
}

/** An award of a learner. */
export function achievement(achievementId: string, grade = 'Pass'): LearnerRequest {
  return {
    type: 'RecordAchievement',
    data: {
      achievementId,
      submittedBy: AWARDING,
      standing: 'final',
      source: 'AO',
      subjectCode: '601/0143/X',
      subject: 'Award in Education and Training',
      achievementAwardDate: '2021-07-09',
      grade,
    },
  };
}

/** Records commands one after another, each as who may: entries by their source, the rest by the keeper. */
export async function settleAll(
  ledger: Ledger,
  uln: Uln,
  commands: readonly LearnerRequest[],
): Promise<void> {
  for (const command of commands) {
    const isOfSource = 'submittedBy' in command.data;
    await ledger.handle(
      uln,
      command,
      isOfSource ? askerOf(AWARDING, 'achievement-reporting') : keeperRequest(),
    );
  }
}

/** Publishes everything recorded so far. */
export async function publishAll({ subscribers }: Ledger, bus: string): Promise<void> {
  const publisher = await subscribers.openPublisher(bus);
  await publisher.publish({ once: true, signal: new AbortController().signal });
  await publisher.close();
}

/** How long nothing more is to come after what was expected. */
const SILENCE_MS = 200;

/** Takes messages of a subscriber until as many came as expected and then none for a moment. */
export async function receive(
  bus: string,
  subscriber: string,
  count: number,
): Promise<readonly ReceivedMessage[]> {
  const stop = new AbortController();
  const received: ReceivedMessage[] = [];
  let silence: NodeJS.Timeout | undefined;
  const listen = () => {
    clearTimeout(silence);
    if (received.length >= count) {
      silence = setTimeout(() => stop.abort(), SILENCE_MS);
    }
  };
  listen();
  await subscribe({ bus, subscriber, signal: stop.signal }, (message) => {
    received.push(message);
    listen();
  });
  return received;
}

/** The kinds of messages, in order. */
export function kindsOf(messages: readonly ReceivedMessage[]): readonly string[] {
  return messages.map(({ kind }) => kind);
}

/** Starts publishing in the background, until the test ends. */
export async function keepPublishing({ subscribers }: Ledger, bus: string) {
  const stop = new AbortController();
  const publisher = await subscribers.openPublisher(bus);
  const publishing = publisher.publish({ once: false, signal: stop.signal });
  const end = async () => {
    stop.abort();
    await publishing;
    await publisher.close().catch(() => undefined);
  };
  onTestFinished(end);
  return { end, publishing };
}
