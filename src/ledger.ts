import type { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import {
  type LearnerCommand,
  type LearnerCommandInput,
  learnerCommands,
} from '../domain/learner/commands.js';
import { LearnerDetailsInput } from '../domain/learner/details.js';
import type { LearnerEvent } from '../domain/learner/events.js';
import { learner } from '../domain/learner/learner.js';
import { warningsOf } from '../domain/learner/warnings.js';
import type { Recorded } from '../domain/recorded.js';
import type { Uln } from '../domain/uln.js';
import { StreamError } from '../streams/errors.js';
import type { Vault } from '../streams/vault.js';
import type { Clock } from './clock.js';
import { candidateUln, eventId, learnerStream, tagOf } from './identifiers.js';
import { parseInput } from './input.js';
import { type History, isCode, type Journal, type Receipt, type Recording } from './journal.js';
import { callerOf, type Request, recordingOf } from './request.js';

/** What a command led to. */
export type Outcome = {
  readonly receipt: Receipt;
  /** True when the command had been recorded before and this is its first receipt. */
  readonly repeated: boolean;
  /** What was accepted but looks wrong. */
  readonly warnings: readonly string[];
};

/** What a registration led to. */
export type Registration = Outcome & { readonly uln: Uln };

/** Learner details as a caller may write them: what is optional may be missing. */
export type DetailsInput = z.input<typeof LearnerDetailsInput>;

/** Commands to a learner who has a ULN. */
export type LearnerRequest = Exclude<LearnerCommandInput, { type: 'IssueUln' }>;

/** Issuing ULNs and recording against them. */
export type Learners = {
  /**
   * Issues a ULN to a new learner. Repeating the request with the same `commandId`, also after a crash
   * or from another process, answers with the same ULN. Throws `ERR_INPUT_INVALID`.
   */
  readonly register: (details: DetailsInput, request: Request) => Promise<Registration>;
  /**
   * Decides a command on the learner's history and records what follows from it. Throws a
   * `DomainError` that says why not, `ERR_LEARNER_NOT_FOUND` where the ULN was not issued here, and
   * `ERR_VERSION_CONFLICT` when others kept writing to the learner's stream three times over.
   */
  readonly handle: (uln: Uln, command: LearnerRequest, request: Request) => Promise<Outcome>;
  /** Every event of a learner, redacted values as markers. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly read: (uln: Uln) => Promise<readonly Recorded<LearnerEvent>[]>;
  /** The stream of an issued ULN. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly streamOf: (uln: Uln) => Promise<string>;
};

/** How often a command is decided again because another process wrote first. */
const MAX_CONFLICTS = 3;
/** How many ULNs a registration tries. Source: the format; the chance to need more is nil. */
const MAX_CANDIDATES = 64;

/** Creates the door to learners over a journal. */
export function createLearners(journal: Journal, vault: Vault, clock: Clock): Learners {
  const queues = new Map<string, Promise<unknown>>();

  /** Runs the steps on one stream one after another: retries are for other processes. */
  function inOrder<Result>(stream: string, step: () => Promise<Result>): Promise<Result> {
    const previous = queues.get(stream) ?? Promise.resolve();
    const next = previous.then(step, step);
    queues.set(stream, next);
    const clear = () => {
      if (queues.get(stream) === next) {
        queues.delete(stream);
      }
    };
    next.then(clear, clear);
    return next;
  }

  async function find(uln: Uln): Promise<History<LearnerEvent> & { stream: string }> {
    for (const generation of vault.indexGenerations()) {
      const stream = learnerStream(vault, generation, uln);
      const history = await journal.read<LearnerEvent>(stream);
      if (history.end.version > 0) {
        return { ...history, stream };
      }
    }
    throw new DomainError(
      'ERR_LEARNER_NOT_FOUND',
      'expected a ULN that this ledger has issued, found one that it has not',
    );
  }

  async function decideAndAppend(
    stream: string,
    history: History<LearnerEvent>,
    command: LearnerCommand,
    recording: Recording,
  ): Promise<Outcome> {
    const warnings = warningsOf(command.data as LearnerCommandInput['data']);
    const earlier = earlierReceipt(history, stream, recording);
    if (earlier !== null) {
      return { receipt: earlier, repeated: true, warnings };
    }
    const state = history.events.reduce(
      (before, { event }) => learner.evolve(before, event),
      learner.initialState,
    );
    const events = learner.decide(command, state);
    const receipt =
      events.length === 0
        ? unchanged(stream, history, recording)
        : await journal.append(stream, history.end, events, recording);
    return { receipt, repeated: false, warnings };
  }

  async function handle(uln: Uln, input: LearnerRequest, request: Request): Promise<Outcome> {
    const data = parseInput(learnerCommands[input.type], input.data);
    // Queued before the first await, so that commands to one learner are taken in the order given.
    const [newest = 1] = vault.indexGenerations();
    return inOrder(learnerStream(vault, newest, uln), async () => {
      for (let conflicts = 1; ; conflicts += 1) {
        const { stream, ...history } = await find(uln);
        // Sound: `data` was parsed by the schema of this very type.
        const command = { type: input.type, data, by: request.by, at: clock() } as LearnerCommand;
        const recording = recordingOf(request, tagOf(stream));
        try {
          return await decideAndAppend(stream, history, command, recording);
        } catch (error) {
          if (!isCode(error, 'ERR_VERSION_CONFLICT') || conflicts === MAX_CONFLICTS) {
            throw error;
          }
        }
      }
    });
  }

  /** Tries one candidate: this request's own stream, a new one, or `null` where another's is in the way. */
  async function tryCandidate(
    stream: string,
    uln: Uln,
    details: z.output<typeof LearnerDetailsInput>,
    request: Request,
    isNew: boolean,
  ): Promise<Registration | 'free' | 'taken'> {
    const recording = recordingOf(request, tagOf(stream));
    return inOrder(stream, async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const earlier = earlierReceipt(history, stream, recording);
      if (earlier !== null) {
        const warnings = warningsOf({ uln, details });
        return { uln, receipt: earlier, repeated: true, warnings };
      }
      if (history.end.version > 0) {
        return 'taken';
      }
      if (!isNew) {
        return 'free';
      }
      const command = {
        type: 'IssueUln',
        data: { uln, details },
        by: request.by,
        at: clock(),
      } as const;
      try {
        return { uln, ...(await decideAndAppend(stream, history, command, recording)) };
      } catch (error) {
        if (isCode(error, 'ERR_VERSION_CONFLICT')) {
          return tryAgain;
        }
        throw error;
      }
    }).then((result) =>
      result === tryAgain ? tryCandidate(stream, uln, details, request, isNew) : result,
    );
  }

  async function register(input: DetailsInput, request: Request): Promise<Registration> {
    const details = parseInput(LearnerDetailsInput, input);
    const [newest = 1, ...older] = vault.indexGenerations();
    for (const generation of [...older, newest]) {
      const found = await walkCandidates(generation, generation === newest, details, request);
      if (found !== null) {
        return found;
      }
    }
    throw new StreamError(
      'ERR_ULN_EXHAUSTED',
      `expected a free ULN among ${MAX_CANDIDATES} candidates, found none`,
    );
  }

  async function walkCandidates(
    generation: number,
    isNewest: boolean,
    details: z.output<typeof LearnerDetailsInput>,
    request: Request,
  ): Promise<Registration | null> {
    const caller = callerOf(request.by, '');
    const { commandId } = recordingOf(request, '');
    for (let attempt = 0; attempt < MAX_CANDIDATES; attempt += 1) {
      const uln = candidateUln(vault, { generation, caller, commandId, attempt });
      if (uln === null || (isNewest && (await isIssuedUnderOlder(uln, generation)))) {
        continue;
      }
      const stream = learnerStream(vault, generation, uln);
      const result = await tryCandidate(stream, uln, details, request, isNewest);
      if (result === 'free') {
        return null;
      }
      if (result !== 'taken') {
        return result;
      }
    }
    return null;
  }

  async function isIssuedUnderOlder(uln: Uln, newest: number): Promise<boolean> {
    for (const generation of vault.indexGenerations().filter((other) => other !== newest)) {
      const { end } = await journal.read<LearnerEvent>(learnerStream(vault, generation, uln));
      if (end.version > 0) {
        return true;
      }
    }
    return false;
  }

  return {
    register,
    handle,
    read: async (uln) => (await find(uln)).events,
    streamOf: async (uln) => (await find(uln)).stream,
  };
}

const tryAgain = Symbol('another process wrote first');

/** The receipt of a command that the stream already holds, recognised by the id of its first event. */
function earlierReceipt(
  { events }: History<LearnerEvent>,
  stream: string,
  recording: Recording,
): Receipt | null {
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
  return {
    stream,
    commandId: recording.commandId,
    eventIds: own.map(({ id }) => id),
    version: last.version,
    position: last.position,
    recordedAt: first.recordedAt,
  };
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
