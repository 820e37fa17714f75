import type { z } from 'zod';
import { learnerDetailsShape, missingAsNull } from '../../domain/learner/details/details.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Comparison } from '../../projections/kept/comparison.js';
import type { GenerationStatus } from '../../projections/kept/generationStatus.js';
import type { KeptView } from '../../projections/kept/keptView.js';
import {
  createRebuilding,
  type RebuildOptions,
  type Rebuilt,
} from '../../projections/kept/rebuild.js';
import type { Runner } from '../../projections/kept/runner.js';
import type { EventSource } from '../../projections/kept/source.js';
import type { ViewsDatabase } from '../../projections/kept/views.js';
import { keptViews } from '../../projections/views/all.js';
import {
  type ChallengeQuery,
  challenges,
  type OpenChallenge,
  selectOpenChallenges,
} from '../../projections/views/challenges.js';
import {
  type ListedOrganisation,
  organisations,
  selectOrganisations,
} from '../../projections/views/organisations.js';
import {
  type Candidate,
  MAX_CANDIDATES,
  register,
  searchRegister,
} from '../../projections/views/register.js';
import {
  type StatisticsQuery,
  type StatisticsRow,
  selectStatistics,
  statistics,
} from '../../projections/views/statistics.js';
import type { Journal } from '../journal/journal.js';
import { type FindAnswer, type FoundCandidate, withMasters } from '../learners/linking.js';
import { type Records, SUBSTITUTED } from '../learners/records.js';
import { parseInput } from '../request/input.js';

const shape = learnerDetailsShape;

/** What a learner is searched by: names and date of birth, and what else is known. */
const Search = missingAsNull({
  givenName: shape.givenName,
  preferredGivenName: shape.preferredGivenName,
  familyName: shape.familyName,
  previousFamilyName: shape.previousFamilyName,
  familyNameAtAge16: shape.familyNameAtAge16,
  dateOfBirth: shape.dateOfBirth,
  gender: shape.gender.nullable(),
  lastKnownPostCode: shape.lastKnownPostCode.nullable(),
});

/** The names of the fields that a search may have. */
export const searchFields: readonly string[] = Object.keys(Search.shape);

/** Demographics as a caller may write them. */
export type SearchInput = z.input<typeof Search>;

/** A waiting challenge with the ULN of the learner. */
export type ListedChallenge = OpenChallenge & { readonly uln: Uln };

/** The name of a kept view. */
export type ViewName =
  | 'register'
  | 'challenges'
  | 'statistics'
  | 'held'
  | 'organisations'
  | 'reviews'
  | 'merges'
  | 'retention'
  | 'decidedImports';

/** Questions across learners, each answered from a view that is brought up to date first. */
export type KeptViews = {
  /**
   * Throws `ERR_INPUT_INVALID`. `isShown` leaves out whom the asker may not find, before anything is
   * counted.
   */
  readonly find: (
    search: SearchInput,
    isShown?: (candidate: Candidate) => boolean,
  ) => Promise<FindAnswer>;
  /** True where somebody who may be shown is the same in all that was asked, under a ULN in use or a superseded one. */
  readonly isRegistered: (
    search: SearchInput,
    isShown: (candidate: Candidate) => boolean,
  ) => Promise<boolean>;
  readonly openChallenges: (query: ChallengeQuery) => Promise<readonly ListedChallenge[]>;
  readonly statistics: (query: StatisticsQuery) => Promise<readonly StatisticsRow[]>;
  /** Every registered organisation, by UKPRN. */
  readonly listOrganisations: () => Promise<readonly ListedOrganisation[]>;
  readonly projections: Projections;
};

/** What operators do with kept views, by name. See `Rebuilding`. */
export type Projections = {
  readonly list: () => Promise<readonly GenerationStatus[]>;
  readonly rebuild: (name: ViewName, options?: RebuildOptions) => Promise<Rebuilt>;
  readonly verify: (name: ViewName, options?: RebuildOptions) => Promise<Comparison>;
  readonly rollback: (name: ViewName) => Promise<void>;
};

/** The names of the views that can be rebuilt. */
export const viewNames: readonly string[] = keptViews.map(({ name }) => name);

/** Creates the questions across learners over a runner. */
export function createKeptViews(parts: {
  readonly views: ViewsDatabase;
  readonly source: EventSource;
  readonly runner: Runner;
  readonly journal: Journal;
  readonly records: Records;
}): KeptViews {
  const { views, source, runner, journal, records } = parts;
  const rebuilding = createRebuilding(views, source, runner, keptViews);

  async function search(input: SearchInput): Promise<readonly Candidate[]> {
    const asked = parseInput(Search, input);
    return runner.read(register, (database, names) => searchRegister(database, names, asked));
  }

  return {
    find: async (input, isShown = () => true) =>
      answerOf(await withMasters(await search(input), records, isShown)),
    isRegistered: async (input, isShown) => {
      const same = (await search(input)).filter(({ kind }) => kind === 'exact');
      return (await withMasters(same, records, isShown)).length > 0;
    },
    openChallenges: async (query) => {
      const open = await runner.read(challenges, (database, names) =>
        selectOpenChallenges(database, names, query),
      );
      const listed = open.map(async (challenge) => {
        const uln = await ulnOf(journal, challenge.stream);
        return uln === null ? [] : [{ ...challenge, uln }];
      });
      return (await Promise.all(listed)).flat();
    },
    statistics: (query) =>
      runner.read(statistics, (database, names) => selectStatistics(database, names, query)),
    listOrganisations: () => runner.read(organisations, selectOrganisations),
    projections: {
      list: rebuilding.list,
      rebuild: async (name, options) => rebuilding.rebuild(viewOf(name), options),
      verify: async (name, options) => rebuilding.verify(viewOf(name), options),
      rollback: async (name) => rebuilding.rollback(viewOf(name)),
    },
  };
}

function answerOf(found: readonly FoundCandidate[]): FindAnswer {
  const exact = found.filter(({ kind }) => kind === 'exact');
  if (exact.length === 1) {
    return exact[0]?.linked === null
      ? { kind: 'exact', code: 'WSRC0004', candidates: exact }
      : { kind: 'linked', code: SUBSTITUTED, candidates: exact };
  }
  if (found.length === 0) {
    return { kind: 'none', code: 'WSRC0001' };
  }
  const unmistyped = found.filter(({ mistyped }) => mistyped === null);
  const candidates = found.length > MAX_CANDIDATES && unmistyped.length > 0 ? unmistyped : found;
  const leftOut = found.length - candidates.length;
  return candidates.length > MAX_CANDIDATES
    ? { kind: 'too-many', code: 'WSRC0002' }
    : { kind: 'possible', code: 'WSRC0003', candidates, leftOut };
}

/** The ULN of a learner's stream that a view has met; `null` where the record was disposed of since. */
export async function ulnOf(journal: Journal, stream: string): Promise<Uln | null> {
  const { events } = await journal.read<LearnerEvent>(stream);
  const issued = events.find(({ event }) => event.type === 'UlnIssued')?.event;
  return issued?.type === 'UlnIssued' ? issued.data.uln : null;
}

function viewOf(name: ViewName): KeptView {
  const view = keptViews.find((kept) => kept.name === name);
  if (view === undefined) {
    throw new TypeError(`no kept view is called ${name}`);
  }
  return view;
}
