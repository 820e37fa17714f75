import { DomainError } from '../../domain/errors.js';
import type { LearnerCommand, LearnerCommandInput } from '../../domain/learner/commands.js';
import { warningsOf } from '../../domain/learner/entry/warnings.js';
import type { LearnerEvent, LearnerEventType } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import { supersessionWarnings } from '../../domain/learner/merge/decisions.js';
import { refuseLaterOptOut } from '../../domain/learner/sharing/decisions.js';
import { eventId } from '../journal/identifiers.js';
import type { History, Journal, Receipt } from '../journal/journal.js';
import type { Recording } from '../journal/recording.js';
import { flagsFor, type Screening } from './screening.js';

/** What a command led to. */
export type Outcome = {
  readonly receipt: Receipt;
  /** True when the command had been recorded before and this is its first receipt. */
  readonly repeated: boolean;
  /** The types of the events that the command recorded, in order; none where it changed nothing. */
  readonly recorded: readonly LearnerEventType[];
  /** What the same command recorded in other streams of the same person: see `Learners.handle`. */
  readonly elsewhere: readonly Receipt[];
  /** What was accepted but looks wrong. */
  readonly warnings: readonly string[];
};

/**
 * Decides a command on a learner's history and appends what follows; a command that the history
 * already holds is answered with its first receipt. What screening finds in the events is flagged with
 * them, and nothing is refused for it. Throws `ERR_VERSION_STALE` where the stream is at another version
 * than the one expected; `null` expects none.
 */
export async function decideAndAppend(
  journal: Journal,
  stream: string,
  history: History<LearnerEvent>,
  command: LearnerCommand,
  recording: Recording,
  screening: Screening,
  expectedVersion: number | null = null,
): Promise<Outcome> {
  const state = history.events.reduce(
    (before, { event }) => learner.evolve(before, event),
    learner.initialState,
  );
  const warnings = [
    ...warningsOf(command.data as LearnerCommandInput['data']),
    ...supersessionWarnings(state),
  ];
  const earlier = earlierOutcome(history, stream, recording);
  if (earlier !== null) {
    return { ...earlier, warnings };
  }
  if (expectedVersion !== null && history.end.version !== expectedVersion) {
    throw new DomainError(
      'ERR_VERSION_STALE',
      `expected the learner at version ${expectedVersion}, found version ${history.end.version}: read the learner again and decide again`,
      { serviceCode: 'WSRC0013' },
    );
  }
  if (command.type === 'OverrideOptOut') {
    refuseLaterOptOut(history.events);
  }
  const decided = learner.decide(command, state);
  const events = [...decided, ...flagsFor(decided, state, { stream, recording }, screening)];
  const receipt =
    events.length === 0
      ? unchanged(stream, history, recording)
      : await journal.append(stream, history.end, events, recording);
  const recorded = events.map(({ type }) => type);
  return { receipt, repeated: false, recorded, elsewhere: [], warnings };
}

/** What a command led to that the stream already holds, recognised by the id of its first event; else `null`. */
export function earlierOutcome(
  { events }: Pick<History<LearnerEvent>, 'events'>,
  stream: string,
  recording: Recording,
): Omit<Outcome, 'warnings'> | null {
  const firstId = eventId({ ...recording, stream, index: 0 });
  const start = events.findIndex(({ id }) => id === firstId);
  const first = events[start];
  if (first === undefined) {
    return null;
  }
  const own = events
    .slice(start)
    .filter(({ id }, index) => id === eventId({ ...recording, stream, index }));
  const last = own.at(-1) ?? first;
  const receipt = {
    stream,
    commandId: recording.commandId,
    eventIds: own.map(({ id }) => id),
    version: last.version,
    position: last.position,
    recordedAt: first.recordedAt,
  };
  // Sound: a stream of a learner holds a learner's events, also where they can no longer be read.
  const recorded = own.map(
    ({ event, disposedType }) => (disposedType ?? event.type) as LearnerEventType,
  );
  return { receipt, repeated: true, recorded, elsewhere: [] };
}

function unchanged(
  stream: string,
  { end }: History<LearnerEvent>,
  { commandId }: Recording,
): Receipt {
  return {
    stream,
    commandId,
    eventIds: [],
    version: end.version,
    position: null,
    recordedAt: null,
  };
}
