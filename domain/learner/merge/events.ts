import { z } from 'zod';
import type { EventDefinition } from '../../eventDefinition.js';
import { redactable } from '../../redaction.js';
import { lineOf, paragraphOf } from '../../values/text.js';
import { Uln } from '../../values/uln.js';

/**
 * Why two ULNs are apart again: a person undid it, the other ULN could not be superseded (it was
 * already, or is not used any more), or it would have closed a circle or made a chain too long.
 */
export const UnmergeCause = z.enum(['reversed', 'refused', 'cycle', 'too-long']);
export type UnmergeCause = z.infer<typeof UnmergeCause>;

/** Why a ULN is not used any more. Ours: the service's own codes are not published. */
export const RetirementCause = z.enum(['issued-in-error', 'duplicate', 'other']);

/** A merge's id, by which its events in the two streams are found to belong together. */
export const MergeId = z.uuid({ error: 'expected a merge to be named by its UUID' });

/**
 * The events by which two ULNs of one person become one and two again. The master's stream holds the
 * decisions, the other ULN's stream what follows from them; a merge holds while both say so.
 */
export const mergeEvents = {
  LearnersMerged: {
    meaning: 'Another ULN was found to be of the same person; this one is to answer for both.',
    validFrom: null,
    schema: z.strictObject({
      mergeId: MergeId,
      superseded: Uln,
      reason: redactable(paragraphOf(2000)),
      evidenceReference: redactable(lineOf(255).nullable()),
    }),
  },
  LearnersUnmerged: {
    meaning: 'A merge was undone, or could not be carried out; each ULN answers for itself.',
    validFrom: null,
    schema: z.strictObject({
      mergeId: MergeId,
      superseded: Uln,
      cause: UnmergeCause,
      reason: redactable(paragraphOf(2000).nullable()),
    }),
  },
  LearnerSuperseded: {
    meaning: 'Another ULN of the same person, the master, answers for this one from now on.',
    validFrom: null,
    schema: z.strictObject({ mergeId: MergeId, master: Uln }),
  },
  SupersessionEnded: {
    meaning: 'The merge by which another ULN answered for this one was undone.',
    validFrom: null,
    schema: z.strictObject({ mergeId: MergeId, master: Uln }),
  },
  UlnRetired: {
    meaning: 'The ULN is not used any more, and nothing new is recorded on it.',
    validFrom: null,
    schema: z.strictObject({ cause: RetirementCause, reason: redactable(paragraphOf(2000)) }),
  },
} as const satisfies Record<string, EventDefinition>;
