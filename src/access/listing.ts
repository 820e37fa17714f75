import { isConnected, isRestricted, protectsData } from '../../domain/access/conditions.js';
import { decideAccess } from '../../domain/access/decide.js';
import type { Action } from '../../domain/access/events.js';
import { type AccessFacts, outsideOrganisation } from '../../domain/access/request.js';
import { DomainError } from '../../domain/errors.js';
import type { CalendarDate } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import { learnerFactsOf } from '../learners/facts.js';
import type { Merging } from '../learners/merging.js';
import type { UlnChange } from '../learners/ulnChanges.js';
import type { Asker } from './accessLedger.js';
import {
  type AccessParts,
  askAbout,
  factsIn,
  NO_LEARNER,
  NOTHING_SHOWN,
  recordsOf,
} from './asked.js';
import type { Judged } from './judging.js';

/** What a list is made of: rows that name learners. */
export type Rows<Row> = {
  /** How many rows are shown at most. */
  readonly limit: number;
  /** The first rows, so many at most, for whom was decided that they may ask for the list at all. */
  readonly select: (limit: number, judged: Judged) => Promise<readonly Row[]>;
  readonly ulnsOf: (row: Row) => readonly Uln[];
};

/** Lists that name learners, and what else is shown of one learner besides the record. */
export type Listing = {
  /**
   * Shows rows that name learners. Each person is decided on by the rules: a row about somebody whom they
   * keep from the asker is left out. What is shown is recorded first, a look for every page of people.
   * Throws `ERR_ACCESS_REFUSED`, and `ERR_NOT_PERMITTED` for a learner, who has no lists.
   */
  readonly list: <Row>(asker: Asker, action: Action, rows: Rows<Row>) => Promise<readonly Row[]>;
  /**
   * ULNs merged, unmerged and retired in a period: all of them for the keeper and the operator's
   * staff, for an organisation those of learners who are linked to it. Who is handled as restricted is
   * in it for who may find them alone.
   */
  readonly ulnChanges: (
    period: { readonly from: CalendarDate; readonly to: CalendarDate },
    asker: Asker,
  ) => Promise<readonly UlnChange[]>;
  /** Decides and records that something is about to be shown that names no learner. Throws `ERR_ACCESS_REFUSED`. */
  readonly requireDuty: (asker: Asker, action: Action) => Promise<Judged>;
  /** Decides and records that something whole of one learner is about to be shown. */
  readonly requireWhole: (uln: Uln, asker: Asker, fields: readonly string[]) => Promise<void>;
};

/** How many people one look names at most. */
const PAGE_PEOPLE = 64;

/** Creates the doors to lists. */
export function createListing(
  parts: AccessParts & { readonly merging: Pick<Merging, 'changes'> },
): Listing {
  const { vault, judging, merging } = parts;

  function tagsOf(ulns: readonly Uln[]): readonly string[] {
    const [newest = 1] = vault.indexGenerations();
    return [...new Set(ulns)].map((uln) => tagOf(learnerStream(vault, newest, uln)));
  }

  async function learnerOf(uln: Uln): Promise<AccessFacts['learner']> {
    return learnerFactsOf(factsIn(vault, await recordsOf(parts).readRecord(uln)).states, null);
  }

  /** Whether the rules let somebody be shown, decided once for each of the people of a list. */
  function decidingOn({ request, facts }: Judged): (uln: Uln) => Promise<boolean> {
    const decided = new Map<Uln, boolean>();
    return async (uln) => {
      const known = decided.get(uln);
      if (known !== undefined) {
        return known;
      }
      const learner = await learnerOf(uln);
      // A list shows that there is somebody, also where what it is for is done without seeing the record.
      const found = { ...request, action: 'find' } as const;
      const isShown =
        decideAccess(request, { ...facts, learner }).outcome === 'allowed' &&
        (!isRestricted(found, learner) || protectsData(request, facts));
      decided.set(uln, isShown);
      return isShown;
    };
  }

  /** The first rows that may be shown, and the people of those that are left out. */
  async function shownOf<Row>({ limit, select, ulnsOf }: Rows<Row>, judged: Judged) {
    const isShown = decidingOn(judged);
    for (let asked = limit; ; asked *= 2) {
      const rows = await select(asked, judged);
      const shown: Row[] = [];
      const hidden: Uln[] = [];
      for (const row of rows) {
        const kept = [];
        for (const uln of ulnsOf(row)) {
          kept.push(...((await isShown(uln)) ? [] : [uln]));
        }
        hidden.push(...kept);
        shown.push(...(kept.length === 0 ? [row] : []));
      }
      if (shown.length >= limit || rows.length < asked) {
        return { shown: shown.slice(0, limit), hidden };
      }
    }
  }

  async function list<Row>(asker: Asker, action: Action, rows: Rows<Row>): Promise<readonly Row[]> {
    if (asker.by.kind === 'learner') {
      throw new DomainError(
        'ERR_NOT_PERMITTED',
        'expected an organisation or the keeper to ask for a list, found a learner, who sees their own record alone',
      );
    }
    const judged = await judging.judge(asker, action, NO_LEARNER);
    const { shown, hidden } =
      judged.outcome === 'allowed' ? await shownOf(rows, judged) : { shown: [], hidden: [] };
    const people = tagsOf(shown.flatMap(rows.ulnsOf));
    const fields = shown.length === 0 ? [] : ['uln'];
    for (let page = 0; page === 0 || page < people.length; page += PAGE_PEOPLE) {
      await judging.note(judged, {
        ...NOTHING_SHOWN,
        learners: people.slice(page, page + PAGE_PEOPLE),
        hidden: page === 0 ? tagsOf(hidden).slice(0, PAGE_PEOPLE) : [],
        fields,
        code: null,
      });
    }
    judging.requireAllowed(judged);
    return shown;
  }

  return {
    list,
    ulnChanges: (period, asker) =>
      list(asker, 'find', {
        limit: Number.MAX_SAFE_INTEGER,
        select: async (_, { request, facts }) => {
          const changes = await merging.changes(period);
          if (outsideOrganisation(request, facts) === null) {
            return changes;
          }
          const linked = [];
          for (const change of changes) {
            if (isConnected(request, await learnerOf(change.other.uln))) {
              linked.push(change);
            }
          }
          return linked;
        },
        ulnsOf: ({ master, other }) => [other.uln, ...(master === null ? [] : [master.uln])],
      }),
    requireDuty: async (asker, action) => {
      const judged = await judging.judge(asker, action, NO_LEARNER);
      await judging.note(judged, { ...NOTHING_SHOWN, code: null });
      judging.requireAllowed(judged);
      return judged;
    },
    requireWhole: async (uln, asker, fields) => {
      const { tags, judged } = await askAbout(parts, uln, asker, 'read-history', null);
      await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, code: null });
      judging.requireAllowed(judged);
    },
  };
}
