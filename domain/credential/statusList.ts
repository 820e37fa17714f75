import { DomainError } from '../errors.js';
import type { Instant } from '../values/date.js';
import type { CredentialEvent } from './events.js';

/** How many credentials one list can hold: 2^20 bits, of which hardly any is set. */
export const STATUS_LIST_SIZE = 1_048_576;

/** What can be asked of a status list. */
export type StatusListCommand =
  | {
      readonly type: 'IssueCredential';
      readonly data: {
        /** Indices to try, in this order: at random, so that they do not tell who came after whom. */
        readonly candidates: readonly number[];
        readonly expiresAt: Instant;
      };
    }
  | {
      readonly type: 'RevokeCredential';
      readonly data: { readonly index: number; readonly at: Instant };
    };

/** The credentials of a list by index. */
export type StatusList = ReadonlyMap<
  number,
  { readonly expiresAt: Instant; readonly isRevoked: boolean }
>;

/**
 * A status list folded from its events at once: a year can hold many, and a decider's fold would copy
 * the list for each.
 */
export function statusListOf(events: Iterable<CredentialEvent>): StatusList {
  const credentials = new Map<number, { expiresAt: Instant; isRevoked: boolean }>();
  for (const event of events) {
    const { index } = event.data;
    const known = credentials.get(index);
    if (event.type === 'CredentialIssued') {
      credentials.set(index, { expiresAt: event.data.expiresAt, isRevoked: false });
    } else if (known !== undefined) {
      known.isRevoked = true;
    }
  }
  return credentials;
}

/** What follows from a command on a status list: which index a credential gets, and which are no longer good. */
export function decideStatusList(
  command: StatusListCommand,
  state: StatusList,
): readonly CredentialEvent[] {
  switch (command.type) {
    case 'IssueCredential': {
      const { candidates, expiresAt } = command.data;
      const index = candidates.find((candidate) => !state.has(candidate));
      if (index === undefined) {
        throw new DomainError(
          'ERR_STATUS_LIST_FULL',
          `expected one of ${candidates.length} indices of the year's status list to be free, found none`,
        );
      }
      return [{ type: 'CredentialIssued', data: { index, expiresAt } }];
    }
    case 'RevokeCredential': {
      const { index, at } = command.data;
      const credential = state.get(index);
      // One that was never issued or has expired is good for nothing already.
      return credential === undefined || credential.isRevoked || credential.expiresAt <= at
        ? []
        : [{ type: 'CredentialRevoked', data: { index } }];
    }
  }
}
