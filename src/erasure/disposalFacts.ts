import type { Disposal, RecordFacts } from '../../domain/erasure/disposal.js';
import type { ImportEvent } from '../../domain/imports/events.js';
import { heldRows } from '../../domain/imports/heldRows.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import {
  countsAsActivity,
  importsDecidedBefore,
  openHolds,
  type RetentionPolicy,
  retentionEndsOn,
} from '../../domain/learner/retention/policy.js';
import type { Recorded } from '../../domain/recorded.js';
import { type CalendarDate, dateOf, type Instant } from '../../domain/values/date.js';
import { fold } from '../../projections/projection.js';
import { retentionProjection } from '../../projections/views/retention.js';
import { orderOf } from '../../streams/position.js';
import { isDisposed } from '../journal/disposals.js';
import type { PersonStream } from '../learners/persons.js';

/** The streams of one person. */
type Streams = readonly Pick<PersonStream, 'stream' | 'events'>[];

/** What the rules of disposal need to know of a person: held where any ULN is, ended where all have. */
export function personFacts(
  streams: Streams,
  policy: RetentionPolicy,
  at: Instant,
): Omit<RecordFacts, 'isChanged'> {
  const facts = streams.map(({ events }) => fold(retentionProjection, events));
  return {
    isDisposed: streams.some(({ events }) => isDisposed(events)),
    isHeld: facts.some((one) => openHolds(one?.holds ?? {}, dateOf(at)).length > 0),
    hasEnded: facts.every((one) => one !== null && retentionEndsOn(one, policy) <= dateOf(at)),
  };
}

/**
 * Whether a person is another than when the disposal of the streams named was proposed, at a position:
 * has other ULNs, was merged or taken apart, or was active.
 */
export function isChangedSince(
  { position, named }: { readonly position: string; readonly named: readonly string[] },
  streams: Streams,
): boolean {
  const now = streams.map(({ stream }) => stream);
  const since = orderOf(position);
  return (
    now.toSorted().join() !== named.toSorted().join() ||
    streams.some(({ events }) =>
      events.some(
        ({ position: place, event: { type } }) =>
          orderOf(place) > since && (countsAsActivity[type] || MERGING.includes(type)),
      ),
    )
  );
}

const MERGING: readonly LearnerEvent['type'][] = [
  'LearnersMerged',
  'LearnersUnmerged',
  'LearnerSuperseded',
  'SupersessionEnded',
];

/** What they need to know of an import: it has ended when all its rows are decided, the last one long enough ago. */
export function importFacts(events: readonly Recorded<ImportEvent>[], at: Instant): RecordFacts {
  const { rows } = events.reduce(
    (state, { event }) => heldRows.evolve(state, event),
    heldRows.initialState,
  );
  const isWaiting = [...rows.values()].some(({ state }) => state === 'held');
  const before = importsDecidedBefore(at);
  const decisions = events.filter(({ event }) => /^Row(Released|Rejected)$/.test(event.type));
  return {
    isDisposed: isDisposed(events),
    isHeld: false,
    isChanged: false,
    hasEnded:
      !isWaiting &&
      decisions.length > 0 &&
      decisions.every(({ recordedAt }) => recordedAt <= before),
  };
}

/**
 * True where an order must not be carried out, because what was decided on has changed before the order
 * stood: a hold was placed, a record that had come to its end was added to, a row was held again.
 */
export function mustStay(
  order: { readonly stream: string; readonly basis: Disposal['basis']; readonly on: string },
  events: readonly Recorded<LearnerEvent | ImportEvent>[],
  at: Instant,
): boolean {
  if (!order.stream.startsWith('learner-')) {
    // Sound: the schema of orders names streams of learners and of imports alone.
    return !importFacts(events as readonly Recorded<ImportEvent>[], at).hasEnded;
  }
  const facts = fold(retentionProjection, events as readonly Recorded<LearnerEvent>[]);
  const ordered = order.on.slice(0, 10) as CalendarDate;
  return (
    facts !== null &&
    (openHolds(facts.holds, dateOf(at)).length > 0 ||
      (order.basis === 'retention-ended' && facts.lastActivityOn >= ordered))
  );
}
