import { Ukprn } from '../../domain/values/ukprn.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Request } from '../../src/request/request.js';
import { uuidOf } from '../streams/events.js';

/** Two ULNs to be merged: the first is to be the master. */
export type Pair = readonly [master: Uln, superseded: Uln];

/** A request of the registry; the same for the same step, as a retry is. */
export function mergeRequest(step: string): Request {
  return {
    by: { kind: 'organisation', ukprn: Ukprn.parse('10000001') },
    user: 'registry',
    purpose: 'data-correction',
    commandId: uuidOf('merge', step),
  };
}
