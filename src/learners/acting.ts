import { DomainError } from '../../domain/errors.js';
import { type LearnerCommand, learnerCommands } from '../../domain/learner/commands.js';
import { isMergeStep } from '../../domain/learner/merge/commands.js';
import { isSuperseded } from '../../domain/learner/merge/state.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Clock } from '../clock.js';
import { tagOf } from '../journal/identifiers.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import { earlierOutcome, type Outcome } from './deciding.js';
import type { LearnerRequest, Learners, StreamRequest } from './learners.js';
import type { Person, PersonStream } from './persons.js';
import { forPerson, placeOf } from './places.js';

/** What acting on persons stands on. */
type Parts = {
  readonly learners: Pick<Learners, 'personOf'>;
  readonly clock: Clock;
  readonly handleAny: (uln: Uln, command: StreamRequest, request: Request) => Promise<Outcome>;
  /** As `handleAny`; `null`, with nothing recorded, where the ULN is merged with another. */
  readonly handleUnmerged: (
    uln: Uln,
    command: StreamRequest,
    request: Request,
  ) => Promise<Outcome | null>;
};

/**
 * Creates the door through which commands reach a person, whichever of their ULNs they name: an act on
 * an entry, a challenge, a report, a quarantine or a connection goes to the stream that holds it. A
 * request that expects a version is about the stream that has it, and goes nowhere else.
 */
export function createActing(parts: Parts): Pick<Learners, 'handle'> {
  const { learners, clock, handleAny, handleUnmerged } = parts;

  async function handlePerson(uln: Uln, input: LearnerRequest, request: Request): Promise<Outcome> {
    const person = await learners.personOf(uln);
    const data = parseInput(learnerCommands[input.type], input.data);
    const { by, user } = request;
    // Sound: `data` was parsed by the schema of this very type.
    const command = { type: input.type, data, by, user, at: clock() } as LearnerCommand;
    const place =
      person.streams.find((one) => holdsCommand(one, request)) ?? placeOf(command, person);
    if (place.stream === person.asked.stream) {
      return handleAny(uln, input, request);
    }
    const { type, data: asked } = forPerson(command, person);
    // Sound: type and data are of one command.
    const outcome = await handleAny(place.uln, { type, data: asked } as StreamRequest, request);
    return { ...outcome, warnings: outcome.warnings.filter((text) => isAbout(person, text)) };
  }

  return {
    handle: async (uln, command, request) => {
      // A caller without types could write one half of a merge and leave the other.
      if (isMergeStep(command.type)) {
        throw new DomainError(
          'ERR_INPUT_INVALID',
          'type: expected a command to one learner, found one about two, which only merging may give',
        );
      }
      if (request.expectedVersion !== undefined) {
        return handleAny(uln, command, request);
      }
      const outcome = await handleUnmerged(uln, command, request);
      return outcome ?? handlePerson(uln, command, request);
    },
  };
}

/** Whether a stream holds what the command recorded before: it is answered from there. */
function holdsCommand({ stream, events }: PersonStream, request: Request): boolean {
  return earlierOutcome({ events }, stream, recordingOf(request, tagOf(stream))) !== null;
}

/** That a ULN is superseded is said to who named that ULN, and not to who named its master. */
function isAbout({ asked: { learner } }: Person, warning: string): boolean {
  const isOfSuperseded = learner.status === 'issued' && isSuperseded(learner.merging);
  return isOfSuperseded || !warning.startsWith('WSRC0022');
}
