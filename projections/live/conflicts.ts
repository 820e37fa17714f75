import { entryKey } from '../../domain/learner/entry/entries.js';
import { isRedacted } from '../../domain/redaction.js';
import type { Uln } from '../../domain/values/uln.js';
import type { PlrEntry } from './plrEntries.js';

/** Entries that speak of one participation or achievement and say different things of it. */
export type PlrConflict = {
  /** The keys of the two entries. */
  readonly key: string;
  readonly entries: readonly [string, string];
  /** The fields in which they differ. */
  readonly fields: readonly string[];
};

/** An entry with the ULNs under which it was recorded. */
type RecordedEntry = PlrEntry & { readonly ulns: readonly Uln[] };

/** What has to be equal for two entries to be the same; that nothing was said counts as an answer. */
const EQUAL: Readonly<Record<PlrEntry['reference']['kind'], readonly string[]>> = {
  achievement: ['subjectCode', 'achievementAwardDate', 'grade'],
  participation: ['subjectCode', 'participationStartDate', 'participationEndDate'],
};

/** What must not be said differently; who says nothing of it contradicts nobody. */
const NOT_CONTRADICTED = ['awardingOrganisation', 'learningProvider', 'credits', 'level'] as const;

/**
 * True where two sources report the same: kind, standing, subject, dates and grade are equal, and
 * neither awarding organisation, provider, credits nor level contradict. What is redacted cannot be
 * compared, and is not taken for the same.
 */
export function isSameEntry(one: PlrEntry, other: PlrEntry): boolean {
  const { kind } = one.reference;
  return (
    kind === other.reference.kind &&
    EQUAL[kind].every((name) => !isRedacted(one.values[name]) && !isRedacted(other.values[name])) &&
    contradictions(one, other).length === 0
  );
}

/**
 * Entries of different ULNs that are of one award or attendance (the same subject on the same day, or
 * the same id of the same source) and contradict each other.
 */
export function disagreements(entries: readonly RecordedEntry[]): readonly PlrConflict[] {
  return entries.flatMap((one, index) =>
    entries.slice(index + 1).flatMap((other) => {
      const fields = isOfSame(one, other) ? contradictions(one, other) : [];
      return fields.length === 0
        ? []
        : [{ key: `${one.key} | ${other.key}`, entries: [one.key, other.key] as const, fields }];
    }),
  );
}

function isOfSame(one: RecordedEntry, other: RecordedEntry): boolean {
  const isOfOneUln =
    one.ulns.length === 1 && other.ulns.length === 1 && one.ulns[0] === other.ulns[0];
  if (isOfOneUln || one.reference.kind !== other.reference.kind) {
    return false;
  }
  const [subjectCode = '', date = ''] = EQUAL[one.reference.kind];
  const isOfOneDay =
    one.values[subjectCode] === other.values[subjectCode] &&
    one.values[date] === other.values[date];
  return isOfOneDay || entryKey(one.reference) === entryKey(other.reference);
}

function contradictions(one: PlrEntry, other: PlrEntry): readonly string[] {
  const differs = (name: string) => one.values[name] !== other.values[name];
  const isSilent = (name: string) => one.values[name] === null || other.values[name] === null;
  const isHidden = (name: string) => isRedacted(one.values[name]) || isRedacted(other.values[name]);
  return [
    ...(one.standing === other.standing ? [] : ['standing']),
    ...EQUAL[one.reference.kind].filter((name) => differs(name) && !isHidden(name)),
    ...NOT_CONTRADICTED.filter((name) => differs(name) && !isHidden(name) && !isSilent(name)),
  ];
}
