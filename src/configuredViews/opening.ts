import { randomUUID } from 'node:crypto';
import { codeRefusal, notAvailable } from '../../domain/learner/configuredView/decisions.js';
import type { ViewRecipient } from '../../domain/learner/configuredView/events.js';
import type { ConfiguredView } from '../../domain/learner/configuredView/state.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Instant } from '../../domain/values/date.js';
import {
  type ConfiguredViewAnswer,
  configuredViewAnswer,
  fieldsOfSelection,
} from '../../projections/live/configuredView.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import type { Vault } from '../../streams/vault/vault.js';
import { tagOf } from '../journal/identifiers.js';
import type { History } from '../journal/journal.js';
import type { Records } from '../learners/records.js';
import { type Request, recordingOf } from '../request/request.js';
import { type DecidingParts, retrying, stateAfter, viewIn } from './deciding.js';
import { hashCode, readViewLink, type ViewPlace } from './link.js';
import { readStopped } from './person.js';

/** Who opened which view, for the record of who looked at what. It holds no personal data. */
export type ViewOpening = {
  /** The learner's stream, whose tag stands for the learner wherever the ULN must not stand. */
  readonly stream: string;
  readonly viewId: string;
  readonly recipient: ViewRecipient;
  /** The names of the fields shown. */
  readonly fields: readonly string[];
  readonly at: Instant;
  readonly request: Request;
};

/**
 * Who opens a view, and for what. It has no command id: a code opens once, and an answer that was lost
 * costs a new code.
 */
export type OpeningRequest = Pick<Request, 'by' | 'user' | 'purpose' | 'correlation'>;

/** An opening that was decided, with what it is to show. Nothing has been shown yet. */
export type PreparedView = {
  readonly opening: ViewOpening;
  readonly answer: ConfiguredViewAnswer;
};

/** Opening views by their links. */
export type Opening = {
  /** Which view a link names, whoever may open it; `null` for a link that this ledger never made. */
  readonly placeOf: (link: string) => ViewPlace | null;
  /**
   * Decides whether whoever asks may open a link now, uses up the code, and builds what is to be
   * shown. Record the opening before showing the answer. Throws `ERR_VIEW_NOT_AVAILABLE`, the same
   * for a link that never was, has ended or is for somebody else, and `ERR_VIEW_CODE`.
   */
  readonly prepare: (
    link: string,
    code: string | null,
    request: OpeningRequest,
  ) => Promise<PreparedView>;
};

/** Creates the opening of views. */
export function createOpening(
  parts: DecidingParts & { readonly vault: Vault; readonly records: Pick<Records, 'readRecord'> },
): Opening {
  const { journal, vault, clock, records } = parts;

  /** Decides an opening and records the use of its code, or the wrong try. */
  async function open(
    place: ViewPlace,
    code: string | null,
    request: Request,
  ): Promise<{ readonly history: History<LearnerEvent>; readonly view: ConfiguredView }> {
    const { stream, viewId } = place;
    const history = await journal.read<LearnerEvent>(stream);
    const state = stateAfter(history);
    const view = viewIn(state, viewId);
    if (view === null) {
      throw notAvailable();
    }
    const recording = recordingOf(request, tagOf(stream));
    const salt = view.code?.hash.salt ?? null;
    const codeHash = code === null || salt === null ? null : hashCode(vault, place, code, salt);
    const stoppedElsewhere = await readStopped(records, history.events, viewId);
    const data = { viewId, openingId: recording.commandId, codeHash, stoppedElsewhere };
    const command = { type: 'OpenConfiguredView', data, by: request.by, at: clock() } as const;
    const events = learner.decide(command, state);
    if (events.length > 0) {
      await journal.append(stream, history.end, events, recording);
    }
    if (events.some(({ type }) => type === 'ConfiguredViewCodeFailed')) {
      throw codeRefusal();
    }
    return { history, view };
  }

  return {
    placeOf: (link) => readViewLink(vault, link),
    prepare: async (link, code, { by, user, purpose, correlation }) => {
      // Named here, whatever else the caller says: knowing a name must not open anything.
      const commandId = randomUUID();
      const request = { by, user, purpose, commandId, correlation: correlation ?? commandId };
      // Before the link is looked at: a request that is no good is told the same for every link.
      recordingOf(request, '');
      const place = readViewLink(vault, link);
      if (place === null) {
        throw notAvailable();
      }
      const { history, view } = await retrying(() => open(place, code, request));
      const { created } = view;
      const at = clock();
      return {
        opening: {
          ...place,
          recipient: created.recipient,
          fields: fieldsOfSelection(created.selection),
          at,
          request,
        },
        answer: answerOf(history, view, at),
      };
    },
  };
}

/** What a view shows at an instant: the one way to it, for whoever opens it and for a credential. */
export function answerOf(
  { events }: Pick<History<LearnerEvent>, 'events'>,
  { created }: ConfiguredView,
  at: Instant,
): ConfiguredViewAnswer {
  return configuredViewAnswer(withoutQuarantined(events), created, at);
}
