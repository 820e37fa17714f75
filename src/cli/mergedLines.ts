import type { MergedEntry, MergedPlr } from '../../projections/live/mergedPlr.js';
import type { ReadRecord } from '../learners/records.js';
import { valueText } from './format.js';

/**
 * What a record says besides its entries where ULNs were merged or retired: lines of text, none
 * elsewhere. What was read of it says which ULN of a chain each was merged into: a merge is undone there.
 */
export function mergedLines(
  plr: MergedPlr,
  { found, merged: read }: Pick<ReadRecord, 'found' | 'merged'>,
): readonly string[] {
  const { merging, conflicts } = plr;
  const { retired, merged, supersededBy } = merging;
  return [
    ...(retired === null
      ? []
      : ['', `ULN retired on ${retired.since.slice(0, 10)} (${retired.cause})`]),
    ...(supersededBy === null
      ? []
      : ['', `Superseded by ${supersededBy.master} (merge ${supersededBy.mergeId})`]),
    ...(merged.length === 0 ? [] : ['', 'Merged ULNs']),
    ...merged.map(({ uln, key, since }) => {
      const into = read.find(({ mergeId }) => mergeId === key)?.into ?? found;
      const where = into === found ? '' : ` into ${into}`;
      return `  ${uln}  since ${since.slice(0, 10)}${where} (merge ${key})`;
    }),
    ...(merged.length === 0 ? [] : sourceLines(plr)),
    ...(conflicts.length === 0 ? [] : ['', 'Conflicts: these cannot both be right']),
    ...conflicts.flatMap(({ entries, fields }) => [
      `  differ in ${fields.join(', ')}:`,
      ...entries.map((key) => `    ${entryText(plr, key, fields)}`),
    ]),
    ...challengeLines(plr),
  ];
}

function sourceLines(plr: MergedPlr): readonly string[] {
  const foreign = entriesOf(plr).filter(
    ({ sources }) => sources.length > 1 || sources[0]?.uln !== plr.uln,
  );
  return [
    ...(foreign.length === 0 ? [] : ['', 'Recorded under other ULNs too, or alone']),
    ...foreign.map(({ key, sources }) => {
      const texts = sources.map(
        ({ uln, reference }) => `${uln} by ${reference.submittedBy} as ${reference.entryId}`,
      );
      return `  ${key}: ${texts.join('; ')}`;
    }),
  ];
}

/** Numbers of challenges count within each ULN: where there are several, say which is whose. */
function challengeLines({ challenges, uln }: MergedPlr): readonly string[] {
  const foreign = challenges.filter((challenge) => challenge.uln !== uln);
  return [
    ...(foreign.length === 0 ? [] : ['', 'Challenges raised under other ULNs']),
    ...foreign.map(
      (challenge) => `  ${challenge.number} of ${challenge.uln}: ${valueText(challenge.reason)}`,
    ),
  ];
}

function entryText(plr: MergedPlr, key: string, fields: readonly string[]): string {
  const entry = entriesOf(plr).find((one) => one.key === key);
  const said = fields.map((name) =>
    name === 'standing' ? entry?.standing : `${name} ${valueText(entry?.values[name])}`,
  );
  return `${key}: ${said.join(', ')}`;
}

function entriesOf({ qualifications }: MergedPlr): readonly MergedEntry[] {
  return qualifications.flatMap(({ achievements, participations }) => [
    ...achievements,
    ...participations,
  ]);
}
