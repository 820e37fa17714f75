import { DomainError } from '../../domain/errors.js';
import { comparableName, comparablePostcode } from '../../domain/learner/details/matching.js';
import type { Instant } from '../../domain/values/date.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { searchDigest } from '../journal/identifiers.js';
import type { AccessLedger, Asker } from './accessLedger.js';

/** The five mandatory fields of a search or a registration; `null` where a search leaves one out. */
export type Mandatory = {
  readonly [Name in 'givenName' | 'familyName' | 'dateOfBirth' | 'gender' | 'lastKnownPostCode']:
    | string
    | null;
};

/** How long a search counts, and how long a possible match must have been looked at. The service does not publish its times: ours. */
const SEARCH_COUNTS_MS = 30 * 60_000;
const LOOK_AT_POSSIBLE_MS = 10_000;

/**
 * Keyed digests of what is searched for, with and without the date of birth; with the ULN that somebody
 * is asked for by, so that guessing beside it shows.
 */
export function digestsOf(
  vault: Vault,
  searched: Mandatory,
  uln = '',
): { readonly whole: string; readonly withoutBirth: string } {
  const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = searched;
  const others = [
    comparableName(givenName ?? ''),
    comparableName(familyName ?? ''),
    gender ?? '',
    comparablePostcode(lastKnownPostCode ?? ''),
    ...(uln === '' ? [] : [uln]),
  ].join('\n');
  return {
    whole: searchDigest(vault, `whole\n${others}\n${dateOfBirth ?? ''}`),
    withoutBirth: searchDigest(vault, `others\n${others}`),
  };
}

/**
 * Refuses to register who was not searched for first: by the same asker, with the same five fields,
 * within 30 minutes; and where the last answer was a possible match, a person must have had 10 seconds
 * to look at it. Source: the service's search-before-register guard, WSRC0021; the times are ours.
 */
export async function requireSearch(
  parts: { readonly ledger: AccessLedger; readonly vault: Vault; readonly clock: Clock },
  asker: Asker,
  details: Mandatory,
): Promise<void> {
  const { ledger, vault, clock } = parts;
  const now = Date.parse(clock());
  // Sound: the text of a Date is an instant.
  const since = new Date(now - SEARCH_COUNTS_MS).toISOString() as Instant;
  const { whole } = digestsOf(vault, details);
  let otherSearches = 0;
  for await (const { event, recordedAt } of ledger.recent(asker, since)) {
    const { action, decision, search, code } = event.data;
    if (action !== 'find' || decision !== 'allowed' || search === null) {
      continue;
    }
    if (search.whole !== whole) {
      otherSearches += 1;
      continue;
    }
    if (code === 'WSRC0003' && now - Date.parse(recordedAt) < LOOK_AT_POSSIBLE_MS) {
      throw refused(
        'that the possible matches had been looked at for 10 seconds, found the search a moment ago',
      );
    }
    return;
  }
  throw refused(
    otherSearches === 0
      ? 'a search for the learner within the last 30 minutes, found none; "plr find" searches'
      : 'a search by the same names, date of birth, gender and postcode within the last 30 minutes, found searches for others alone',
  );
}

/** The error for a registration of somebody who is in the register already. */
export function alreadyRegistered(): DomainError {
  return refused('a learner who is not registered, found the same five fields in the register');
}

function refused(expected: string): DomainError {
  return new DomainError('ERR_SEARCH_REQUIRED', `expected ${expected} (WSRC0021)`);
}

/** The mandatory fields of what was asked, which is not parsed yet where the asking was refused. */
export function mandatoryOf(input: { readonly [Name in keyof Mandatory]?: unknown }): Mandatory {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    givenName: textOf(input.givenName),
    familyName: textOf(input.familyName),
    dateOfBirth: textOf(input.dateOfBirth),
    gender: textOf(input.gender),
    lastKnownPostCode: textOf(input.lastKnownPostCode),
  };
}
