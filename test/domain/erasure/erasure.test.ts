import { describe, expect, test } from 'vitest';
import { type ErasureCommand, erasure } from '../../../domain/erasure/erasure.js';
import {
  type ErasureEvent,
  type ErasureEventOf,
  erasureEvents,
  MAX_TARGETS,
} from '../../../domain/erasure/events.js';
import type { DomainErrorCode } from '../../../domain/errors.js';
import { refusal } from '../learner/language.js';

const order = '00000000-0000-4000-8000-000000000001';
const otherOrder = '00000000-0000-4000-8000-000000000002';
const target = { event: '00000000-0000-4000-8000-0000000000bb', fields: ['notes'] };
const named = {
  order,
  stream: 'learner-1abcdefghijklmnopqrstuvwxyz',
  targets: [target],
  basis: 'recorded-in-error' as const,
};
const proposal = { ...named, proposedBy: 'kim@99999901' };

const proposed: ErasureEvent = { type: 'RedactionProposed', data: proposal };
const ordered: ErasureEventOf<'RedactionOrdered'> = {
  type: 'RedactionOrdered',
  data: { ...named, approvedBy: 'lee@99999901' },
};
const completed: ErasureEvent = { type: 'ErasureCompleted', data: { order } };

const propose: ErasureCommand = { type: 'ProposeRedaction', data: proposal };
const orderBy = (approvedBy: string): ErasureCommand => ({
  type: 'OrderRedaction',
  data: { order, approvedBy },
});

function given(...events: readonly ErasureEvent[]) {
  const state = events.reduce(erasure.evolve, erasure.initialState);
  return {
    when: (command: ErasureCommand) => ({
      records: (...expected: readonly ErasureEvent[]) => {
        expect(erasure.decide(command, state)).toStrictEqual(expected);
      },
      refuses: (code: DomainErrorCode) => {
        expect(refusal(() => erasure.decide(command, state)).code).toBe(code);
      },
    }),
  };
}

describe('proposing a redaction', () => {
  test('is recorded', () => {
    given().when(propose).records(proposed);
  });

  test('records nothing the second time', () => {
    given(proposed).when(propose).records();
  });

  test('records nothing once it is ordered', () => {
    given(proposed, ordered).when(propose).records();
  });

  test('is recorded beside another proposal', () => {
    const other = { ...proposal, order: otherOrder };
    given(proposed)
      .when({ type: 'ProposeRedaction', data: other })
      .records({ type: 'RedactionProposed', data: other });
  });
});

describe('ordering a redaction', () => {
  test('is recorded for a second person, with all that was proposed', () => {
    given(proposed).when(orderBy('lee@99999901')).records(ordered);
  });

  test('is recorded for a second person of another organisation', () => {
    given(proposed)
      .when(orderBy('kim@99999902'))
      .records({ ...ordered, data: { ...ordered.data, approvedBy: 'kim@99999902' } });
  });

  test('is refused to the proposer', () => {
    given(proposed).when(orderBy('kim@99999901')).refuses('ERR_PROPOSER_APPROVES');
  });

  test('is refused to the proposer once it is ordered as well', () => {
    given(proposed, ordered).when(orderBy('kim@99999901')).refuses('ERR_PROPOSER_APPROVES');
  });

  test('is refused without a proposal', () => {
    given().when(orderBy('lee@99999901')).refuses('ERR_PROPOSAL_NOT_FOUND');
  });

  test('is refused where only another was proposed', () => {
    given({ ...proposed, data: { ...proposal, order: otherOrder } })
      .when(orderBy('lee@99999901'))
      .refuses('ERR_PROPOSAL_NOT_FOUND');
  });

  test('records nothing the second time', () => {
    given(proposed, ordered).when(orderBy('lee@99999901')).records();
  });

  test('records nothing for a third person', () => {
    given(proposed, ordered).when(orderBy('sam@99999901')).records();
  });

  test('records nothing once it is completed', () => {
    given(proposed, ordered, completed).when(orderBy('lee@99999901')).records();
  });
});

describe('the state of the erasure streams', () => {
  const fold = (...events: readonly ErasureEvent[]) =>
    events.reduce(erasure.evolve, erasure.initialState);

  test('knows a redaction from proposal to completion', () => {
    expect(fold(proposed, ordered, completed).get(order)).toStrictEqual({
      proposed: proposal,
      ordered: ordered.data,
      completed: true,
    });
  });

  test('knows one that is only proposed', () => {
    expect(fold(proposed).get(order)).toStrictEqual({
      proposed: proposal,
      ordered: null,
      completed: false,
    });
  });

  test('stays as it is when a master key is destroyed', () => {
    const destroyed: ErasureEvent = {
      type: 'MasterKeyDestroyed',
      data: { master: 'one', replacedBy: 'two' },
    };
    expect(fold(proposed, destroyed)).toStrictEqual(fold(proposed));
  });

  test('is not changed in place', () => {
    const before = fold(proposed);
    erasure.evolve(before, ordered);
    expect(before).toStrictEqual(fold(proposed));
  });
});

describe('a proposal as it is stored', () => {
  const { schema } = erasureEvents.RedactionProposed;

  test('is read as written', () => {
    expect(schema.parse(proposal)).toStrictEqual(proposal);
  });

  test.each([
    ['no target', { targets: [] }],
    ['a target without fields', { targets: [{ ...target, fields: [] }] }],
    ['more targets than fit', { targets: Array(MAX_TARGETS + 1).fill(target) }],
    ['a basis in free text', { basis: 'because of an illness' }],
    ['a person without an organisation', { proposedBy: 'kim' }],
    ['a person by e-mail address', { proposedBy: 'kim@example.org' }],
    ['a reason, which would stand in clear', { reason: 'illness' }],
  ])('is refused with %s', (_, change) => {
    expect(schema.safeParse({ ...proposal, ...change }).success).toBe(false);
  });
});
