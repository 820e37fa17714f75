import type { EntryReference } from '../../domain/learner/entry/entries.js';
import type { Values } from '../../domain/learner/state.js';
import type { Instant } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { disagreements, isSameEntry, type PlrConflict } from './conflicts.js';
import type { Plr, PlrQualification } from './plr.js';
import type { PlrChallenge } from './plrChallenges.js';
import type { PlrEntry } from './plrEntries.js';

/** Where an entry of a merged record comes from. */
export type EntrySource = {
  /** The ULN under which it was recorded. */
  readonly uln: Uln;
  readonly reference: EntryReference;
  readonly recordedAt: Instant;
  readonly correctedAt: Instant | null;
  /** What this source says otherwise than the entry shows. */
  readonly differing: Values;
};

/** An entry of a merged record. What was recorded under several ULNs alike is one entry of several sources. */
export type MergedEntry = PlrEntry & { readonly sources: readonly EntrySource[] };

/** A qualification of a merged record. */
export type MergedQualification = Omit<PlrQualification, 'achievements' | 'participations'> & {
  readonly achievements: readonly MergedEntry[];
  readonly participations: readonly MergedEntry[];
};

/** A challenge of a merged record: numbers count within the ULN under which it was raised. */
export type MergedChallenge = PlrChallenge & { readonly uln: Uln };

/** One record of everything recorded under a master and the ULNs that it answers for. */
export type MergedPlr = Omit<Plr, 'qualifications' | 'challenges'> & {
  readonly qualifications: readonly MergedQualification[];
  readonly challenges: readonly MergedChallenge[];
  /** Entries recorded under different ULNs that cannot both be right. */
  readonly conflicts: readonly PlrConflict[];
};

/** The record folded from one stream, and the ULN it is of. */
export type RecordPart = { readonly uln: Uln; readonly plr: Plr };

type Group = { readonly shown: PlrEntry; readonly members: readonly Member[] };
type Member = { readonly uln: Uln; readonly entry: PlrEntry };

/**
 * Makes one record of several, the master's first. Details are the master's; sharing is the stricter
 * of all: opted out where any is, from the earliest date. Keys of what was recorded under another ULN
 * than the master's have that ULN behind them, because sources may use an id under both.
 */
export function mergePlrs(master: RecordPart, others: readonly RecordPart[]): MergedPlr {
  const parts = [master, ...others.map(withUlnInKeys)];
  const members = parts.flatMap(({ uln, plr }) =>
    entriesOf(plr).map((entry): Member => ({ uln, entry })),
  );
  const groups = members.reduce<readonly Group[]>(withMember, []);
  const entries = groups.map(toEntry);
  return {
    ...master.plr,
    sharing: strictest(parts.map(({ plr }) => plr.sharing)),
    qualifications: qualificationsOf(parts, entries),
    challenges: parts.flatMap(({ uln, plr }) =>
      plr.challenges.map((challenge) => ({
        ...challenge,
        entry: shownKey(groups, challenge.entry),
        uln,
      })),
    ),
    conflicts: disagreements(
      groups.map(({ shown, members: own }) => ({ ...shown, ulns: own.map(({ uln }) => uln) })),
    ),
  };
}

function withUlnInKeys({ uln, plr }: RecordPart): RecordPart {
  const renamed = (entry: PlrEntry) => ({ ...entry, key: `${entry.key} ${uln}` });
  return {
    uln,
    plr: {
      ...plr,
      qualifications: plr.qualifications.map((qualification) => ({
        ...qualification,
        achievements: qualification.achievements.map(renamed),
        participations: qualification.participations.map(renamed),
      })),
      challenges: plr.challenges.map((challenge) => ({
        ...challenge,
        key: `${challenge.key} ${uln}`,
        entry: challenge.entry === null ? null : `${challenge.entry} ${uln}`,
      })),
    },
  };
}

function entriesOf({ qualifications }: Plr): readonly PlrEntry[] {
  return qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
}

/** Two alike under one ULN stay two, as they are in that ULN's own record. */
function withMember(groups: readonly Group[], member: Member): readonly Group[] {
  const at = groups.findIndex(({ members }) =>
    members.every(({ uln, entry }) => uln !== member.uln && isSameEntry(entry, member.entry)),
  );
  return at === -1
    ? [...groups, { shown: member.entry, members: [member] }]
    : groups.map((group, index) =>
        index === at ? { ...group, members: [...group.members, member] } : group,
      );
}

function toEntry({ shown, members }: Group): MergedEntry {
  const disputedBy = [...new Set(members.flatMap(({ entry }) => entry.disputedBy))];
  return {
    ...shown,
    disputedBy: disputedBy.toSorted((one, other) => one - other),
    sources: members.map(({ uln, entry }) => {
      const { reference, recordedAt, correctedAt } = entry;
      return { uln, reference, recordedAt, correctedAt, differing: differing(entry, shown) };
    }),
  };
}

function differing({ values }: PlrEntry, shown: PlrEntry): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(shown.values[name]),
    ),
  );
}

/** The key under which an entry is shown: that of the group it went into. One withdrawn keeps its own. */
function shownKey(groups: readonly Group[], key: string | null): string | null {
  const group = groups.find(({ members }) => members.some(({ entry }) => entry.key === key));
  return group?.shown.key ?? key;
}

function strictest(sharings: readonly Plr['sharing'][]): Plr['sharing'] {
  const optedOut = sharings
    .flatMap((sharing) => (sharing.optedOut ? [sharing] : []))
    .toSorted((one, other) => one.since.localeCompare(other.since));
  return optedOut[0] ?? { optedOut: false };
}

function qualificationsOf(
  parts: readonly RecordPart[],
  entries: readonly MergedEntry[],
): readonly MergedQualification[] {
  const all = parts.flatMap(({ plr }) => plr.qualifications);
  return [...new Set(all.map(({ key }) => key))].map((key) => {
    const same = all.filter((qualification) => qualification.key === key);
    const own = entries.filter(({ values }) => String(values['subjectCode']) === key);
    const firstOf = (name: 'subject' | 'level') =>
      same.map((qualification) => qualification[name]).find((value) => value !== null) ?? null;
    return {
      key,
      subject: firstOf('subject'),
      level: firstOf('level'),
      achievements: own.filter(({ reference }) => reference.kind === 'achievement'),
      participations: own.filter(({ reference }) => reference.kind === 'participation'),
    };
  });
}
