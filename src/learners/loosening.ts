import type { LearnerCommand } from '../../domain/learner/commands.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Instant } from '../../domain/values/date.js';
import type { Held, Person, PersonStream } from './persons.js';

/** What a command loosens: in which streams of a person it stands, and which event put it there. */
type Loosened = {
  readonly stands: Held;
  readonly isSetBy: (event: LearnerEvent) => boolean;
};

/**
 * What a command loosens wherever it stands in the streams of a person; `null` for one that loosens
 * nothing. A handling that is told anew is the person's: the stricter of two would hide whom it lets in.
 */
function loosenedBy(command: LearnerCommand): Loosened | null {
  if (command.type === 'LiftOptOut' || command.type === 'OverrideOptOut') {
    return {
      stands: ({ optedOutSince }) => optedOutSince !== null,
      isSetBy: ({ type }) => type === 'OptOutSet',
    };
  }
  if (command.type === 'ReleaseLegalHold') {
    const { holdId } = command.data;
    return {
      stands: ({ holds }) => holds.get(holdId)?.isReleased === false,
      isSetBy: ({ type, data }) => type === 'LegalHoldPlaced' && data.holdId === holdId,
    };
  }
  if (command.type === 'ChangeHandling') {
    return {
      stands: ({ handling }) => handling.level === 'restricted',
      isSetBy: ({ type }) => type === 'HandlingChanged',
    };
  }
  return null;
}

/**
 * The streams to which a command that loosens goes besides the one it is placed in: those where what
 * it loosens stands. `since` is when the command was recorded first, by a repetition of it: what was
 * set later is not what was asked to be loosened.
 */
export function alsoLoosened(
  command: LearnerCommand,
  { streams }: Person,
  since: Instant | null,
): readonly PersonStream[] {
  const loosened = loosenedBy(command);
  if (loosened === null) {
    return [];
  }
  return streams.filter(({ learner, events }) => {
    const isStanding = learner.status === 'issued' && loosened.stands(learner);
    const setAt = events.findLast(({ event }) => loosened.isSetBy(event))?.recordedAt;
    return isStanding && (since === null || setAt === undefined || setAt <= since);
  });
}
