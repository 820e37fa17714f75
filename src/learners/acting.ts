import { strict as assert } from 'node:assert';
import { DomainError } from '../../domain/errors.js';
import { type LearnerCommand, learnerCommands } from '../../domain/learner/commands.js';
import { learner } from '../../domain/learner/learner.js';
import { isMergeStep } from '../../domain/learner/merge/commands.js';
import { isSuperseded } from '../../domain/learner/merge/state.js';
import type { Instant } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Clock } from '../clock.js';
import { followUpCommandId, tagOf } from '../journal/identifiers.js';
import { parseInput } from '../request/input.js';
import { actorOf, type Request, recordingOf } from '../request/request.js';
import { earlierOutcome, type Outcome } from './deciding.js';
import type { LearnerRequest, Learners, StreamRequest } from './learners.js';
import { alsoLoosened } from './loosening.js';
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
 * an entry, a challenge, a report, a quarantine or a connection goes to the stream that holds it, what
 * loosens to every stream where it stands. A request that expects a version is about the stream that has it, and goes nowhere else.
 */
export function createActing(parts: Parts): Pick<Learners, 'handle'> {
  const { learners, clock, handleAny, handleUnmerged } = parts;

  async function handlePerson(uln: Uln, input: LearnerRequest, request: Request): Promise<Outcome> {
    const person = await learners.personOf(uln);
    const data = parseInput(learnerCommands[input.type], input.data);
    const { user } = request;
    // Sound: `data` was parsed by the schema of this very type.
    const command = {
      type: input.type,
      data,
      by: actorOf(request),
      user,
      at: clock(),
    } as LearnerCommand;
    const targets = targetsOf(command, person, request);
    requireDecidable(command, targets);
    const outcomes: Outcome[] = [];
    for (const { place, request: own } of targets) {
      const isAsked = place.stream === person.asked.stream;
      const { type, data: asked } = isAsked ? command : forPerson(command, person);
      // Sound: type and data are of one command.
      outcomes.push(await handleAny(place.uln, { type, data: asked } as StreamRequest, own));
    }
    return together(outcomes, person);
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

/** A stream to which a command goes, and the request as which: the first has the command's own id. */
type Target = { readonly place: PersonStream; readonly request: Request; readonly isDone: boolean };

/** Where a command goes: to the stream of its place, and where it loosens something to all where that stands. */
function targetsOf(
  command: LearnerCommand,
  person: Person,
  request: Request,
): readonly [Target, ...Target[]] {
  const all = person.streams.map((place) => {
    const own = targetIn(place, request, (id) => id);
    const derived = targetIn(place, request, (id) => followUpCommandId(id, `also ${place.stream}`));
    return { place, own, derived };
  });
  const before = all.flatMap(({ own, derived }) => [
    own.recordedAt ?? [],
    derived.recordedAt ?? [],
  ]);
  const loosened = alsoLoosened(command, person, before.flat().sort()[0] ?? null);
  const placed = placeOf(command, person);
  // The ULN asked for has the command, unless what it loosens stands elsewhere alone.
  const isLeft = (place: PersonStream) =>
    command.type !== 'ChangeHandling' && loosened.length > 0 && !loosened.includes(place);
  const first =
    all.find(({ own }) => own.isDone) ??
    all.find(({ place }) => place === (isLeft(placed) ? loosened[0] : placed));
  assert(first !== undefined, 'the place of a command is a stream of the person');
  const others = all.filter(
    (one) => one !== first && (one.derived.isDone || loosened.includes(one.place)),
  );
  return [first.own, ...others.map(({ derived }) => derived)];
}

/** A stream as a target, under the command id that `idOf` makes; done where it holds that command. */
function targetIn(
  place: PersonStream,
  request: Request,
  idOf: (commandId: string) => string,
): Target & { readonly recordedAt: Instant | null } {
  const { commandId, correlation = commandId } = request;
  const own = { ...request, commandId: idOf(commandId), correlation };
  const { stream, events } = place;
  const earlier = earlierOutcome({ events }, stream, recordingOf(own, tagOf(stream)));
  const recordedAt = earlier?.receipt.recordedAt ?? null;
  return { place, request: own, isDone: earlier !== null, recordedAt };
}

/** Refuses before anything is recorded what one of several streams would refuse. */
function requireDecidable(command: LearnerCommand, targets: readonly Target[]): void {
  for (const { place, isDone } of targets.length > 1 ? targets : []) {
    if (!isDone) {
      learner.decide(command, place.learner);
    }
  }
}

/** What one command led to in several streams: what the first that has any of it says, and the others. */
function together(outcomes: readonly Outcome[], person: Person): Outcome {
  const some = outcomes.filter(({ receipt }) => receipt.eventIds.length > 0);
  const [first, ...others] = some.length === 0 ? outcomes : some;
  assert(first !== undefined, 'a command goes to one stream at least');
  return {
    ...first,
    repeated: outcomes.every(({ repeated }) => repeated),
    recorded: outcomes.flatMap(({ recorded }) => recorded),
    elsewhere: others.map(({ receipt }) => receipt),
    warnings: [...new Set(outcomes.flatMap(({ warnings }) => warnings))].filter((text) =>
      isAbout(person, text),
    ),
  };
}

/** That a ULN is superseded is said to who named that ULN, and not to who named its master. */
function isAbout({ asked: { learner: asked } }: Person, warning: string): boolean {
  const isOfSuperseded = asked.status === 'issued' && isSuperseded(asked.merging);
  return isOfSuperseded || !warning.startsWith('WSRC0022');
}
