import { join } from 'node:path';
import type { DetailsInput } from '../../src/learners/registration.js';
import type { LedgerPlaces } from '../../src/ledger/ledger.js';

/** Details of a made-up learner, the same for the same number. */
export function learnerDetails(number: number): DetailsInput {
  return {
    givenName: `Given${number}`,
    familyName: 'Synthetic',
    dateOfBirth: '2003-04-17',
    gender: '9',
    lastKnownPostCode: 'AB1 2CD',
    abilityToShare: '1',
    verificationType: '0',
  };
}

/** Where the parts of a ledger in a folder are: what is backed up in `data`, the master key beside it. */
export function placesIn(folder: string): LedgerPlaces {
  return {
    store: `sqlite:${join(folder, 'data', 'ledger.db')}`,
    vault: join(folder, 'data', 'vault.db'),
    vaultCopy: null,
    views: join(folder, 'data', 'views.db'),
    access: `sqlite:${join(folder, 'data', 'access-{year}.db')}`,
    master: join(folder, 'keys', 'master.key'),
  };
}
