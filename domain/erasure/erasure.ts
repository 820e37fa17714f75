import type { Decider } from '../decider.js';
import { DomainError } from '../errors.js';
import type { ErasureEvent, ErasureEventOf } from './events.js';

/** What can be asked of the erasure streams. `proposedBy` and `approvedBy` are persons, `USER@UKPRN`. */
export type ErasureCommand =
  | {
      readonly type: 'ProposeRedaction';
      readonly data: ErasureEventOf<'RedactionProposed'>['data'];
    }
  | {
      readonly type: 'OrderRedaction';
      readonly data: { readonly order: string; readonly approvedBy: string };
    };

/** One redaction, from proposal to completion. */
export type Redaction = {
  readonly proposed: ErasureEventOf<'RedactionProposed'>['data'];
  readonly ordered: ErasureEventOf<'RedactionOrdered'>['data'] | null;
  readonly completed: boolean;
};

/** Redactions by the id of their order, which is that of their proposal. */
export type Erasures = ReadonlyMap<string, Redaction>;

/** The erasure streams, folded over all years: who may order what. */
export const erasure: Decider<Erasures, ErasureCommand, ErasureEvent> = {
  initialState: new Map(),
  decide,
  evolve,
};

function decide(command: ErasureCommand, state: Erasures): readonly ErasureEvent[] {
  switch (command.type) {
    case 'ProposeRedaction':
      return state.has(command.data.order)
        ? []
        : [{ type: 'RedactionProposed', data: command.data }];
    case 'OrderRedaction': {
      const { order, approvedBy } = command.data;
      const redaction = state.get(order);
      if (redaction === undefined) {
        throw new DomainError(
          'ERR_PROPOSAL_NOT_FOUND',
          'expected a proposal of this id, found none',
        );
      }
      const { proposedBy, ...proposed } = redaction.proposed;
      // User ids that differ in capitals alone are one person to most systems that give them.
      if (proposedBy.toLowerCase() === approvedBy.toLowerCase()) {
        throw new DomainError(
          'ERR_PROPOSER_APPROVES',
          'expected another person than the proposer to order the redaction, found the same',
        );
      }
      return redaction.ordered === null
        ? [{ type: 'RedactionOrdered', data: { ...proposed, approvedBy } }]
        : [];
    }
  }
}

function evolve(state: Erasures, event: ErasureEvent): Erasures {
  switch (event.type) {
    case 'RedactionProposed':
      return new Map(state).set(event.data.order, {
        proposed: event.data,
        ordered: null,
        completed: false,
      });
    case 'RedactionOrdered':
      return change(state, event.data.order, (redaction) => ({
        ...redaction,
        ordered: event.data,
      }));
    case 'ErasureCompleted':
      return change(state, event.data.order, (redaction) => ({ ...redaction, completed: true }));
    case 'MasterKeyDestroyed':
    case 'DisposalProposed':
    case 'DisposalOrdered':
    case 'DisposalStopped':
      return state;
  }
}

function change(state: Erasures, order: string, to: (redaction: Redaction) => Redaction): Erasures {
  const redaction = state.get(order);
  return redaction === undefined ? state : new Map(state).set(order, to(redaction));
}
