import { hindered } from '../../domain/access/hindrance.js';
import type { ConfiguredViewChoice } from '../../domain/learner/configuredView/commands.js';
import { requireLearner } from '../../domain/learner/configuredView/decisions.js';
import type { Uln } from '../../domain/values/uln.js';
import type { SharedView } from '../configuredViews/configuredViews.js';
import type { ListedView } from '../configuredViews/list.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import type { Outcome } from '../learners/deciding.js';
import type { Request } from '../request/request.js';
import type { Asker } from './accessLedger.js';
import { type AccessParts, askAbout, NO_LEARNER, NOTHING_SHOWN } from './asked.js';

/**
 * Choosing what is shared: for learners, and for the keeper in their place. Throws
 * `ERR_LEARNER_NOT_FOUND` where the rules do not let the asker at this learner, and `ERR_NOT_PERMITTED`
 * to organisations, whoever the learner is. See `ConfiguredViews` for the rest.
 */
export type Sharing = {
  readonly createView: (
    uln: Uln,
    choice: ConfiguredViewChoice,
    request: Request,
  ) => Promise<SharedView>;
  readonly issueViewCode: (uln: Uln, viewId: string, request: Request) => Promise<SharedView>;
  readonly revokeView: (uln: Uln, viewId: string, request: Request) => Promise<Outcome>;
  /** Every view of a learner, once it is recorded who asks. */
  readonly listViews: (uln: Uln, asker: Asker) => Promise<readonly ListedView[]>;
};

/** Creates the doors to what learners choose to share. */
export function createSharing(parts: AccessParts): Sharing {
  const { vault, judging, configuredViews } = parts;

  /** Nothing of the learner is looked at for an organisation: it has no choice to make for them. */
  async function refuseOrganisation(uln: Uln, request: Request): Promise<void> {
    const [newest = 1] = vault.indexGenerations();
    const judged = await judging.judge(request, 'choose', NO_LEARNER);
    const learners = [tagOf(learnerStream(vault, newest, uln))];
    const refused = hindered(judged, 'learner-chooses');
    await judging.note(refused, { ...NOTHING_SHOWN, learners, code: null });
    requireLearner(request.by);
  }

  /** What is chosen is recorded where it is done; a refusal is recorded here. */
  async function requireChoice(uln: Uln, request: Request): Promise<void> {
    if (request.by.kind === 'organisation') {
      return refuseOrganisation(uln, request);
    }
    const { tags, judged } = await askAbout(parts, uln, request, 'choose', null);
    if (judged.outcome === 'refused') {
      await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, code: null });
    }
    judging.requireAllowed(judged);
  }

  return {
    createView: async (uln, choice, request) => {
      await requireChoice(uln, request);
      return configuredViews.create(uln, choice, request);
    },
    issueViewCode: async (uln, viewId, request) => {
      await requireChoice(uln, request);
      return configuredViews.issueCode(uln, viewId, request);
    },
    revokeView: async (uln, viewId, request) => {
      await requireChoice(uln, request);
      return configuredViews.revoke(uln, viewId, request);
    },
    listViews: async (uln, asker) => {
      const { tags, judged } = await askAbout(parts, uln, asker, 'read-history', null);
      const shown = { ...NOTHING_SHOWN, learners: tags, fields: ['views'], code: null };
      await judging.note(judged, shown);
      judging.requireAllowed(judged);
      return configuredViews.list(uln);
    },
  };
}
