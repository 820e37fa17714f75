import { entryKey } from '../../domain/learner/entry/entries.js';
import { subjectOf } from '../../domain/learner/entry/subjects.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';

type Events = readonly Recorded<LearnerEvent>[];

declare const showable: unique symbol;
/** Events without those on quarantined entries. `withoutQuarantined` alone makes them. */
export type ShowableEvents = Events & { readonly [showable]: true };

/**
 * The events of a learner that may be shown to anybody but data protection: without every event on an
 * entry that is quarantined now, its challenges and reviews included. Decided by the head of the
 * stream, whatever point of it is asked for: to be given all events, before a point is chosen.
 */
export function withoutQuarantined(events: Events): ShowableEvents {
  const hidden = new Set<string>();
  for (const { event } of events) {
    if (event.type === 'EntryQuarantined') {
      hidden.add(entryKey(event.data.entry));
    }
    if (event.type === 'QuarantineLifted') {
      hidden.delete(entryKey(event.data.entry));
    }
  }
  const entries = hidden.size === 0 ? new Map<string, string>() : entriesOf(events);
  // Sound: whatever is on a hidden entry has just been left out, and the mark says nothing else.
  return events.filter(({ id }) => !hidden.has(entries.get(id) ?? '')) as Events as ShowableEvents;
}

/** The key of the entry that each event is about, by the event's id; none for those about no entry. */
export function entriesOf(events: Events): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  const cases = new Map<string, string>();
  for (const { id, event } of events) {
    const subject = subjectOf(event);
    if (subject.kind === 'case' && subject.entry) {
      cases.set(subject.id, entryKey(subject.entry));
    }
    const key =
      subject.kind === 'entry'
        ? entryKey(subject.entry)
        : subject.kind === 'case'
          ? cases.get(subject.id)
          : subject.kind === 'event'
            ? entries.get(subject.id)
            : undefined;
    if (key !== undefined) {
      entries.set(id, key);
    }
  }
  return entries;
}
