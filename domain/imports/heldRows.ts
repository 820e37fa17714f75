import type { Actor } from '../actor.js';
import type { Decider } from '../decider.js';
import { recordDisposed } from '../erasure/disposal.js';
import { DomainError } from '../errors.js';
import { isRedacted, type Redactable } from '../redaction.js';
import type { HoldCode, ImportEvent, ImportEventData } from './events.js';

/** The cells of a row by column, as the source sent them. */
export type Cells = Readonly<Record<string, string>>;

/** A row that was held, and what became of it. */
export type HeldRow = {
  readonly row: number;
  /** The command under which the row is recorded, whenever that is. */
  readonly recordedBy: string;
  readonly code: HoldCode;
  readonly cells: Redactable<Cells>;
  readonly state: 'held' | 'released' | 'rejected';
};

/** What the rules know of an import's stream: which file it is of, and its rows by number. */
export type HeldRows = {
  readonly started: ImportEventData<'ImportStarted'> | null;
  readonly rows: ReadonlyMap<number, HeldRow>;
  readonly outcomes: Readonly<Record<string, number>> | null;
  /** Nothing of the rows can be read any more, and none can be held here again. */
  readonly disposed: boolean;
};

/** What can be asked of an import's stream. */
export type HeldRowsCommand =
  | {
      readonly type: 'HoldRow';
      readonly started: ImportEventData<'ImportStarted'>;
      readonly data: Omit<HeldRow, 'state' | 'cells'> & { readonly cells: Cells };
    }
  | { readonly type: 'ReleaseRow'; readonly row: number; readonly by: Actor }
  | {
      readonly type: 'RejectRow';
      readonly row: number;
      readonly reason: string | null;
      readonly by: Actor;
    }
  | { readonly type: 'FinishImport'; readonly outcomes: Readonly<Record<string, number>> };

/** The rows of one file that could not be recorded yet: held, then released or rejected, once. */
export const heldRows: Decider<HeldRows, HeldRowsCommand, ImportEvent> = {
  initialState: { started: null, rows: new Map(), outcomes: null, disposed: false },
  decide,
  evolve,
};

function decide(command: HeldRowsCommand, state: HeldRows): readonly ImportEvent[] {
  switch (command.type) {
    case 'HoldRow': {
      const { data, started } = command;
      refuseDisposed(state);
      const known = state.rows.get(data.row);
      // What a person decided stays decided, and what was taken out of a row is not brought back; a row
      // that is held for another reason now is held anew.
      const isNews =
        known === undefined ||
        (known.state === 'held' && known.code !== data.code && !isRedacted(known.cells));
      return [
        ...(isNews && state.started === null
          ? [{ type: 'ImportStarted', data: started } as const]
          : []),
        ...(isNews ? [{ type: 'RowHeld', data } as const] : []),
      ];
    }
    case 'ReleaseRow': {
      const { row } = requireRow(state, command, 'released');
      return row.state === 'released' ? [] : [{ type: 'RowReleased', data: { row: row.row } }];
    }
    case 'RejectRow': {
      const { row } = requireRow(state, command, 'rejected');
      const data = { row: row.row, reason: command.reason };
      return row.state === 'rejected' ? [] : [{ type: 'RowRejected', data }];
    }
    case 'FinishImport': {
      return state.started !== null && !isSameCount(state.outcomes, command.outcomes)
        ? [{ type: 'ImportFinished', data: { outcomes: command.outcomes } }]
        : [];
    }
  }
}

/** True where the same numbers are counted, in whatever order they are named. */
function isSameCount(one: HeldRows['outcomes'], other: Readonly<Record<string, number>>): boolean {
  const counts = Object.entries(other);
  return (
    one !== null &&
    Object.keys(one).length === counts.length &&
    counts.every(([outcome, count]) => one[outcome] === count)
  );
}

/**
 * The held row that a command is about. Throws `ERR_HELD_ROW_NOT_FOUND`, `ERR_NOT_SUBMITTER` for
 * whoever is neither its source nor the keeper, `ERR_HELD_ROW_DECIDED` where it went the other way, and
 * `ERR_RECORD_DISPOSED` where the import's rows are no more.
 */
export function requireRow(
  state: HeldRows,
  { row: number, by }: { readonly row: number; readonly by: Actor },
  wanted: 'released' | 'rejected',
): { readonly row: HeldRow; readonly started: ImportEventData<'ImportStarted'> } {
  refuseDisposed(state);
  const { started } = state;
  const row = state.rows.get(number);
  if (by.kind === 'learner' || (by.kind === 'organisation' && by.ukprn !== started?.submittedBy)) {
    throw new DomainError(
      'ERR_NOT_SUBMITTER',
      'expected the source that sent the row, or the keeper, found someone else',
    );
  }
  if (row === undefined || started === null) {
    throw new DomainError(
      'ERR_HELD_ROW_NOT_FOUND',
      'expected a row that was held in this import, found none of that number',
    );
  }
  if (row.state !== 'held' && row.state !== wanted) {
    throw new DomainError(
      'ERR_HELD_ROW_DECIDED',
      `expected a row that is held, found it ${row.state}`,
    );
  }
  return { row, started };
}

function refuseDisposed({ disposed }: HeldRows): void {
  if (disposed) {
    throw recordDisposed();
  }
}

function evolve(state: HeldRows, event: ImportEvent): HeldRows {
  switch (event.type) {
    case 'ImportStarted':
      return { ...state, started: event.data };
    case 'RowHeld':
      return withRow(state, { ...event.data, state: 'held' });
    case 'RowReleased':
      return withState(state, event.data.row, 'released');
    case 'RowRejected':
      return withState(state, event.data.row, 'rejected');
    case 'ImportFinished':
      return { ...state, outcomes: event.data.outcomes };
    case 'RecordDisposed':
      return { ...heldRows.initialState, disposed: true };
    case 'SensitiveDataRedacted':
    case 'FieldsResealed':
      // The events they speak of are read with the markers already in place.
      return state;
  }
}

function withRow(state: HeldRows, row: HeldRow): HeldRows {
  return { ...state, rows: new Map(state.rows).set(row.row, row) };
}

function withState(state: HeldRows, number: number, to: HeldRow['state']): HeldRows {
  const row = state.rows.get(number);
  return row === undefined ? state : withRow(state, { ...row, state: to });
}
