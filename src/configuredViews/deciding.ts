import type { LearnerCommandOf } from '../../domain/learner/commands.js';
import type { configuredViewCommands } from '../../domain/learner/configuredView/commands.js';
import type { ConfiguredView } from '../../domain/learner/configuredView/state.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Learner } from '../../domain/learner/state.js';
import type { Uln } from '../../domain/values/uln.js';
import { isConflict } from '../../streams/errors.js';
import type { Clock } from '../clock.js';
import { tagOf } from '../journal/identifiers.js';
import type { History, Journal } from '../journal/journal.js';
import { decideAndAppend, type Outcome } from '../learners/deciding.js';
import { type ReadRecord, ulnsOf } from '../learners/records.js';
import type { Screening } from '../learners/screening.js';
import { type Request, recordingOf } from '../request/request.js';

/** A command on a configured view, without who asks and when. */
type ViewCommand = {
  [Type in keyof typeof configuredViewCommands]: Pick<LearnerCommandOf<Type>, 'type' | 'data'>;
}[keyof typeof configuredViewCommands];

/** What deciding on a view needs. */
export type DecidingParts = {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly screening: Screening;
};

/** How often a step is taken again because others wrote first. */
const MAX_CONFLICTS = 10;

/** Decides a command on a history that was read, and appends what follows at exactly its end. */
export async function decideOnView(
  { journal, clock, screening }: DecidingParts,
  stream: string,
  history: History<LearnerEvent>,
  command: ViewCommand,
  request: Request,
): Promise<Outcome> {
  const asked = { ...command, by: request.by, at: clock() };
  const recording = recordingOf(request, tagOf(stream));
  return decideAndAppend(journal, stream, history, asked, recording, screening);
}

/** What the rules know after a history. */
export function stateAfter({ events }: Pick<History<LearnerEvent>, 'events'>): Learner {
  return events.reduce((state, { event }) => learner.evolve(state, event), learner.initialState);
}

/** A view of a learner, `null` where there is none of this id. */
export function viewIn(state: Learner, viewId: string): ConfiguredView | null {
  return (state.status === 'issued' && state.configuredViews.get(viewId)) || null;
}

/** The ULN of a person under which a view was made; `null` where none of theirs has one of this id. */
export function holderOf(viewId: string, read: ReadRecord): Uln | null {
  const found = ulnsOf(read).find(({ events }) => viewIn(stateAfter({ events }), viewId) !== null);
  return found?.uln ?? null;
}

/** Takes a step that reads and appends again when others wrote between, some times over. */
export async function retrying<Result>(step: () => Promise<Result>): Promise<Result> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return await step();
    } catch (error) {
      if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
        throw error;
      }
    }
  }
}
