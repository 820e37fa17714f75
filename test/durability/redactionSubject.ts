import { Ukprn } from '../../domain/values/ukprn.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Request } from '../../src/request/request.js';
import { uuidOf } from '../streams/events.js';

/** What is to be redacted: notes and family name of a learner, from the event that first held them. */
export type Subject = { readonly uln: Uln; readonly stream: string; readonly event: string };

const by = { kind: 'organisation', ukprn: Ukprn.parse('10000001') } as const;

/** The request of the person who proposes; the same every time, as a retry is. */
export function proposeRequest({ event }: Subject): Request {
  return {
    by,
    user: 'officer1',
    purpose: 'data-protection',
    commandId: uuidOf('propose', event),
  };
}

/** The request of the person who orders. */
export function orderRequest({ event }: Subject): Request {
  return { by, user: 'officer2', purpose: 'data-protection', commandId: uuidOf('order', event) };
}
