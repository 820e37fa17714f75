import { randomUUID } from 'node:crypto';
import type { OpeningRequest, PreparedView } from '../configuredViews/opening.js';
import { tagOf } from '../journal/identifiers.js';
import { type AccessParts, NOTHING_SHOWN } from './asked.js';

/** Opening what a learner chose to share. */
export type Opening = {
  /** Opens a view by its link, and records that before it is shown. See `ConfiguredViews.prepare`. */
  readonly openView: (
    link: string,
    code: string | null,
    request: OpeningRequest,
  ) => Promise<PreparedView>;
};

/** Creates the door to configured views. */
export function createOpening({ judging, configuredViews }: AccessParts): Opening {
  return {
    openView: async (link, code, request) => {
      const byLink = request.by.kind !== 'organisation';
      // The look and what the opening records are of one process, which no caller names.
      const correlation = randomUUID();
      const asker = { ...request, byLink, commandId: correlation, correlation };
      const judged = await judging.judge(asker, 'open-view', { learner: undefined, basis: [] });
      if (judged.outcome === 'refused') {
        await judging.note(judged, { ...NOTHING_SHOWN, code: null });
      }
      judging.requireAllowed(judged);
      const prepared = await configuredViews.prepare(link, code, { ...request, correlation });
      const { stream, fields } = prepared.opening;
      const learners = [tagOf(stream)];
      await judging.note(judged, { ...NOTHING_SHOWN, learners, fields, code: null });
      return prepared;
    },
  };
}
