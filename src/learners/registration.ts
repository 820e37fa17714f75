import type { z } from 'zod';
import { recordDisposed } from '../../domain/erasure/disposal.js';
import { LearnerDetailsInput } from '../../domain/learner/details/details.js';
import { warningsOf } from '../../domain/learner/entry/warnings.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Uln } from '../../domain/values/uln.js';
import { isConflict, StreamError } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { isDisposed } from '../journal/disposals.js';
import { candidateUln, learnerStream, tagOf } from '../journal/identifiers.js';
import type { InOrder } from '../journal/inOrder.js';
import type { Journal } from '../journal/journal.js';
import { parseInput } from '../request/input.js';
import { callerOf, type Request, recordingOf } from '../request/request.js';
import { decideAndAppend, earlierOutcome, type Outcome } from './deciding.js';
import type { Screening } from './screening.js';

/** What a registration led to. */
export type Registration = Outcome & { readonly uln: Uln };

/** Learner details as a caller may write them: what is optional may be missing. */
export type DetailsInput = z.input<typeof LearnerDetailsInput>;

/** Issuing ULNs. */
export type Registering = {
  /**
   * Issues a ULN to a new learner. Repeating the request with the same `commandId`, also after a crash
   * or from another process, answers with the same ULN. Throws `ERR_INPUT_INVALID`, and
   * `ERR_RECORD_DISPOSED` where the record of that ULN is no more: it is never issued a second one.
   */
  readonly register: (details: DetailsInput, request: Request) => Promise<Registration>;
  /** The ULN that a request has been issued before; `null` where it has not. Nothing is recorded. */
  readonly registered: (request: Request) => Promise<Uln | null>;
};

/** What to issue a ULN for; `null` looks for what was issued and issues nothing. */
type Details = z.output<typeof LearnerDetailsInput> | null;

/** How many ULNs a registration tries. Source: the format; the chance to need more is nil. */
const MAX_CANDIDATES = 64;

/** Creates the issuing of ULNs: see `Learners`. */
export function createRegistration(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly inOrder: InOrder;
  readonly screening: Screening;
}): Registering {
  const { journal, vault, clock, inOrder, screening } = parts;

  /** Tries one candidate: this request's own stream, a new one, or `null` where another's is in the way. */
  async function tryCandidate(
    stream: string,
    uln: Uln,
    details: Details,
    request: Request,
    isNew: boolean,
  ): Promise<Registration | 'free' | 'taken'> {
    const recording = recordingOf(request, tagOf(stream));
    return inOrder(stream, async () => {
      const history = await journal.read<LearnerEvent>(stream);
      const earlier = earlierOutcome(history, stream, recording);
      if (earlier !== null && isDisposed(history.events)) {
        throw recordDisposed();
      }
      if (earlier !== null) {
        const warnings = details === null ? [] : warningsOf({ uln, details });
        return { uln, ...earlier, warnings };
      }
      if (history.end.version > 0) {
        return 'taken';
      }
      if (!isNew || details === null) {
        return 'free';
      }
      const command = {
        type: 'IssueUln',
        data: { uln, details },
        by: request.by,
        at: clock(),
      } as const;
      try {
        return {
          uln,
          ...(await decideAndAppend(journal, stream, history, command, recording, screening)),
        };
      } catch (error) {
        if (isConflict(error)) {
          return tryAgain;
        }
        throw error;
      }
    }).then((result) =>
      result === tryAgain ? tryCandidate(stream, uln, details, request, isNew) : result,
    );
  }

  async function walk(details: Details, request: Request): Promise<Registration | null> {
    const [newest = 1, ...older] = vault.indexGenerations();
    for (const generation of [...older, newest]) {
      const found = await walkCandidates(generation, generation === newest, details, request);
      if (found !== null) {
        return found;
      }
    }
    return null;
  }

  async function register(input: DetailsInput, request: Request): Promise<Registration> {
    const registration = await walk(parseInput(LearnerDetailsInput, input), request);
    if (registration !== null) {
      return registration;
    }
    throw new StreamError(
      'ERR_ULN_EXHAUSTED',
      `expected a free ULN among ${MAX_CANDIDATES} candidates, found none`,
    );
  }

  async function walkCandidates(
    generation: number,
    isNewest: boolean,
    details: Details,
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

  return { register, registered: async (request) => (await walk(null, request))?.uln ?? null };
}

const tryAgain = Symbol('another process wrote first');
