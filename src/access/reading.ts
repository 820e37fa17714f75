import { outsideOrganisation } from '../../domain/access/request.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Uln } from '../../domain/uln.js';
import { type DisclosedPlr, disclosedTo } from '../../projections/disclosed.js';
import type { Look } from '../../projections/looks.js';
import { withoutQuarantined } from '../../projections/quarantine.js';
import { NOW, plrAt } from '../../projections/replay.js';
import type { Asker } from './accessLedger.js';
import { type AccessParts, askAbout, type NamedIdentity, NOTHING_SHOWN } from './asked.js';

/** Reading the record of one learner. */
export type Reading = {
  /** A learner's events, whole: for the learner, the keeper and the operator's staff. */
  readonly history: (uln: Uln, asker: Asker) => Promise<ShownEvents>;
  /** A learner's record: what an outside organisation may see of it now, or everything for who may see that. */
  readonly record: (uln: Uln, asker: Asker, identity: NamedIdentity) => Promise<Disclosed>;
  /** Who looked at a learner, when and for what, the latest first. For the learner and the keeper. */
  readonly looks: (uln: Uln, asker: Asker, limit: number) => Promise<readonly Look[]>;
};

/** The events that are shown, and how many the stream holds with those that are not. */
export type ShownEvents = {
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly count: number;
};

/** What is shown of a record: every event, or the part that an outside organisation sees. */
export type Disclosed =
  | ({ readonly kind: 'whole' } & ShownEvents)
  | { readonly kind: 'part'; readonly plr: DisclosedPlr };

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

  async function history(uln: Uln, asker: Asker): Promise<ShownEvents> {
    const { tag, events, judged } = await askAbout(parts, uln, asker, 'read-history', null);
    const fields = ['details', 'entries', 'sharing', 'challenges', 'history'];
    await judging.note(judged, { ...NOTHING_SHOWN, learners: [tag], fields, code: null });
    judging.requireAllowed(judged);
    return shownTo(asker, events);
  }

  async function record(uln: Uln, asker: Asker, identity: NamedIdentity): Promise<Disclosed> {
    const isOwn = asker.by.kind === 'organisation' && OWN_PURPOSES.includes(asker.purpose);
    const { tag, events, judged } = await askAbout(
      parts,
      uln,
      asker,
      isOwn ? 'read-own' : 'read',
      identity,
    );
    const isOutside = outsideOrganisation(judged.request, judged.facts) !== null;
    const fields = isOutside
      ? ['names', 'dateOfBirth', 'gender', isOwn ? 'own entries' : 'entries']
      : ['details', 'entries', 'sharing', 'challenges'];
    await judging.note(judged, { ...NOTHING_SHOWN, learners: [tag], fields, code: null });
    judging.requireAllowed(judged);
    if (!isOutside) {
      return { kind: 'whole', ...shownTo(asker, events) };
    }
    const source = isOwn && asker.by.kind === 'organisation' ? asker.by.ukprn : null;
    return { kind: 'part', plr: disclosedTo(plrAt(withoutQuarantined(events), NOW), source) };
  }

  return {
    history,
    record,
    looks: async (uln, asker, limit) => {
      const { tag, judged } = await askAbout(parts, uln, asker, 'read-history', null);
      const shown = { ...NOTHING_SHOWN, learners: [tag], fields: ['looks'], code: null };
      await judging.note(judged, shown);
      judging.requireAllowed(judged);
      await ledger.catchUp();
      return looks.of([tag], limit);
    },
  };
}

/** Quarantined entries are shown to whoever was let in for data protection, and to nobody else. */
function shownTo(asker: Asker, events: readonly Recorded<LearnerEvent>[]): ShownEvents {
  const isDataProtection = asker.purpose === 'data-protection' && asker.by.kind !== 'learner';
  return {
    events: isDataProtection ? events : withoutQuarantined(events),
    count: events.length,
  };
}
