import type { PreparedView } from '../configuredViews/opening.js';
import { tagOf } from '../journal/identifiers.js';
import type { Request } from '../request/request.js';
import { type AccessParts, NOTHING_SHOWN } from './asked.js';

/** Opening what a learner chose to share. */
export type Opening = {
  /** Opens a view by its link, and records that before it is shown. See `ConfiguredViews.prepare`. */
  readonly openView: (link: string, code: string | null, request: Request) => Promise<PreparedView>;
};

/** Creates the door to configured views. */
export function createOpening({ judging, configuredViews }: AccessParts): Opening {
  return {
    openView: async (link, code, request) => {
      const byLink = request.by.kind !== 'organisation';
      const asker = { ...request, byLink };
      const judged = await judging.judge(asker, 'open-view', { learner: undefined, basis: [] });
      if (judged.outcome === 'refused') {
        await judging.note(judged, { ...NOTHING_SHOWN, code: null });
      }
      judging.requireAllowed(judged);
      const prepared = await configuredViews.prepare(link, code, request);
      const { stream, fields } = prepared.opening;
      const learners = [tagOf(stream)];
      await judging.note(judged, { ...NOTHING_SHOWN, learners, fields, code: null });
      return prepared;
    },
  };
}
