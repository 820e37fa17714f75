import { isConnected, isRestricted } from '../../domain/access/conditions.js';
import type { Action } from '../../domain/access/events.js';
import { type AccessFacts, outsideOrganisation } from '../../domain/access/request.js';
import type { CalendarDate } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import { foldLearner, learnerFactsOf } from '../learners/facts.js';
import type { Merging } from '../learners/merging.js';
import type { UlnChange } from '../learners/ulnChanges.js';
import type { Asker } from './accessLedger.js';
import { type AccessParts, askAbout, NOTHING_SHOWN, recordsOf } from './asked.js';
import type { Judged } from './judging.js';

/** Lists that name learners, and what else is shown of one learner besides the record. */
export type Listing = {
  /** Shows rows that name learners to who may do something, once it is recorded whose they are. */
  readonly list: <Row>(
    asker: Asker,
    action: Action,
    rows: () => Promise<readonly Row[]>,
    ulnsOf: (row: Row) => readonly Uln[],
  ) => Promise<readonly Row[]>;
  /**
   * ULNs merged, unmerged and retired in a period: all of them for the keeper and the operator's
   * staff, for an organisation those of learners who are linked to it. Who is handled as restricted is
   * in it for who may find them alone.
   */
  readonly ulnChanges: (
    period: { readonly from: CalendarDate; readonly to: CalendarDate },
    asker: Asker,
  ) => Promise<readonly UlnChange[]>;
  /** Decides and records that something whole of one learner is about to be shown. */
  readonly requireWhole: (uln: Uln, asker: Asker, fields: readonly string[]) => Promise<void>;
};

/** Creates the doors to lists. */
export function createListing(
  parts: AccessParts & { readonly merging: Pick<Merging, 'changes'> },
): Listing {
  const { vault, judging, merging } = parts;

  function tagsOf(ulns: readonly Uln[]): readonly string[] {
    const [newest = 1] = vault.indexGenerations();
    return [...new Set(ulns)].map((uln) => tagOf(learnerStream(vault, newest, uln)));
  }

  async function list<Row>(
    asker: Asker,
    action: Action,
    rows: () => Promise<readonly Row[]>,
    ulnsOf: (row: Row) => readonly Uln[],
  ): Promise<readonly Row[]> {
    const judged = await judging.judge(asker, action, { learner: undefined, basis: [] });
    const shown = judged.outcome === 'allowed' ? await rows() : [];
    const learners = tagsOf(shown.flatMap(ulnsOf));
    const fields = shown.length === 0 ? [] : ['uln'];
    await judging.note(judged, { ...NOTHING_SHOWN, learners, fields, code: null });
    judging.requireAllowed(judged);
    return shown;
  }

  async function learnerOf(uln: Uln): Promise<AccessFacts['learner']> {
    const read = await recordsOf(parts).readRecord(uln);
    const streams = [read.events, ...read.merged.map(({ events }) => events)];
    return learnerFactsOf(streams.map(foldLearner), null);
  }

  /** Whether a change is for who asks: of nobody who is kept from them, and for an organisation of who is linked to it. */
  async function isShown({ request, facts }: Judged, change: UlnChange): Promise<boolean> {
    const other = await learnerOf(change.other.uln);
    const master = change.master === null ? null : await learnerOf(change.master.uln);
    const isOutside = outsideOrganisation(request, facts) !== null;
    return (
      !isRestricted(request, other) &&
      !isRestricted(request, master) &&
      (!isOutside || isConnected(request, other))
    );
  }

  return {
    list,
    ulnChanges: async (period, asker) => {
      const judged = await judging.judge(asker, 'find', { learner: undefined, basis: [] });
      return list(
        asker,
        'find',
        async () => {
          const shown = [];
          for (const change of await merging.changes(period)) {
            if (await isShown(judged, change)) {
              shown.push(change);
            }
          }
          return shown;
        },
        ({ master, other }) => [other.uln, ...(master === null ? [] : [master.uln])],
      );
    },
    requireWhole: async (uln, asker, fields) => {
      const { tags, judged } = await askAbout(parts, uln, asker, 'read-history', null);
      await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, code: null });
      judging.requireAllowed(judged);
    },
  };
}
