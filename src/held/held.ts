import { DomainError } from '../../domain/errors.js';
import type { ImportEvent } from '../../domain/imports/events.js';
import {
  type Cells,
  type HeldRow,
  type HeldRowsCommand,
  heldRows,
  requireRow,
} from '../../domain/imports/heldRows.js';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted, type Redactable } from '../../domain/redaction.js';
import type { Instant } from '../../domain/values/date.js';
import { Uln } from '../../domain/values/uln.js';
import type { Runner } from '../../projections/kept/runner.js';
import { type HeldQuery, held, selectHeld, type WaitingRow } from '../../projections/views/held.js';
import { isConflict } from '../../streams/errors.js';
import { followUpCommandId, tagOf } from '../journal/identifiers.js';
import { EMPTY_STREAM, type Journal } from '../journal/journal.js';
import type { Recording } from '../journal/recording.js';
import { earlierOutcome } from '../learners/deciding.js';
import type { Learners } from '../learners/learners.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import type { EntryKind } from './cells.js';
import { heldSince, heldSinceIn, readHeldRows, releaseOf } from './holding.js';
import { outcomeOf, submitRow } from './submitting.js';

/** Names a held row: the import's stream and the row's number in its file. */
export type HeldPlace = { readonly import: string; readonly row: number };

/** A held row with what it says and why it waits. */
export type ReadRow = HeldRow & {
  readonly kind: EntryKind;
  readonly submittedBy: string;
  /** The event that holds the cells, to name it in a redaction. */
  readonly eventId: string;
  readonly heldSince: Instant;
  /** Who released or rejected it, when, and why; `null` while it waits. */
  readonly decided: {
    readonly at: Instant;
    readonly user: Recorded<ImportEvent>['user'];
    readonly organisation: Recorded<ImportEvent>['organisation'];
    readonly reason: Redactable<string | null>;
  } | null;
};

/** Rows of imported files that could not be recorded when they came. */
export type Held = {
  /** Rows that wait, those held longest first. */
  readonly list: (query: HeldQuery) => Promise<readonly WaitingRow[]>;
  /** One row, also after it was decided. Throws `ERR_HELD_ROW_NOT_FOUND`, `ERR_NOT_SUBMITTER`. */
  readonly read: (place: HeldPlace, request: Request) => Promise<ReadRow>;
  /**
   * Records a row now, as its source's, and answers what became of it. Throws why it still cannot be
   * recorded; the row then goes on waiting. `isSame` says that the learner is the one meant although
   * the names differ. Releasing it again answers the same.
   */
  readonly release: (
    place: HeldPlace,
    request: Request,
    options: { readonly isSame: boolean },
  ) => Promise<{ readonly outcome: string; readonly warnings: readonly string[] }>;
  /** Decides that a row is not to be recorded. Rejecting it again is harmless. */
  readonly reject: (place: HeldPlace, reason: string | null, request: Request) => Promise<void>;
};

const MAX_CONFLICTS = 10;

/** Creates the door to held rows. */
export function createHeld(parts: {
  readonly journal: Journal;
  readonly runner: Runner;
  readonly learners: Learners;
}): Held {
  const { journal, runner, learners } = parts;

  async function readStream(stream: string) {
    // Other streams than those of imports have no held rows, and are not to be read through here.
    const isImport = /^import(-[A-Za-z0-9]+)+$/.test(stream) && stream.length <= 64;
    return isImport
      ? readHeldRows(journal, stream)
      : { events: [], end: EMPTY_STREAM, state: heldRows.initialState };
  }

  async function find(place: HeldPlace, { by }: Request, wanted: 'released' | 'rejected' | null) {
    const { events, state } = await readStream(place.import);
    const known = state.rows.get(place.row)?.state;
    const asIs = known === 'rejected' ? 'rejected' : 'released';
    const { row, started } = requireRow(state, { row: place.row, by }, wanted ?? asIs);
    const holding = events.findLast(
      ({ event }) => event.type === 'RowHeld' && event.data.row === place.row,
    );
    if (holding === undefined) {
      throw new TypeError('a row is held by an event');
    }
    const since = heldSince(events, place.row) ?? holding.recordedAt;
    return { row, started, holding, since, decided: decisionOn(events, place.row) };
  }

  async function record(
    stream: string,
    command: HeldRowsCommand,
    recording: Recording,
  ): Promise<void> {
    for (let conflicts = 0; ; conflicts += 1) {
      const { state, end } = await readStream(stream);
      const events = heldRows.decide(command, state);
      try {
        if (events.length > 0) {
          await journal.append(stream, end, events, recording);
        }
        return;
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  /** What releasing a row led to, without sending it again: what its source sent since would be undone. */
  async function releasedBefore(cells: Cells, source: Request) {
    const { streams } = await learners.personOf(parseInput(Uln, (cells['ULN'] ?? '').trim()));
    const recorded = streams.flatMap(
      ({ stream, events }) =>
        earlierOutcome({ events }, stream, recordingOf(source, tagOf(stream)))?.recorded ?? [],
    );
    return { outcome: outcomeOf(recorded), warnings: [] };
  }

  return {
    list: (query) => runner.read(held, (database, names) => selectHeld(database, names, query)),
    read: async (place, request) => {
      const { row, started, holding, since, decided } = await find(place, request, null);
      const { kind, submittedBy } = started;
      return { ...row, kind, submittedBy, eventId: holding.id, heldSince: since, decided };
    },
    release: async (place, request, options) => {
      const { row, started, holding, since } = await find(place, request, 'released');
      const { cells } = row;
      if (isRedacted(cells)) {
        throw new DomainError(
          'ERR_HELD_ROW_DECIDED',
          'expected a row that can still be read, found it redacted; it can only be rejected',
        );
      }
      const { user } = holding;
      // Recorded as its source sent it, under the command that the file gave the row: the same file
      // again, or this release again, records nothing more.
      const source: Request = {
        by: { kind: 'organisation', ukprn: started.submittedBy },
        user: typeof user === 'string' ? user : null,
        purpose: request.purpose,
        commandId: row.recordedBy,
        correlation: request.commandId,
      };
      if (row.state === 'released') {
        return releasedBefore(cells, source);
      }
      const outcome = await submitRow(learners, started.kind, cells, source, {
        ...options,
        since,
        heldSinceOf: heldSinceIn(runner),
      });
      const { caller, correlation } = recordingOf(source, '');
      const recording = { ...recordingOf(request, ''), caller, correlation };
      const command = { type: 'ReleaseRow', row: row.row, by: request.by } as const;
      const named = releaseOf({ ...recording, commandId: row.recordedBy });
      await record(place.import, command, named);
      return { outcome: outcomeOf(outcome.recorded), warnings: outcome.warnings };
    },
    reject: async (place, reason, request) => {
      await find(place, request, 'rejected');
      const command = { type: 'RejectRow', row: place.row, reason, by: request.by } as const;
      const recording = recordingOf(request, '');
      // One command may reject several rows of an import: each of its events has an id of its own.
      const commandId = followUpCommandId(recording.commandId, `rejected ${place.row}`);
      await record(place.import, command, { ...recording, commandId });
    },
  };
}

function decisionOn(events: readonly Recorded<ImportEvent>[], row: number): ReadRow['decided'] {
  const decision = events.find(
    ({ event }) =>
      (event.type === 'RowReleased' || event.type === 'RowRejected') && event.data.row === row,
  );
  if (decision === undefined) {
    return null;
  }
  const { event, recordedAt: at, user, organisation } = decision;
  const reason = event.type === 'RowRejected' ? event.data.reason : null;
  return { at, user, organisation, reason };
}
