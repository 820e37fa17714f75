import { type LearnerEvent, learnerEvents } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { CalendarDate, dateOf, Instant } from '../../domain/values/date.js';
import type { Accepted } from '../domain/learner/arbitraries.js';
import { AWARDING } from '../domain/learner/examples.js';

/** A learner's stream: each event with the day on which it was recorded, at noon. */
export function stream(
  ...events: readonly (readonly [day: string, event: LearnerEvent])[]
): readonly Recorded<LearnerEvent>[] {
  return events.map(([day, event], index) =>
    recorded(event, index + 1, Instant.parse(`${day}T12:00:00.000Z`)),
  );
}

/** A random history as it would stand in a stream. */
export function recordedHistory(history: readonly Accepted[]): readonly Recorded<LearnerEvent>[] {
  return history
    .flatMap(({ command, events }) => events.map((event) => ({ event, at: command.at })))
    .map(({ event, at }, index) => recorded(event, index + 1, at));
}

function recorded(event: LearnerEvent, version: number, recordedAt: Instant) {
  const field = learnerEvents[event.type].validFrom;
  const named =
    (field === null ? null : new Map(Object.entries(event.data)).get(field)) ?? dateOf(recordedAt);
  const digits = String(version).padStart(12, '0');
  return {
    event,
    id: `00000000-0000-4000-8000-${digits}`,
    commandId: `00000000-0000-4000-9000-${digits}`,
    stream: 'learner-1abcdefghijklmnopqrstuvwxyz',
    version,
    position: digits,
    recordedAt,
    validFrom: CalendarDate.parse(named),
    user: 'kim',
    organisation: AWARDING,
    purpose: 'achievement-reporting',
    disposedType: null,
  };
}
