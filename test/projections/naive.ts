import type { ImportEvent } from '../../domain/imports/events.js';
import { heldRows } from '../../domain/imports/heldRows.js';
import {
  compareDemographics,
  type Demographics,
  type KnownLearner,
  type Match,
} from '../../domain/learner/details/matching.js';
import type { EntryReference } from '../../domain/learner/entry/entries.js';
import type { Uln } from '../../domain/values/uln.js';
import { NOW } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import type { OpenChallenge } from '../../projections/views/challenges.js';
import type { WaitingRow } from '../../projections/views/held.js';
import type { ReviewCounts } from '../../projections/views/reviews.js';
import type { StatisticsRow } from '../../projections/views/statistics.js';
import type { ListedReview } from '../../src/erasure/reviews.js';
import type { MergeStatus } from '../../src/learners/merging.js';
import type { Ledger } from '../../src/ledger/ledger.js';

// What the views should say, worked out from every learner's record anew and in no clever way.

/** Standing achievements counted in the records of learners, in the order of the view. */
export async function naiveStatistics(
  ledger: Ledger,
  ulns: readonly Uln[],
): Promise<readonly StatisticsRow[]> {
  const rows = new Map<string, StatisticsRow>();
  for (const uln of ulns) {
    const { qualifications } = plrAt(await ledger.read(uln), NOW);
    for (const { standing, reference, values } of qualifications.flatMap((one) => [
      ...one.achievements,
    ])) {
      const { subjectCode, source, achievementAwardDate } = values;
      const place = {
        subjectCode: String(subjectCode),
        source: String(source),
        submittedBy: reference.submittedBy as string,
        year: Number(String(achievementAwardDate).slice(0, 4)),
      };
      const key = Object.values(place).join(' ');
      const { final, provisional } = rows.get(key) ?? { final: 0, provisional: 0 };
      rows.set(key, {
        ...place,
        final: final + (standing === 'final' ? 1 : 0),
        provisional: provisional + (standing === 'provisional' ? 1 : 0),
      });
    }
  }
  return [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, row]) => row);
}

/** The challenges that wait in the records of learners, each as `<uln> <id> <due date> <what it is on>`. */
export async function naiveChallenges(
  ledger: Ledger,
  ulns: readonly Uln[],
): Promise<readonly string[]> {
  const open: string[] = [];
  for (const uln of ulns) {
    const { challenges } = plrAt(await ledger.read(uln), NOW);
    for (const { key, number, entry, state, dueDate, extended, resolvedAt } of challenges) {
      const waits = state === 'open' || (state === 'upheld' && resolvedAt === null);
      const said = `${state === 'open' ? 'open' : 'to-correct'} ${extended}`;
      open.push(...(waits ? [`${uln} ${key} ${number} ${dueDate} ${entry} ${said}`] : []));
    }
  }
  return open.toSorted();
}

/** A challenge of the view as `naiveChallenges` writes it. */
export function challengeText({
  uln,
  challengeId,
  challengeNumber,
  dueDate,
  entry,
  state,
  extended,
}: OpenChallenge & { readonly uln: Uln }): string {
  const on = entry === null ? null : `${entry.kind} ${entry.submittedBy} ${entry.entryId}`;
  return `${uln} ${challengeId} ${challengeNumber} ${dueDate} ${on} ${state} ${extended}`;
}

/** What a search should answer: its kind, and each learner as `<uln> <kind> <differing fields> <mistyped field> <by which ULN>`. */
export async function naiveFind(
  ledger: Ledger,
  ulns: readonly Uln[],
  asked: Demographics,
): Promise<{ readonly kind: string; readonly learners: readonly string[] }> {
  type Found = {
    readonly text: string;
    readonly kind: string;
    readonly mistyped: boolean;
    readonly order: string;
  };
  const byMaster = new Map<Uln, Found>();
  for (const uln of ulns) {
    const { details } = plrAt(await ledger.read(uln), NOW);
    const { found: master } = await ledger.resolve(uln);
    // A ULN that was retired is nobody's any more, and is not found by names.
    const { retired } = plrAt(await ledger.read(master), NOW).merging;
    if (details === null || retired !== null) {
      continue;
    }
    // Sound: a record's details have every field by its name.
    const match = compareDemographics(asked, details as unknown as KnownLearner);
    if (match.kind !== 'none') {
      const distance = match.kind === 'exact' ? 0 : match.differing.length + 1;
      const via = master === uln ? '' : `via ${match.differing} ${uln}`;
      const text = `${candidateText(master, match)} ${via === '' ? 'itself' : uln}`;
      const mistyped = match.mistyped !== null;
      const one = { text, kind: match.kind, mistyped, order: `${distance} ${via}` };
      const known = byMaster.get(master);
      byMaster.set(master, known !== undefined && known.order < one.order ? known : one);
    }
  }
  const found = [...byMaster.values()];
  const exact = found.filter(({ kind }) => kind === 'exact');
  const unmistyped = found.filter(({ mistyped }) => !mistyped);
  const possible = found.length > 10 && unmistyped.length > 0 ? unmistyped : found;
  const shown = exact.length === 1 ? exact : possible;
  if (shown.length === 0 || shown.length > 10) {
    return { kind: shown.length === 0 ? 'none' : 'too-many', learners: [] };
  }
  const isLinked = shown.length === 1 && !shown[0]?.text.endsWith('itself');
  const kind = exact.length === 1 ? (isLinked ? 'linked' : 'exact') : 'possible';
  return { kind, learners: shown.map(({ text }) => text).toSorted() };
}

/** What `find` answers, in the form of `naiveFind`. */
export async function foundBy(ledger: Ledger, asked: Demographics) {
  const answer = await ledger.find(asked);
  const candidates = 'candidates' in answer ? answer.candidates : [];
  const learners = candidates.map(
    (candidate) =>
      `${candidateText(candidate.learner.uln, candidate)} ${candidate.linked ?? 'itself'}`,
  );
  return { kind: answer.kind, learners: learners.toSorted() };
}

function candidateText(uln: Uln, { kind, differing, mistyped }: Match): string {
  return `${uln} ${kind} ${differing} ${mistyped}`;
}

/** The rows that wait in imports, each as `<import> <row> <code> <submitted by>`. */
export async function naiveHeld(
  ledger: Ledger,
  imports: readonly string[],
): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const stream of imports) {
    const { events } = await ledger.parts.journal.read<ImportEvent>(stream);
    const { started, rows } = events.reduce(
      (state, { event }) => heldRows.evolve(state, event),
      heldRows.initialState,
    );
    for (const { row, code, state } of rows.values()) {
      waiting.push(
        ...(state === 'held' ? [`${stream} ${row} ${code} ${started?.submittedBy}`] : []),
      );
    }
  }
  return waiting.toSorted();
}

/** A row of the view as `naiveHeld` writes it. */
export function heldText({ import: stream, row, code, submittedBy }: WaitingRow): string {
  return `${stream} ${row} ${code} ${submittedBy}`;
}

/** What waits for a person in the events of learners, each as `<uln> <kind> <id> <what it is on>`. */
export async function naiveReviews(
  ledger: Ledger,
  ulns: readonly Uln[],
): Promise<readonly string[]> {
  const waiting: string[] = [];
  for (const uln of ulns) {
    const open = new Map<string, { key: string | null; event: string; fields: string[] }>();
    for (const { event } of await ledger.readAll(uln)) {
      if (event.type === 'ReviewFlagged') {
        const { flagId, entry, event: flagged, fields } = event.data;
        open.set(`flag ${flagId}`, { key: keyOf(entry), event: flagged, fields: [...fields] });
      } else if (event.type === 'ReviewReported') {
        const { reportId, entry } = event.data;
        open.set(`report ${reportId}`, { key: keyOf(entry), event: '', fields: [] });
      } else if (event.type === 'ReviewDismissed') {
        open.delete(`flag ${event.data.reviewId}`);
        open.delete(`report ${event.data.reviewId}`);
      } else if (event.type === 'EntryQuarantined') {
        const { quarantineId, entry } = event.data;
        open.set(`quarantine ${quarantineId}`, { key: keyOf(entry), event: '', fields: [] });
      } else if (event.type === 'QuarantineLifted') {
        for (const [id, { key }] of open) {
          if (key === keyOf(event.data.entry)) {
            open.delete(id);
          }
        }
      } else if (event.type === 'SensitiveDataRedacted') {
        for (const [id, one] of open) {
          const left = one.fields.filter((field) => event.data.digests[field] === undefined);
          const isTarget = one.event === event.data.target;
          if (isTarget && left.length === 0) {
            open.delete(id);
          } else if (isTarget) {
            open.set(id, { ...one, fields: left });
          }
        }
      }
    }
    waiting.push(...[...open].map(([id, { key }]) => `${uln} ${id} ${key}`));
  }
  return waiting.toSorted();
}

/** What waits in the view as `naiveReviews` writes it. */
export function reviewText({ uln, kind, id, entry }: ListedReview): string {
  return `${uln} ${kind} ${id} ${keyOf(entry)}`;
}

/** How often each thing happened in all events, without the days. */
export async function naiveCounts(ledger: Ledger, ulns: readonly Uln[]): Promise<ReviewCounts> {
  const all = (await Promise.all(ulns.map((uln) => ledger.readAll(uln)))).flat();
  const types = all.map(({ event }) =>
    event.type === 'QuarantineLifted'
      ? `Quarantine ${event.data.outcome}`
      : event.type === 'SensitiveDataRedacted'
        ? `Redacted ${event.data.basis}`
        : event.type,
  );
  const count = (...names: readonly string[]) =>
    types.filter((type) => names.includes(type)).length;
  return {
    flagged: count('ReviewFlagged'),
    reported: count('ReviewReported'),
    quarantined: count('EntryQuarantined'),
    dismissed: count('ReviewDismissed', 'Quarantine dismissed'),
    redacted: count('Redacted special-category-data'),
  };
}

function keyOf(entry: EntryReference | null): string | null {
  return entry === null ? null : `${entry.kind} ${entry.submittedBy} ${entry.entryId}`;
}

/** Which merges there are, each as `<id> <decided> <applied>`: standing, ended or never. */
export async function naiveMerges(
  ledger: Ledger,
  ulns: readonly Uln[],
): Promise<readonly string[]> {
  const sides = new Map<string, { decided: string; applied: string }>();
  const say = (mergeId: string, said: { decided?: string; applied?: string }) =>
    sides.set(mergeId, { decided: 'never', applied: 'never', ...sides.get(mergeId), ...said });
  for (const uln of ulns) {
    for (const { event } of await ledger.read(uln)) {
      switch (event.type) {
        case 'LearnersMerged':
          say(event.data.mergeId, { decided: 'standing' });
          break;
        case 'LearnersUnmerged':
          say(event.data.mergeId, { decided: event.data.cause });
          break;
        case 'LearnerSuperseded':
          say(event.data.mergeId, { applied: 'standing' });
          break;
        case 'SupersessionEnded':
          say(event.data.mergeId, { applied: 'ended' });
          break;
        default:
      }
    }
  }
  return [...sides].map(([id, { decided, applied }]) => `${id} ${decided} ${applied}`).toSorted();
}

/** A merge of the list as `naiveMerges` writes it. */
export function mergeText({ mergeId, cause, decidedAt, appliedAt, state }: MergeStatus): string {
  const decided = decidedAt === null ? 'never' : (cause ?? 'standing');
  // Pending says that the two sides differ.
  const isApplied = state === 'merged' || (state === 'pending' && decided !== 'standing');
  const applied = appliedAt === null ? 'never' : isApplied ? 'standing' : 'ended';
  return `${mergeId} ${decided} ${applied}`;
}
