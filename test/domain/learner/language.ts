import { expect } from 'vitest';
import { DomainError, type DomainErrorCode } from '../../../domain/errors.js';
import type { LearnerCommand } from '../../../domain/learner/commands.js';
import { type LearnerEvent, learnerEvents } from '../../../domain/learner/events.js';
import { learner } from '../../../domain/learner/learner.js';

/**
 * The language of the decider's tests, one sentence each:
 * `given(...events).when(command).records(...events)`, `.recordsNothing()` or `.refuses(code)`.
 */
export function given(...events: readonly LearnerEvent[]) {
  const state = events.reduce(learner.evolve, learner.initialState);
  return {
    when: (command: LearnerCommand) => ({
      /** The command records exactly these events, each of which can be stored. */
      records: (...expected: readonly LearnerEvent[]): void => {
        const recorded = learner.decide(command, state);
        expect(recorded).toStrictEqual(expected);
        for (const { type, data } of recorded) {
          expect(learnerEvents[type].schema.parse(data)).toStrictEqual(data);
        }
      },
      /** The command is true already. */
      recordsNothing: (): void => {
        expect(learner.decide(command, state)).toStrictEqual([]);
      },
      /** The command is refused for this reason, in words that hold no personal data. */
      refuses: (code: DomainErrorCode): void => {
        const error = refusal(() => learner.decide(command, state));
        expect(error.code).toBe(code);
        expect(error.message).not.toMatch(/\d{8}|Alex|Example/);
      },
    }),
  };
}

/** The refusal that an action ends in; fails the test where it ends in none. */
export function refusal(action: () => unknown): DomainError {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(DomainError);
    // Sound: checked on the line before.
    return error as DomainError;
  }
  return expect.fail('expected a refusal, and the command was accepted');
}
