import { z } from 'zod';
import { disposalEvents } from '../erasure/disposalEvents.js';
import { redactionEvents } from '../erasure/redactionEvents.js';
import type { EventDefinition } from '../eventDefinition.js';
import { redactable } from '../redaction.js';
import { paragraphOf } from '../values/text.js';
import { Ukprn } from '../values/ukprn.js';

/** Why a row waits: the codes of the refusals that time or another event can lift. */
export const HoldCode = z.enum([
  'ERR_AWARD_DATE_IN_FUTURE',
  'ERR_IDENTITY_MISMATCH',
  'ERR_LEARNER_NOT_FOUND',
]);
export type HoldCode = z.infer<typeof HoldCode>;

/** The kinds of file whose rows can be held. */
const HeldKind = z.enum(['achievements', 'participation']);

/** The place of a row in its file: 1 for the first after the header. */
const row = z.int().min(1);

/**
 * Every event of an import's stream. It holds the rows that could not be recorded yet, and only
 * those: whatever was recorded stands in learners' streams.
 */
export const importEvents = {
  ImportStarted: {
    meaning: 'A source sent a file with rows that cannot be recorded yet.',
    validFrom: null,
    schema: z.strictObject({ kind: HeldKind, submittedBy: Ukprn, rows: row }),
  },
  RowHeld: {
    meaning: 'A row waits, as it was sent, until it can be recorded or is rejected.',
    validFrom: null,
    schema: z.strictObject({
      row,
      /** The command under which the row is recorded, whenever that is. */
      recordedBy: z.uuid(),
      code: HoldCode,
      cells: redactable(z.record(z.string(), z.string())),
    }),
  },
  RowReleased: {
    meaning: 'A held row was recorded in the learner’s stream.',
    validFrom: null,
    schema: z.strictObject({ row }),
  },
  RowRejected: {
    meaning: 'A person decided that a held row is not to be recorded.',
    validFrom: null,
    schema: z.strictObject({ row, reason: redactable(paragraphOf(2000).nullable()) }),
  },
  ImportFinished: {
    meaning: 'The file came to its end; how many of its rows came to each outcome.',
    validFrom: null,
    schema: z.strictObject({ outcomes: z.record(z.string(), z.int().min(0)) }),
  },
  ...disposalEvents,
  ...redactionEvents,
} as const satisfies Record<string, EventDefinition>;

/** What one type of event of an import's stream says. */
export type ImportEventData<Type extends keyof typeof importEvents> = z.infer<
  (typeof importEvents)[Type]['schema']
>;

/** An event of an import's stream. */
export type ImportEvent = {
  [Type in keyof typeof importEvents]: {
    readonly type: Type;
    readonly data: ImportEventData<Type>;
  };
}[keyof typeof importEvents];
