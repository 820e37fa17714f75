import { z } from 'zod';
import { Actor } from '../../domain/actor.js';
import { Purpose } from '../../domain/purpose.js';
import type { Recording } from '../journal/recording.js';
import { parseInput } from './input.js';

const CommandId = z
  .uuid({ error: 'expected the command id to be a UUID' })
  .overwrite((text) => text.toLowerCase());

const RequestSchema = z.strictObject({
  by: Actor,
  user: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,34}$/, 'expected an opaque user id of up to 35 characters')
    .nullable(),
  purpose: Purpose,
  commandId: CommandId,
  correlation: CommandId.optional(),
  expectedVersion: z.int().min(1).optional(),
  actsFor: z.literal('keeper').optional(),
});

/** Who asks, for what, and by which command: stated at every door. */
export type Request = {
  readonly by: Actor;
  /** The person acting, as the organisation knows them: an opaque id. */
  readonly user: string | null;
  readonly purpose: Purpose;
  /** UUID; the same for every retry of the same request. */
  readonly commandId: string;
  /** The command that began the process this one belongs to, where another did. */
  readonly correlation?: string;
  /** The operator's staff, where their role lets them decide in the keeper's place: recorded as who they are. */
  readonly actsFor?: 'keeper';
  /** The version of the learner's stream that the request was made on; another one refuses it. */
  readonly expectedVersion?: number;
};

/** For whom the rules of a stream take who asks: the operator's staff for the keeper, where they act for them. */
export function actorOf({ by, actsFor }: Request): Actor {
  return actsFor === undefined ? by : { kind: actsFor };
}

/** The caller as event ids know it: the organisation rather than the person; a learner by the stream's tag. */
export function callerOf(by: Actor, learnerTag: string): string {
  switch (by.kind) {
    case 'organisation':
      return `organisation:${by.ukprn}`;
    case 'learner':
      return `learner:${learnerTag}`;
    case 'keeper':
      return 'keeper';
  }
}

/**
 * How a request is recorded; the tag is that of the learner's stream, or empty elsewhere. Throws
 * `ERR_INPUT_INVALID` when the command id is not a UUID.
 */
export function recordingOf(request: Request, learnerTag: string): Recording {
  const { by, user, purpose, commandId, correlation } = parseInput(RequestSchema, request);
  return {
    caller: callerOf(by, learnerTag),
    commandId,
    correlation: correlation ?? commandId,
    // The keeper has no name of its own; a learner is told from it by this word.
    user: by.kind === 'learner' ? 'learner' : user,
    organisation: by.kind === 'organisation' ? by.ukprn : null,
    purpose,
  };
}

/** How the ledger records what it does itself. */
export function keeperRecording(
  commandId: string,
  correlation: string,
  purpose: Purpose,
): Recording {
  return { caller: 'keeper', commandId, correlation, user: null, organisation: null, purpose };
}
