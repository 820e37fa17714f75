import type { ErasureNews } from '../../projections/kept/source.js';
import type { PendingDisposal, PendingOrder } from '../journal/orders.js';

/** What views are told of an order. */
export function newsOf(pending: PendingOrder): ErasureNews {
  const { order, on, stream } = pending;
  const fields =
    pending.kind === 'disposal' ? 'all' : pending.targets.flatMap((target) => target.fields);
  return { order, on, stream, fields };
}

/** What views are told of a disposal that was stopped: they fold the stream anew, and find all of it again. */
export function newsOfStop({ order, on, stream }: PendingDisposal): ErasureNews {
  return { order, on: `${on} stopped`, stream, fields: 'all' };
}
