import {
  type ConfiguredViewChoice,
  ConfiguredViewInput,
} from '../../domain/learner/configuredView/commands.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { followUpCommandId, tagOf } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Outcome } from '../learners/deciding.js';
import type { Learners } from '../learners/learners.js';
import { type Records, ulnsOf } from '../learners/records.js';
import type { Screening } from '../learners/screening.js';
import { parseInput } from '../request/input.js';
import { callerOf, type Request, recordingOf } from '../request/request.js';
import { decideOnView, holderOf, retrying, stateAfter, viewIn } from './deciding.js';
import { hashNewCode, newViewCode, type ViewPlace, viewLink } from './link.js';
import { type ListedView, listedViews } from './list.js';
import { createOpening, type Opening } from './opening.js';
import { readStopped } from './person.js';
import type { StatusLists } from './statusLists.js';

/** A view that was made, or a new code for it. */
export type SharedView = {
  readonly viewId: string;
  readonly link: string;
  /** The one-time code: said here and nowhere else. `null` for an organisation, and for a repeated command. */
  readonly code: string | null;
  readonly outcome: Outcome;
};

/** What learners choose to share, and the opening of it. */
export type ConfiguredViews = Opening & {
  /**
   * Makes a view. Throws `ERR_ENTRY_NOT_FOUND` and `ERR_ENTRY_WITHDRAWN` for entries that do not stand,
   * `ERR_VIEW_PURPOSE`, `ERR_VIEW_EXPIRY`, and `ERR_NOT_PERMITTED` where an organisation asks.
   */
  readonly create: (
    uln: Uln,
    choice: ConfiguredViewChoice,
    request: Request,
  ) => Promise<SharedView>;
  /** Replaces the one-time code. Throws `ERR_VIEW_NOT_FOUND` and `ERR_VIEW_ENDED`. */
  readonly issueCode: (uln: Uln, viewId: string, request: Request) => Promise<SharedView>;
  /** Ends a view, and every credential it left as. Throws `ERR_VIEW_NOT_FOUND`. */
  readonly revoke: (uln: Uln, viewId: string, request: Request) => Promise<Outcome>;
  /** Every view of a learner, those made under a merged ULN too, with its link and how it stands now. */
  readonly list: (uln: Uln) => Promise<readonly ListedView[]>;
};

/** Creates the door to configured views. */
export function createConfiguredViews(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly learners: Pick<Learners, 'streamOf'>;
  readonly records: Pick<Records, 'readRecord'>;
  readonly statusLists: StatusLists;
  readonly screening: Screening;
}): ConfiguredViews {
  const { journal, vault, clock, learners, records, statusLists } = parts;

  /** The stream that holds a view: of the ULN asked for, or of one of the same person. */
  const streamWith = async (uln: Uln, viewId: string) =>
    learners.streamOf(holderOf(viewId, await records.readRecord(uln)) ?? uln);

  async function create(
    uln: Uln,
    choice: ConfiguredViewChoice,
    request: Request,
  ): Promise<SharedView> {
    const input = parseInput(ConfiguredViewInput, choice);
    const stream = await learners.streamOf(uln);
    const { commandId } = recordingOf(request, tagOf(stream));
    const caller = callerOf(request.by, tagOf(stream));
    const viewId = followUpCommandId(commandId, `configured-view\n${caller}`);
    const code = input.recipient.kind === 'link' ? newViewCode() : null;
    const codeHash = code === null ? null : hashNewCode(vault, { stream, viewId }, code);
    const outcome = await retrying(async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const frozenVersion = input.mode === 'frozen' ? history.end.version : null;
      const data = { ...input, viewId, frozenVersion, codeHash };
      return decideOnView(parts, stream, history, { type: 'CreateConfiguredView', data }, request);
    });
    return shared({ stream, viewId }, code, outcome);
  }

  async function issueCode(uln: Uln, viewId: string, request: Request): Promise<SharedView> {
    const stream = await streamWith(uln, viewId);
    const code = newViewCode();
    const codeHash = hashNewCode(vault, { stream, viewId }, code);
    const outcome = await retrying(async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const stoppedElsewhere = await readStopped(records, history.events, viewId);
      const data = { viewId, codeHash, stoppedElsewhere };
      return decideOnView(
        parts,
        stream,
        history,
        { type: 'IssueConfiguredViewCode', data },
        request,
      );
    });
    return shared({ stream, viewId }, code, outcome);
  }

  async function revoke(uln: Uln, viewId: string, request: Request): Promise<Outcome> {
    const stream = await streamWith(uln, viewId);
    const command = { type: 'RevokeConfiguredView', data: { viewId } } as const;
    return retrying(async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const state = stateAfter(history);
      const asked = { ...command, by: request.by, at: clock() };
      learner.decide(asked, state);
      // Credentials go first, and the view at the very version that was read: one that is issued
      // meanwhile is a conflict, so no view is ever revoked while a credential of it is good, and a
      // revocation that is cut short is finished by asking again.
      for (const place of viewIn(state, viewId)?.exports ?? []) {
        await statusLists.revoke(place);
      }
      return decideOnView(parts, stream, history, command, request);
    });
  }

  function shared(place: ViewPlace, code: string | null, outcome: Outcome): SharedView {
    const isNew = outcome.recorded.length > 0 && !outcome.repeated;
    return {
      viewId: place.viewId,
      link: viewLink(vault, place),
      code: isNew ? code : null,
      outcome,
    };
  }

  return {
    create,
    issueCode,
    revoke,
    list: async (uln) => {
      const views: ListedView[] = [];
      const person = ulnsOf(await records.readRecord(uln));
      for (const { uln: own, events } of person) {
        const stream = await learners.streamOf(own);
        const others = person.filter((one) => one.uln !== own).map((one) => one.events);
        const linkOf = (viewId: string) => viewLink(vault, { stream, viewId });
        views.push(...listedViews(events, others, clock(), linkOf));
      }
      return views.toSorted((one, other) => one.madeAt.localeCompare(other.madeAt));
    },
    ...createOpening(parts),
  };
}
