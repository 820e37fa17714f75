import { describe, expect, test } from 'vitest';
import { Actor } from '../../../domain/actor.js';
import type { DomainErrorCode } from '../../../domain/errors.js';
import { type ImportEvent, importEvents } from '../../../domain/imports/events.js';
import { type HeldRowsCommand, heldRows } from '../../../domain/imports/heldRows.js';
import { RedactionMarker } from '../../../domain/redaction.js';
import { refusal } from '../learner/language.js';

const source = Actor.parse({ kind: 'organisation', ukprn: '99999901' });
const stranger = Actor.parse({ kind: 'organisation', ukprn: '99999902' });
const keeper: Actor = { kind: 'keeper' };
const learner: Actor = { kind: 'learner' };
const marker = RedactionMarker.parse({
  redacted: true,
  on: '2024-09-01T00:00:00.000Z',
  order: '00000000-0000-4000-8000-0000000000aa',
  basis: 'recorded-in-error',
});

const started = importEvents.ImportStarted.schema.parse({
  kind: 'achievements',
  submittedBy: '99999901',
  rows: 12,
});
const cells = { ULN: '1000000043', FamilyName: 'Example' };
const recordedBy = '00000000-0000-8000-8000-0000000000bb';
const row = { row: 3, recordedBy, code: 'ERR_LEARNER_NOT_FOUND', cells } as const;

const importStarted: ImportEvent = { type: 'ImportStarted', data: started };
const rowHeld: ImportEvent = { type: 'RowHeld', data: row };
const heldOtherwise: ImportEvent = {
  type: 'RowHeld',
  data: { ...row, code: 'ERR_IDENTITY_MISMATCH' },
};
const redactedRow: ImportEvent = { type: 'RowHeld', data: { ...row, cells: marker } };
const rowReleased: ImportEvent = { type: 'RowReleased', data: { row: 3 } };
const rowRejected: ImportEvent = { type: 'RowRejected', data: { row: 3, reason: null } };
const finished = (outcomes: Readonly<Record<string, number>>): ImportEvent => ({
  type: 'ImportFinished',
  data: { outcomes },
});

const hold: HeldRowsCommand = { type: 'HoldRow', started, data: row };
const holdOtherwise: HeldRowsCommand = {
  ...hold,
  data: { ...row, code: 'ERR_IDENTITY_MISMATCH' },
};
const release = (by = source, number = 3): HeldRowsCommand => ({
  type: 'ReleaseRow',
  row: number,
  by,
});
const reject = (by = source, number = 3, reason: string | null = null): HeldRowsCommand => ({
  type: 'RejectRow',
  row: number,
  reason,
  by,
});
const finish = (outcomes: Readonly<Record<string, number>>): HeldRowsCommand => ({
  type: 'FinishImport',
  outcomes,
});

function given(...events: readonly ImportEvent[]) {
  const state = events.reduce(heldRows.evolve, heldRows.initialState);
  return {
    when: (command: HeldRowsCommand) => ({
      records: (...expected: readonly ImportEvent[]): void => {
        const recorded = heldRows.decide(command, state);
        expect(recorded).toStrictEqual(expected);
        for (const { type, data } of recorded) {
          expect(importEvents[type].schema.parse(data)).toStrictEqual(data);
        }
      },
      refuses: (code: DomainErrorCode): void => {
        const error = refusal(() => heldRows.decide(command, state));
        expect(error.code).toBe(code);
        expect(error.message).not.toMatch(/\d{8}|Example/);
      },
    }),
  };
}

describe('holding a row', () => {
  test('begins the import where it is the first', () => {
    given().when(hold).records(importStarted, rowHeld);
  });

  test('records the row alone where there are others', () => {
    const other = { ...row, row: 4 };
    given(importStarted, rowHeld)
      .when({ ...hold, data: other })
      .records({ type: 'RowHeld', data: other });
  });

  test('records nothing the second time', () => {
    given(importStarted, rowHeld).when(hold).records();
  });

  test('records the row anew where it waits for another reason now', () => {
    given(importStarted, rowHeld).when(holdOtherwise).records(heldOtherwise);
  });

  test('records the first reason anew where it has come back', () => {
    given(importStarted, rowHeld, heldOtherwise).when(hold).records(rowHeld);
  });

  test.each([
    ['released', rowReleased],
    ['rejected', rowRejected],
  ])('records nothing once it is %s, for whatever reason', (_, decided) => {
    given(importStarted, rowHeld, decided).when(hold).records();
    given(importStarted, rowHeld, decided).when(holdOtherwise).records();
  });

  test('does not bring back what was redacted of it, for whatever reason', () => {
    given(importStarted, redactedRow).when(hold).records();
    given(importStarted, redactedRow).when(holdOtherwise).records();
  });
});

describe.each([
  ['releasing', release, rowReleased, rowRejected],
  ['rejecting', reject, rowRejected, rowReleased],
] as const)('%s a row', (_, command, decided, otherwise) => {
  test.each([
    ['its source', source],
    ['the keeper', keeper],
  ])('is recorded for %s', (_who, by) => {
    given(importStarted, rowHeld).when(command(by)).records(decided);
  });

  test('records nothing the second time', () => {
    given(importStarted, rowHeld, decided).when(command()).records();
  });

  test('is refused once it went the other way', () => {
    given(importStarted, rowHeld, otherwise).when(command()).refuses('ERR_HELD_ROW_DECIDED');
  });

  test('is refused where no row of that number is held', () => {
    given(importStarted, rowHeld).when(command(source, 4)).refuses('ERR_HELD_ROW_NOT_FOUND');
  });

  test('is refused to the keeper where nothing was imported', () => {
    given().when(command(keeper)).refuses('ERR_HELD_ROW_NOT_FOUND');
  });

  test.each<[string, Actor, readonly ImportEvent[]]>([
    ['another organisation', stranger, [importStarted, rowHeld]],
    ['the learner', learner, [importStarted, rowHeld]],
    ['another organisation, which does not learn whether there is a row', stranger, []],
    ['another organisation, also once it is decided', stranger, [importStarted, rowHeld, decided]],
  ])('is refused to %s', (_who, by, events) => {
    given(...events)
      .when(command(by))
      .refuses('ERR_NOT_SUBMITTER');
  });

  test('leaves other rows as they are', () => {
    const other: ImportEvent = { type: 'RowHeld', data: { ...row, row: 4 } };
    const state = [importStarted, rowHeld, other, decided].reduce(
      heldRows.evolve,
      heldRows.initialState,
    );
    expect(state.rows.get(4)?.state).toBe('held');
  });
});

test('rejecting a row records why', () => {
  given(importStarted, rowHeld)
    .when(reject(source, 3, 'Sent twice.'))
    .records({ type: 'RowRejected', data: { row: 3, reason: 'Sent twice.' } });
});

test('a redacted row can be rejected', () => {
  given(importStarted, redactedRow).when(reject()).records(rowRejected);
});

describe('finishing an import', () => {
  test('is recorded with the outcomes', () => {
    given(importStarted, rowHeld)
      .when(finish({ created: 1, held: 1 }))
      .records(finished({ created: 1, held: 1 }));
  });

  test('records nothing where no row was held', () => {
    given()
      .when(finish({ created: 1 }))
      .records();
  });

  test('records nothing the second time, whatever the order of the outcomes', () => {
    given(importStarted, rowHeld, finished({ created: 1, held: 2 }))
      .when(finish({ held: 2, created: 1 }))
      .records();
  });

  test.each([
    ['another count', { created: 1, held: 1 }],
    ['an outcome more', { created: 1, held: 2, rejected: 0 }],
    ['an outcome less', { held: 2 }],
  ])('is recorded again with %s', (_, outcomes) => {
    given(importStarted, rowHeld, finished({ created: 1, held: 2 }))
      .when(finish(outcomes))
      .records(finished(outcomes));
  });
});

describe('the state of an import', () => {
  test('knows each row, what it says and what became of it', () => {
    const state = [importStarted, heldOtherwise, rowReleased].reduce(
      heldRows.evolve,
      heldRows.initialState,
    );
    expect(state.rows.get(3)).toStrictEqual({
      ...row,
      code: 'ERR_IDENTITY_MISMATCH',
      state: 'released',
    });
  });

  test('stays as it is for a decision about a row that it does not know', () => {
    const before = heldRows.evolve(heldRows.initialState, importStarted);
    expect(heldRows.evolve(before, rowReleased)).toStrictEqual(before);
  });

  test('is not changed in place', () => {
    const before = [importStarted, rowHeld].reduce(heldRows.evolve, heldRows.initialState);
    heldRows.evolve(before, rowReleased);
    expect(before.rows.get(3)?.state).toBe('held');
  });
});
