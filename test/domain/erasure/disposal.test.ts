import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DisposalCommand,
  disposal,
  type RecordFacts,
} from '../../../domain/erasure/disposal.js';
import { disposalOrderEvents } from '../../../domain/erasure/disposalEvents.js';
import type { ErasureEvent, ErasureEventOf } from '../../../domain/erasure/events.js';
import type { DomainErrorCode } from '../../../domain/errors.js';
import { refusal } from '../learner/language.js';

const order = '00000000-0000-4000-8000-0000000000a1';
const stream = 'learner-1k7q2mzx4w5dgtn3ryv6ceajhbp';
const FREE: RecordFacts = { isDisposed: false, isHeld: false, hasEnded: true, isChanged: false };
const CHANGED: RecordFacts = { ...FREE, isChanged: true };
const HELD: RecordFacts = { ...FREE, isHeld: true };
const DISPOSED: RecordFacts = { ...FREE, isDisposed: true };
const NOT_ENDED: RecordFacts = { ...FREE, hasEnded: false };

const proposal = { order, stream, basis: 'retention-ended', proposedBy: 'kim@99999901' } as const;
const proposed: ErasureEvent = { type: 'DisposalProposed', data: proposal };
const ordered: ErasureEventOf<'DisposalOrdered'> = {
  type: 'DisposalOrdered',
  data: { order, stream, basis: 'retention-ended', approvedBy: 'lee@99999901' },
};
const stopped: ErasureEvent = { type: 'DisposalStopped', data: { order } };
const completed: ErasureEvent = { type: 'ErasureCompleted', data: { order } };

const propose = (
  record = FREE,
  basis: (typeof proposal | { basis: 'court-order' })['basis'] = 'retention-ended',
): DisposalCommand => ({ type: 'ProposeDisposal', data: { ...proposal, basis }, record });
const orderBy = (approvedBy: string, record = FREE): DisposalCommand => ({
  type: 'OrderDisposal',
  data: { order, approvedBy },
  record,
});
const byRule = (record = FREE): DisposalCommand => ({
  type: 'OrderByRule',
  data: { order, stream: 'import-1abc-1' },
  record,
});

function given(...events: readonly ErasureEvent[]) {
  const state = events.reduce(disposal.evolve, disposal.initialState);
  return {
    when: (command: DisposalCommand) => ({
      records: (...expected: readonly ErasureEvent[]) => {
        expect(disposal.decide(command, state)).toStrictEqual(expected);
      },
      refuses: (code: DomainErrorCode) => {
        expect(refusal(() => disposal.decide(command, state)).code).toBe(code);
      },
    }),
  };
}

describe('proposing a disposal', () => {
  test('is recorded', () => {
    given().when(propose()).records(proposed);
  });

  test.each([
    ['proposed', [proposed]],
    ['ordered', [proposed, ordered]],
    ['completed', [proposed, ordered, completed]],
  ])('records nothing once it is %s', (_, events) => {
    given(...events)
      .when(propose(HELD))
      .records();
  });

  test.each([
    ['held', HELD, 'retention-ended', 'ERR_LEGAL_HOLD'],
    ['held, also for another reason', HELD, 'court-order', 'ERR_LEGAL_HOLD'],
    ['disposed of', DISPOSED, 'court-order', 'ERR_RECORD_DISPOSED'],
    ['still to be kept', NOT_ENDED, 'retention-ended', 'ERR_RETENTION_NOT_ENDED'],
  ] as const)('is refused where the record is %s', (_, record, basis, code) => {
    given().when(propose(record, basis)).refuses(code);
  });

  test('for another reason than its end does not wait for that', () => {
    const data = { ...proposal, basis: 'court-order' } as const;
    given().when(propose(NOT_ENDED, 'court-order')).records({ type: 'DisposalProposed', data });
  });
});

describe('ordering a disposal', () => {
  test('is recorded for a second person, with all that was proposed', () => {
    given(proposed).when(orderBy('lee@99999901')).records(ordered);
  });

  test.each([
    ['the proposer', 'kim@99999901'],
    ['the proposer in other letters', 'KIM@99999901'],
  ])('is refused to %s', (_, person) => {
    given(proposed).when(orderBy(person)).refuses('ERR_PROPOSER_APPROVES');
  });

  test('is refused without a proposal', () => {
    given().when(orderBy('lee@99999901')).refuses('ERR_PROPOSAL_NOT_FOUND');
  });

  test('is refused where only a redaction was proposed', () => {
    const targets = [{ event: order, fields: ['notes'] }];
    const data = {
      order,
      stream,
      targets,
      basis: 'court-order',
      proposedBy: 'kim@99999901',
    } as const;
    given({ type: 'RedactionProposed', data })
      .when(orderBy('lee@99999901'))
      .refuses('ERR_PROPOSAL_NOT_FOUND');
  });

  test('is refused for what the keeper ordered by rule', () => {
    const data = { ...ordered.data, basis: 'held-rows-decided', approvedBy: 'keeper' } as const;
    given({ type: 'DisposalOrdered', data })
      .when(orderBy('lee@99999901'))
      .refuses('ERR_PROPOSAL_NOT_FOUND');
  });

  test.each([
    ['held since', HELD, 'ERR_LEGAL_HOLD'],
    ['disposed of by another order', DISPOSED, 'ERR_RECORD_DISPOSED'],
    ['added to since', NOT_ENDED, 'ERR_RETENTION_NOT_ENDED'],
  ] as const)('is refused where the record was %s', (_, record, code) => {
    given(proposed).when(orderBy('lee@99999901', record)).refuses(code);
  });

  test.each([
    ['ordered', [proposed, ordered]],
    ['completed', [proposed, ordered, completed]],
  ])('records nothing once it is %s', (_, events) => {
    given(...events)
      .when(orderBy('sam@99999901', DISPOSED))
      .records();
  });

  test('is refused once a hold has stopped it, also when that is released', () => {
    given(proposed, ordered, stopped).when(orderBy('lee@99999901')).refuses('ERR_LEGAL_HOLD');
  });
});

describe('ordering by rule', () => {
  test('needs no proposal', () => {
    const data = {
      order,
      stream: 'import-1abc-1',
      basis: 'held-rows-decided',
      approvedBy: 'keeper',
    };
    given()
      .when(byRule())
      .records({ type: 'DisposalOrdered', data } as ErasureEvent);
  });

  test.each([
    ['disposed of', DISPOSED],
    ['not decided long enough', NOT_ENDED],
  ])('records nothing for rows that are %s', (_, record) => {
    given().when(byRule(record)).records();
  });

  test('records nothing the second time', () => {
    given(ordered).when(byRule()).records();
  });
});

test('no order of holding, proposing and ordering disposes of a record that is held', () => {
  const steps = fc.array(
    fc.constantFrom('hold', 'release', 'propose', 'order-1', 'order-2', 'stop', 'complete'),
    { maxLength: 30 },
  );
  let orders = 0;
  fc.assert(
    fc.property(steps, (taken) => {
      let state = disposal.initialState;
      let isHeld = false;
      for (const step of taken) {
        const record = { ...FREE, isHeld };
        const command =
          step === 'propose'
            ? propose(record)
            : orderBy(step === 'order-1' ? 'lee@99999901' : 'kim@99999901', record);
        if (step === 'hold' || step === 'release') {
          isHeld = step === 'hold';
          continue;
        }
        const known = state.get(order)?.state;
        const events =
          step === 'stop' || step === 'complete'
            ? known === 'ordered'
              ? [step === 'stop' ? stopped : completed]
              : []
            : decideOrNothing(command, state);
        if (events.some(({ type }) => type === 'DisposalOrdered')) {
          orders += 1;
          expect(isHeld).toBe(false);
          expect(known).toBe('proposed');
        }
        state = events.reduce(disposal.evolve, state);
      }
    }),
    { numRuns: 500 },
  );
  expect(orders).toBeGreaterThan(20);
});

function decideOrNothing(
  command: DisposalCommand,
  state: Parameters<typeof disposal.decide>[1],
): readonly ErasureEvent[] {
  try {
    return disposal.decide(command, state);
  } catch {
    return [];
  }
}

describe('an order as it is stored', () => {
  const { schema } = disposalOrderEvents.DisposalOrdered;

  test('is read as written', () => {
    expect(schema.parse(ordered.data)).toStrictEqual(ordered.data);
  });

  test.each([
    ['a stream in clear', { stream: 'erasure-2024' }],
    ['the ledger itself', { stream: 'ledger' }],
    ['a basis in free text', { basis: 'because of an illness' }],
    ['a person without an organisation', { approvedBy: 'lee' }],
    ['a reason, which would stand in clear', { reason: 'illness' }],
  ])('is refused with %s', (_, change) => {
    expect(schema.safeParse({ ...ordered.data, ...change }).success).toBe(false);
  });
});

test('ordering is refused where the person changed since it was proposed, whatever the basis', () => {
  for (const basis of ['retention-ended', 'court-order'] as const) {
    given({ type: 'DisposalProposed', data: { ...proposal, basis } })
      .when(orderBy('lee@99999901', CHANGED))
      .refuses('ERR_PERSON_CHANGED');
  }
});
