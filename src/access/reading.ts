import { outsideOrganisation } from '../../domain/access/request.js';
import type { LearnerEventData } from '../../domain/learner/events.js';
import type { Uln } from '../../domain/values/uln.js';
import { type DisclosedPlr, disclosedTo } from '../../projections/live/disclosed.js';
import type { Look } from '../../projections/live/looks.js';
import { NOW, type Point } from '../../projections/live/point.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import { type ReadRecord, recordOf } from '../learners/records.js';
import type { Asker } from './accessLedger.js';
import {
  type AccessParts,
  askAbout,
  type NamedIdentity,
  NOTHING_SHOWN,
  recordsOf,
} from './asked.js';
import { digestsOf } from './guard.js';

/** Reading the record of one learner. */
export type Reading = {
  /** What the record is made of, whole, at a point: for the learner, the keeper and the operator's staff. */
  readonly history: (uln: Uln, asker: Asker, at?: Point) => Promise<ShownRecord>;
  /** A learner's record: what an outside organisation may see of it now, or everything for who may see that. */
  readonly record: (
    uln: Uln,
    asker: Asker,
    identity: NamedIdentity,
    at?: Point,
  ) => Promise<Disclosed>;
  /** Who looked at a learner, when and for what, the latest first. For the learner and the keeper. */
  readonly looks: (uln: Uln, asker: Asker, limit: number) => Promise<readonly Look[]>;
};

/** The events that are shown, and how many the stream of the ULN found holds with those that are not. */
export type ShownRecord = { readonly read: ReadRecord; readonly count: number };

/** What is shown of a record: everything it is made of, or the part that an outside organisation sees. */
export type Disclosed =
  | ({
      readonly kind: 'whole';
      /** That the learner is handled as restricted, and why, of each of their ULNs: for data protection alone. */
      readonly restrictions: readonly LearnerEventData<'HandlingChanged'>[];
    } & ShownRecord)
  | ({ readonly kind: 'part'; readonly plr: DisclosedPlr } & Pick<ReadRecord, 'asked' | 'found'>);

/** For these purposes a source sees what it submitted itself, and no more. */
const OWN_PURPOSES = [
  'participation-reporting',
  'achievement-reporting',
  'data-correction',
  'data-challenge',
];

/** Creates the doors to the record of one learner. */
export function createReading(parts: AccessParts): Reading {
  const { judging, ledger, looks } = parts;

  /** The record at a point, for who may see it whole: by the merges that were known then. */
  async function shownAt(asker: Asker, read: ReadRecord, at: Point): Promise<ShownRecord> {
    const there = at === NOW ? read : await recordsOf(parts).readRecord(read.asked, at);
    // Quarantined entries are shown to whoever was let in for data protection, and to nobody else.
    const isDataProtection = asker.purpose === 'data-protection' && asker.by.kind !== 'learner';
    return {
      read: isDataProtection ? there : withoutHidden(there),
      count: there.events.length,
    };
  }

  async function history(uln: Uln, asker: Asker, at: Point = NOW): Promise<ShownRecord> {
    const { tags, read, judged } = await askAbout(parts, uln, asker, 'read-history', null);
    const fields = ['details', 'entries', 'sharing', 'challenges', 'history'];
    await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, code: null });
    judging.requireAllowed(judged);
    return shownAt(asker, read, at);
  }

  async function record(
    uln: Uln,
    asker: Asker,
    identity: NamedIdentity,
    at: Point = NOW,
  ): Promise<Disclosed> {
    const isOwn = asker.by.kind === 'organisation' && OWN_PURPOSES.includes(asker.purpose);
    const action = isOwn ? 'read-own' : 'read';
    const { tags, read, judged } = await askAbout(parts, uln, asker, action, identity);
    const isOutside = outsideOrganisation(judged.request, judged.facts) !== null;
    const fields = isOutside
      ? ['names', 'dateOfBirth', 'gender', isOwn ? 'own entries' : 'entries']
      : ['details', 'entries', 'sharing', 'challenges'];
    // Only the date of birth of who is named: the names are what it is tried beside.
    const tried = { givenName: null, familyName: null, gender: null, lastKnownPostCode: null };
    const search =
      identity?.dateOfBirth == null
        ? null
        : digestsOf(parts.vault, { ...tried, dateOfBirth: identity.dateOfBirth }, uln);
    await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, search, code: null });
    judging.requireAllowed(judged);
    if (!isOutside) {
      const restrictions = asker.purpose === 'data-protection' ? restrictionsIn(read) : [];
      return { kind: 'whole', restrictions, ...(await shownAt(asker, read, at)) };
    }
    const source = isOwn && asker.by.kind === 'organisation' ? asker.by.ukprn : null;
    const plr = disclosedTo(recordOf(withoutHidden(read), NOW), source);
    return { kind: 'part', plr, asked: read.asked, found: read.found };
  }

  return {
    history,
    record,
    looks: async (uln, asker, limit) => {
      const { tags, judged } = await askAbout(parts, uln, asker, 'read-history', null);
      const shown = { ...NOTHING_SHOWN, learners: tags, fields: ['looks'], code: null };
      await judging.note(judged, shown);
      judging.requireAllowed(judged);
      await ledger.catchUp();
      return looks.of(tags, limit);
    },
  };
}

/** The restricted handling that stands on each ULN of the person. */
function restrictionsIn({
  events,
  merged,
}: ReadRecord): readonly LearnerEventData<'HandlingChanged'>[] {
  return [events, ...merged.map((other) => other.events)].flatMap((one) => {
    const last = one.findLast(({ event }) => event.type === 'HandlingChanged')?.event;
    return last?.type === 'HandlingChanged' && last.data.level === 'restricted' ? [last.data] : [];
  });
}

/** What was read without what is under quarantine. */
export function withoutHidden(read: ReadRecord): ReadRecord {
  return {
    ...read,
    events: withoutQuarantined(read.events),
    merged: read.merged.map((other) => ({ ...other, events: withoutQuarantined(other.events) })),
  };
}
