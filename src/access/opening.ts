import { randomUUID } from 'node:crypto';
import { hindered } from '../../domain/access/hindrance.js';
import { DomainError } from '../../domain/errors.js';
import { notAvailable } from '../../domain/learner/configuredView/decisions.js';
import type { ViewPlace } from '../configuredViews/link.js';
import type { OpeningRequest, PreparedView } from '../configuredViews/opening.js';
import { tagOf } from '../journal/identifiers.js';
import { learnerFactsOf } from '../learners/facts.js';
import { type AccessParts, NO_LEARNER, NOTHING_SHOWN, personOfStream } from './asked.js';
import type { Judged } from './judging.js';

/** Opening what a learner chose to share. */
export type Opening = {
  /**
   * Opens a view by its link, and records that before it is shown, or before it is refused. See
   * `ConfiguredViews.prepare`. A learner who is handled as restricted is opened to who is authorised by
   * name alone; everybody else is told what is told of a link that opens nothing.
   */
  readonly openView: (
    link: string,
    code: string | null,
    request: OpeningRequest,
  ) => Promise<PreparedView>;
};

/** Creates the door to configured views. */
export function createOpening(parts: AccessParts): Opening {
  const { judging, configuredViews } = parts;

  async function judge(place: ViewPlace | null, asked: OpeningRequest): Promise<Judged> {
    const byLink = asked.by.kind !== 'organisation';
    const asker = { ...asked, byLink, commandId: asked.correlation ?? randomUUID() };
    if (place === null) {
      return judging.judge(asker, 'open-view', NO_LEARNER);
    }
    const { states, basis } = await personOfStream(parts, place.stream);
    return judging.judge(asker, 'open-view', { learner: learnerFactsOf(states, null), basis });
  }

  return {
    openView: async (link, code, { by, user, purpose }) => {
      const place = configuredViews.placeOf(link);
      const learners = place === null ? [] : [tagOf(place.stream)];
      // Whoever is no organisation is nobody but the holder of a link, whatever else they say they are.
      const who = by.kind === 'organisation' ? { by, user, purpose } : HOLDER;
      // The look and what the opening records are of one process, which no caller names.
      const request = { ...who, correlation: randomUUID() };
      const judged = await judge(place, request);
      if (judged.outcome === 'refused') {
        await judging.note(judged, { ...NOTHING_SHOWN, learners, code: null });
      }
      if (judged.answer === 'not-found') {
        throw notAvailable();
      }
      judging.requireAllowed(judged);
      const prepared = await configuredViews
        .prepare(link, code, request)
        .catch(async (error: unknown) => {
          if (error instanceof DomainError) {
            const refused = hindered(judged, 'opens-nothing');
            await judging.note(refused, { ...NOTHING_SHOWN, learners, code: null });
          }
          throw error;
        });
      const { fields } = prepared.opening;
      await judging.note(judged, { ...NOTHING_SHOWN, learners, fields, code: null });
      return prepared;
    },
  };
}

/** Who opens a link and is no organisation: decided on as the keeper, without the keeper's other purposes. */
const HOLDER = { by: { kind: 'keeper' }, user: null, purpose: 'learner-choice' } as const;
