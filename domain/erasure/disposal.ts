import type { Decider } from '../decider.js';
import { DomainError } from '../errors.js';
import type { ErasureEvent, ErasureEventOf } from './events.js';

/** What the rules of disposal need to know when they are asked: of an import, or of a person with all their ULNs. */
export type RecordFacts = {
  readonly isDisposed: boolean;
  /** A legal hold runs. */
  readonly isHeld: boolean;
  /** Nothing requires that the record is kept any longer. */
  readonly hasEnded: boolean;
  /** Since it was proposed the person was merged, taken apart or active: another disposal than the one proposed. */
  readonly isChanged: boolean;
};

/** What can be asked of the erasure streams about whole records. */
export type DisposalCommand =
  | {
      readonly type: 'ProposeDisposal';
      readonly data: ErasureEventOf<'DisposalProposed'>['data'];
      readonly record: RecordFacts;
    }
  | {
      readonly type: 'OrderDisposal';
      readonly data: { readonly order: string; readonly approvedBy: string };
      readonly record: RecordFacts;
    }
  /** By the ledger's own rule for imports; nobody proposes it. */
  | {
      readonly type: 'OrderByRule';
      readonly data: { readonly order: string; readonly stream: string };
      readonly record: RecordFacts;
    };

/** One disposal, from proposal to completion. */
export type Disposal = {
  readonly stream: string;
  readonly basis: ErasureEventOf<'DisposalOrdered'>['data']['basis'];
  /** `null` where a rule of the ledger ordered it. */
  readonly proposedBy: string | null;
  readonly approvedBy: string | null;
  readonly state: 'proposed' | 'ordered' | 'stopped' | 'completed';
};

/** Disposals by the id of their order, which is that of their proposal. */
export type Disposals = ReadonlyMap<string, Disposal>;

/** The disposals in the erasure streams, folded over all years: who may order what. */
export const disposal: Decider<Disposals, DisposalCommand, ErasureEvent> = {
  initialState: new Map(),
  decide,
  evolve,
};

function decide(command: DisposalCommand, state: Disposals): readonly ErasureEvent[] {
  const known = state.get(command.data.order);
  switch (command.type) {
    case 'ProposeDisposal': {
      const { data, record } = command;
      if (known !== undefined) {
        return [];
      }
      requireDisposable(record, data.basis);
      return [{ type: 'DisposalProposed', data }];
    }
    case 'OrderDisposal': {
      const { order, approvedBy } = command.data;
      if (known === undefined || known.proposedBy === null) {
        throw new DomainError(
          'ERR_PROPOSAL_NOT_FOUND',
          'expected a proposal of this id, found none',
        );
      }
      // User ids that differ in capitals alone are one person to most systems that give them.
      if (known.proposedBy.toLowerCase() === approvedBy.toLowerCase()) {
        throw new DomainError(
          'ERR_PROPOSER_APPROVES',
          'expected another person than the proposer to order the disposal, found the same',
        );
      }
      if (known.state === 'stopped') {
        throw new DomainError(
          'ERR_LEGAL_HOLD',
          'expected a proposal that no legal hold has stopped, found one; propose it anew',
        );
      }
      if (known.state !== 'proposed') {
        return [];
      }
      requireDisposable(command.record, known.basis);
      const { stream, basis } = known;
      return [{ type: 'DisposalOrdered', data: { order, stream, basis, approvedBy } }];
    }
    case 'OrderByRule': {
      const { data, record } = command;
      if (known !== undefined || record.isDisposed || !record.hasEnded) {
        return [];
      }
      const basis = 'held-rows-decided';
      return [{ type: 'DisposalOrdered', data: { ...data, basis, approvedBy: 'keeper' } }];
    }
  }
}

function requireDisposable(record: RecordFacts, basis: Disposal['basis']): void {
  if (record.isDisposed) {
    throw recordDisposed();
  }
  if (record.isHeld) {
    throw new DomainError(
      'ERR_LEGAL_HOLD',
      'expected a record without a legal hold, found one that is held',
    );
  }
  if (basis === 'retention-ended' && !record.hasEnded) {
    throw new DomainError(
      'ERR_RETENTION_NOT_ENDED',
      'expected a record whose retention has ended, found one that is still to be kept',
    );
  }
  if (record.isChanged) {
    throw new DomainError(
      'ERR_PERSON_CHANGED',
      'expected a person as when the disposal was proposed, found one merged, taken apart or active since; propose it anew',
    );
  }
}

/** The refusal of everything that is asked of a record which is no more. */
export function recordDisposed(): DomainError {
  return new DomainError(
    'ERR_RECORD_DISPOSED',
    'expected a record that is kept, found one that was disposed of',
  );
}

function evolve(state: Disposals, event: ErasureEvent): Disposals {
  switch (event.type) {
    case 'DisposalProposed': {
      const { order, stream, basis, proposedBy } = event.data;
      return new Map(state).set(order, {
        ...{ stream, basis, proposedBy },
        approvedBy: null,
        state: 'proposed',
      });
    }
    case 'DisposalOrdered': {
      const { order, stream, basis, approvedBy } = event.data;
      const proposedBy = state.get(order)?.proposedBy ?? null;
      return new Map(state).set(order, { stream, basis, proposedBy, approvedBy, state: 'ordered' });
    }
    case 'DisposalStopped':
      return change(state, event.data.order, 'stopped');
    case 'ErasureCompleted':
      return change(state, event.data.order, 'completed');
    case 'RedactionProposed':
    case 'RedactionOrdered':
    case 'MasterKeyDestroyed':
      return state;
  }
}

function change(state: Disposals, order: string, to: Disposal['state']): Disposals {
  const known = state.get(order);
  return known === undefined ? state : new Map(state).set(order, { ...known, state: to });
}
