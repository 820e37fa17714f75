import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Subscriber } from '../../domain/subscriber/subscriber.js';
import type { Uln } from '../../domain/values/uln.js';
import { type DisclosedPlr, disclosedTo } from '../../projections/live/disclosed.js';
import type { MergedPlr } from '../../projections/live/mergedPlr.js';
import type { PlrEntry } from '../../projections/live/plrEntries.js';
import { NOW } from '../../projections/live/point.js';
import { entriesOf } from '../../projections/live/quarantine.js';
import { type AccessParts, askAbout, NOTHING_SHOWN } from '../access/asked.js';
import { learnerNotShown } from '../access/judging.js';
import { withoutHidden } from '../access/reading.js';
import { foldLearner } from '../learners/facts.js';
import { recordOf } from '../learners/records.js';
import type { Request } from '../request/request.js';
import { createReferences } from './references.js';
import { type SubscriberRegister, subscriberNotFound } from './subscribers.js';

/**
 * What a message was about, as its subscriber may see it at the moment of asking: the entry that it was
 * about, where that still stands, without the learner's details; else the whole record.
 */
export type Particulars = DisclosedPlr & { readonly about: 'entry' | 'record' };

/**
 * Fetches what a message was about: decided, recorded and only then shown, as any other read. Throws
 * `ERR_SUBSCRIBER_NOT_FOUND` also where the subscriber is another's.
 */
export type FetchParticulars = (
  subscriber: string,
  dataref: string,
  request: Request,
) => Promise<Particulars>;

/** Creates the door to what messages were about. */
export function createParticulars(
  parts: AccessParts,
  register: Pick<SubscriberRegister, 'list'>,
): FetchParticulars {
  const { journal, vault, judging } = parts;

  async function subscriberOf(name: string, { by }: Request): Promise<Subscriber> {
    const found = (await register.list()).find(({ subscriber }) => subscriber === name);
    const isOwn =
      found?.organisation === (by.kind === 'organisation' ? by.ukprn : null) &&
      by.kind !== 'learner';
    if (found === undefined || !isOwn) {
      throw subscriberNotFound();
    }
    return found;
  }

  return async (name, dataref, request) => {
    const subscriber = await subscriberOf(name, request);
    const { stream, id } = createReferences(vault, subscriber).placeOf(dataref);
    const { events } = await journal.read<LearnerEvent>(stream);
    const state = foldLearner(events);
    if (state.status !== 'issued') {
      throw learnerNotShown();
    }
    const asker = { ...request, purpose: subscriber.purpose };
    const { tags, read, judged } = await askAbout(parts, state.uln, asker, 'read', null);
    const key = entriesOf(events).get(id) ?? null;
    const fields = key === null ? ['names', 'dateOfBirth', 'gender', 'entries'] : ['uln', 'entry'];
    await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, code: null });
    judging.requireAllowed(judged);
    const record = recordOf(withoutHidden(read), NOW);
    const plr = disclosedTo(record, null);
    return key === null
      ? { about: 'record', ...plr }
      : { about: 'entry', ...entryAlone(plr, keyIn(record, state.uln, key)) };
  };
}

/** The key under which a merged record shows what was recorded under one ULN. */
function keyIn(record: MergedPlr, uln: Uln, key: string): string | null {
  const entries = record.qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
  const shown = entries.find(({ sources }) =>
    sources.some((source) => source.uln === uln && entryKey(source.reference) === key),
  );
  return shown?.key ?? null;
}

/** What is disclosed of one entry, and of nothing else. */
function entryAlone(plr: DisclosedPlr, key: string | null): DisclosedPlr {
  const isIt = (entry: PlrEntry) => entry.key === key;
  const qualifications = plr.qualifications
    .map((qualification) => ({
      ...qualification,
      achievements: qualification.achievements.filter(isIt),
      participations: qualification.participations.filter(isIt),
    }))
    .filter(({ achievements, participations }) => achievements.length + participations.length > 0);
  const challenges = plr.challenges.filter(({ entry }) => entry !== null && entry === key);
  return { uln: plr.uln, details: null, qualifications, challenges };
}
