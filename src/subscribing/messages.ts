import type { Action } from '../../domain/access/events.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Learner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import {
  type Message,
  type MessageData,
  type MessageKind,
  typeOfKind,
} from '../../domain/subscriber/message.js';
import { canBeNews } from '../../domain/subscriber/news.js';
import type { Subscriber } from '../../domain/subscriber/subscriber.js';
import type { Uln } from '../../domain/values/uln.js';
import { entriesOf } from '../../projections/live/quarantine.js';
import type { StoredEvent } from '../../streams/eventStore.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Asker } from '../access/accessLedger.js';
import { NOTHING_SHOWN } from '../access/asked.js';
import type { Judged, Judging } from '../access/judging.js';
import { followUpCommandId, learnerStream } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import { learnerFactsOf } from '../learners/facts.js';
import { createReferences, type References } from './references.js';
import { isShown, type Told, toldOf } from './told.js';

/** A message to one subscriber that may be sent, once `record` has recorded that it is. */
type Outgoing = {
  readonly subscriber: string;
  readonly message: Message;
  readonly record: () => Promise<void>;
};

/** What is to be told of one event, and to whom: decided at the moment of the question. */
export type MessagesFor = (
  stored: StoredEvent,
  subscribers: readonly Subscriber[],
) => Promise<readonly Outgoing[]>;

/** Creates the making of messages. */
export function createMessages(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly judging: Judging;
  readonly origin: string;
}): MessagesFor {
  const { journal, vault, judging, origin } = parts;
  const known = new Map<string, References>();

  function referencesOf(subscriber: Subscriber): References {
    const name = `${subscriber.subscriber} ${subscriber.generation}`;
    const references = known.get(name) ?? createReferences(vault, subscriber);
    known.set(name, references);
    return references;
  }

  function judge(
    subscriber: Subscriber,
    { recorded, basis }: Told,
    states: readonly Learner[],
    action: Action,
  ): Promise<Judged> {
    const learner = learnerFactsOf(states, null);
    return judging.judge(askerFor(subscriber, recorded), action, { learner, basis });
  }

  /** What a subscriber is told, by which decision; `null` where it is told nothing. */
  async function decide(
    subscriber: Subscriber,
    told: Told,
  ): Promise<{ readonly kind: MessageKind; readonly judged: Judged } | null> {
    const { news, states } = told;
    const ifAllowed = async (kind: MessageKind, action: Action) => {
      const judged = await judge(subscriber, told, states, action);
      return judged.outcome === 'allowed' ? { kind, judged } : null;
    };
    switch (news.about) {
      case 'achievement': {
        const isGone = news.kind === 'achievement.withdrawn';
        return isGone || isShown(told) ? ifAllowed(news.kind, 'follow') : null;
      }
      case 'sharing': {
        const before = await judge(subscriber, told, told.statesBefore, 'follow');
        const after = await judge(subscriber, told, told.statesAfter, 'follow');
        if (isShared(before) === isShared(after)) {
          return null;
        }
        return isShared(before)
          ? ifAllowed('sharing.withdrawn', 'retract')
          : // Where it was withdrawn again since, that is told in its turn.
            ifAllowed('sharing.restored', 'follow');
      }
      case 'redaction':
        return ifAllowed('record.redacted', 'retract');
      case 'merging':
        return ifAllowed(news.kind, 'retract');
    }
  }

  async function dataOf(references: References, told: Told): Promise<MessageData> {
    const { news, recorded, events } = told;
    const { stream } = recorded;
    const learner = references.learner(stream);
    switch (news.about) {
      case 'achievement':
        return { learner, entry: references.entry(stream, entryKey(news.entry)) };
      case 'sharing':
        return { learner };
      case 'redaction': {
        const key = entriesOf(events).get(news.event ?? '');
        const entry = key === undefined ? null : references.entry(stream, key);
        return { learner, entry, event: news.event };
      }
      case 'merging':
        return {
          learner: references.learner(await streamOf(news.master)),
          superseded: learner,
        };
    }
  }

  async function streamOf(uln: Uln): Promise<string> {
    const [newest = 1, ...older] = vault.indexGenerations();
    for (const generation of older) {
      const stream = learnerStream(vault, generation, uln);
      if ((await journal.endOf(stream)).version > 0) {
        return stream;
      }
    }
    return learnerStream(vault, newest, uln);
  }

  async function messageOf(
    subscriber: Subscriber,
    told: Told,
    kind: MessageKind,
  ): Promise<Message> {
    const references = referencesOf(subscriber);
    const { id, stream, version, recordedAt: time, position } = told.recorded;
    const data = await dataOf(references, told);
    // Sound: `dataOf` gives news of each sort the data of its kinds.
    return {
      specversion: '1.0',
      id,
      source: `//${origin}`,
      type: typeOfKind(kind),
      subject: references.learner(stream),
      time,
      datacontenttype: 'application/json',
      dataref: references.dataref({ stream, version, id }),
      position,
      kind,
      data,
    } as Message;
  }

  return async (stored, subscribers) => {
    if (!stored.stream.startsWith('learner-') || !canBeNews(stored.type)) {
      return [];
    }
    const told = await toldOf(parts, stored);
    if (told === null) {
      return [];
    }
    const outgoing: Outgoing[] = [];
    for (const subscriber of subscribers.filter(concerns(told))) {
      const decided = await decide(subscriber, told);
      if (decided !== null && subscriber.kinds.includes(decided.kind)) {
        outgoing.push({
          subscriber: subscriber.subscriber,
          message: await messageOf(subscriber, told, decided.kind),
          record: async () => {
            const shown = {
              ...NOTHING_SHOWN,
              learners: told.tags,
              fields: [`message: ${decided.kind}`],
            };
            await judging.record(decided.judged, { ...shown, code: null });
          },
        });
      }
    }
    return outgoing;
  };
}

/** Whoever cannot be concerned is not asked about: most organisations never had to do with most learners. */
function concerns({ states }: Told): (subscriber: Subscriber) => boolean {
  const linked = new Set(
    states.flatMap((state) =>
      state.status === 'issued' ? [...state.connections.values()].map(({ ukprn }) => ukprn) : [],
    ),
  );
  return ({ organisation }) => organisation === null || linked.has(organisation);
}

/** Whether a record is shared with who asked: our own services see one that is not, and are told all the same. */
function isShared({ outcome, request, facts: { learner } }: Judged): boolean {
  const since = learner?.optedOutSince ?? null;
  return outcome === 'allowed' && (since === null || since > request.on);
}

/** The subscriber as who asks, in a command that follows from the event. */
function askerFor(
  { subscriber, organisation, user, purpose }: Subscriber,
  { id }: Recorded<LearnerEvent>,
): Asker {
  return {
    by: organisation === null ? { kind: 'keeper' } : { kind: 'organisation', ukprn: organisation },
    user,
    purpose,
    commandId: followUpCommandId(id, `message to ${subscriber}`),
  };
}
