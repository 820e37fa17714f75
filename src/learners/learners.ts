import { strict as assert } from 'node:assert';
import {
  type LearnerCommand,
  type LearnerCommandInput,
  learnerCommands,
} from '../../domain/learner/commands.js';
import type { configuredViewCommands } from '../../domain/learner/configuredView/commands.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { MergeStep } from '../../domain/learner/merge/commands.js';
import type { Recorded } from '../../domain/recorded.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Uln } from '../../domain/values/uln.js';
import { mergingAt } from '../../projections/live/merging.js';
import { NOW } from '../../projections/live/point.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import { createQueues } from '../journal/inOrder.js';
import type { History, Journal } from '../journal/journal.js';
import { parseInput } from '../request/input.js';
import { actorOf, type Request, recordingOf } from '../request/request.js';
import { decideAndAppend, type Outcome } from './deciding.js';
import { createPersons, learnerNotFound, type Person } from './persons.js';
import { createRegistration, type Registering } from './registration.js';
import type { Screening } from './screening.js';

/**
 * Commands to a learner who has a ULN; those on configured views have a door of their own, and so have
 * merges, which concern two streams.
 */
export type LearnerRequest = Exclude<
  LearnerCommandInput,
  { type: 'IssueUln' | MergeStep | keyof typeof configuredViewCommands }
>;

/** Commands to the stream of an issued ULN, those by which the ledger merges among them. */
export type StreamRequest = Exclude<LearnerCommandInput, { type: 'IssueUln' }>;

/** Issuing ULNs and recording against them. */
export type Learners = Registering & {
  /**
   * Decides a command on the learner's history and records what follows from it. Where merges make
   * several ULNs one person, what acts on something goes to the stream that holds it, and what loosens
   * (an opt-out lifted, a hold released, a handling told anew) to every stream where it stands: until
   * the last has it the stricter counts, and a repetition finishes it. Throws a `DomainError` that says why not, `ERR_LEARNER_NOT_FOUND` where the ULN was not issued here,
   * `ERR_VERSION_STALE` where the request expects another version of the learner's stream, and
   * `ERR_VERSION_CONFLICT` when others kept writing to it three times over.
   */
  readonly handle: (uln: Uln, command: LearnerRequest, request: Request) => Promise<Outcome>;
  /**
   * The events of a learner, redacted values as markers, without those on entries that are quarantined.
   * Throws `ERR_LEARNER_NOT_FOUND`.
   */
  readonly read: (uln: Uln) => Promise<readonly Recorded<LearnerEvent>[]>;
  /** Every event, also on quarantined entries: for data protection. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly readAll: (uln: Uln) => Promise<readonly Recorded<LearnerEvent>[]>;
  /**
   * All ULNs that merges make one with this one, each with every event: for what concerns the person.
   * Throws `ERR_LEARNER_NOT_FOUND`.
   */
  readonly personOf: (uln: Uln) => Promise<Person>;
  /** The stream of an issued ULN. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly streamOf: (uln: Uln) => Promise<string>;
};

/** How often a command is decided again because another process wrote first. */
const MAX_CONFLICTS = 3;

/** What is recorded of one ULN, in its own stream. */
export type OwnLearners = {
  readonly learners: Omit<Learners, 'handle'>;
  /** Records in the stream of the ULN alone: what merging goes through. */
  readonly handleAny: (uln: Uln, command: StreamRequest, request: Request) => Promise<Outcome>;
  /** As `handleAny`; `null`, with nothing recorded, where the ULN is merged with another. */
  readonly handleUnmerged: (
    uln: Uln,
    command: StreamRequest,
    request: Request,
  ) => Promise<Outcome | null>;
};

/** Creates what records in one stream over a journal. */
export function createLearners(
  journal: Journal,
  vault: Vault,
  clock: Clock,
  screening: Screening,
): OwnLearners {
  const inOrder = createQueues();

  async function find(
    uln: Uln,
    serviceCode: ServiceCode | null = null,
  ): Promise<History<LearnerEvent> & { stream: string }> {
    for (const generation of vault.indexGenerations()) {
      const stream = learnerStream(vault, generation, uln);
      const history = await journal.read<LearnerEvent>(stream);
      if (history.end.version > 0) {
        return { ...history, stream };
      }
    }
    throw learnerNotFound(serviceCode);
  }

  async function handleWhere(
    uln: Uln,
    input: StreamRequest,
    request: Request,
    isLeft: (history: History<LearnerEvent>) => boolean,
  ): Promise<Outcome | null> {
    const data = parseInput(learnerCommands[input.type], input.data);
    // Queued before the first await, so that commands to one learner are taken in the order given.
    const [newest = 1] = vault.indexGenerations();
    return inOrder(learnerStream(vault, newest, uln), async () => {
      for (let conflicts = 1; ; conflicts += 1) {
        const { stream, ...history } = await find(uln, notFoundCode(input.type));
        if (isLeft(history)) {
          return null;
        }
        // Sound: `data` was parsed by the schema of this very type.
        const { user } = request;
        const by = actorOf(request);
        const command = { type: input.type, data, by, user, at: clock() } as LearnerCommand;
        const recording = recordingOf(request, tagOf(stream));
        try {
          return await decideAndAppend(
            journal,
            stream,
            history,
            command,
            recording,
            screening,
            request.expectedVersion,
          );
        } catch (error) {
          if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
            throw error;
          }
        }
      }
    });
  }

  return {
    learners: {
      ...createRegistration({ journal, vault, clock, inOrder, screening }),
      read: async (uln) => withoutQuarantined((await find(uln)).events),
      readAll: async (uln) => (await find(uln)).events,
      personOf: createPersons({ journal, vault }).of,
      streamOf: async (uln) => (await find(uln)).stream,
    },
    handleAny: async (uln, command, request) => {
      const outcome = await handleWhere(uln, command, request, () => false);
      assert(outcome !== null, 'nothing was left to another stream');
      return outcome;
    },
    handleUnmerged: (uln, command, request) => handleWhere(uln, command, request, isMerged),
  };
}

/** Whether a stream says that other ULNs are of the same person. */
function isMerged({ events }: History<LearnerEvent>): boolean {
  const { merged, supersededBy } = mergingAt(events, NOW);
  return merged.length > 0 || supersededBy !== null;
}

/** The service answers an update of an unknown ULN with a code of its own. */
function notFoundCode(type: StreamRequest['type']): ServiceCode | null {
  return type === 'AmendLearnerDetails' ? 'WSRC0019' : null;
}
