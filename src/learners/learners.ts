import { DomainError } from '../../domain/errors.js';
import {
  type LearnerCommand,
  type LearnerCommandInput,
  learnerCommands,
} from '../../domain/learner/commands.js';
import type { configuredViewCommands } from '../../domain/learner/configuredView/commands.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { isMergeStep, type MergeStep } from '../../domain/learner/merge/commands.js';
import type { Recorded } from '../../domain/recorded.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Uln } from '../../domain/values/uln.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import { createQueues } from '../journal/inOrder.js';
import type { History, Journal } from '../journal/journal.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import { decideAndAppend, type Outcome } from './deciding.js';
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
   * Decides a command on the learner's history and records what follows from it. Throws a
   * `DomainError` that says why not, `ERR_LEARNER_NOT_FOUND` where the ULN was not issued here,
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
  /** The stream of an issued ULN. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly streamOf: (uln: Uln) => Promise<string>;
};

/** How often a command is decided again because another process wrote first. */
const MAX_CONFLICTS = 3;
/** Creates the door to learners over a journal, and the one behind it that merging goes through. */
export function createLearners(
  journal: Journal,
  vault: Vault,
  clock: Clock,
  screening: Screening,
): {
  readonly learners: Learners;
  readonly handleAny: (uln: Uln, command: StreamRequest, request: Request) => Promise<Outcome>;
} {
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

  async function handleAny(uln: Uln, input: StreamRequest, request: Request): Promise<Outcome> {
    const data = parseInput(learnerCommands[input.type], input.data);
    // Queued before the first await, so that commands to one learner are taken in the order given.
    const [newest = 1] = vault.indexGenerations();
    return inOrder(learnerStream(vault, newest, uln), async () => {
      for (let conflicts = 1; ; conflicts += 1) {
        const { stream, ...history } = await find(uln, notFoundCode(input.type));
        // Sound: `data` was parsed by the schema of this very type.
        const { user, actsFor } = request;
        const by = actsFor === undefined ? request.by : { kind: actsFor };
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

  const learners: Learners = {
    ...createRegistration({ journal, vault, clock, inOrder, screening }),
    handle: async (uln, command, request) => {
      // A caller without types could write one half of a merge and leave the other.
      if (isMergeStep(command.type)) {
        throw new DomainError(
          'ERR_INPUT_INVALID',
          'type: expected a command to one learner, found one about two, which only merging may give',
        );
      }
      return handleAny(uln, command, request);
    },
    read: async (uln) => withoutQuarantined((await find(uln)).events),
    readAll: async (uln) => (await find(uln)).events,
    streamOf: async (uln) => (await find(uln)).stream,
  };
  return { learners, handleAny };
}

/** The service answers an update of an unknown ULN with a code of its own. */
function notFoundCode(type: StreamRequest['type']): ServiceCode | null {
  return type === 'AmendLearnerDetails' ? 'WSRC0019' : null;
}

/** The error for a ULN that was not issued here. */
export function learnerNotFound(serviceCode: ServiceCode | null = null): DomainError {
  return new DomainError(
    'ERR_LEARNER_NOT_FOUND',
    'expected a ULN that this ledger has issued, found one that it has not',
    { serviceCode },
  );
}
