import { z } from 'zod';
import type { EventDefinition } from '../../eventDefinition.js';
import { redactable } from '../../redaction.js';
import { Instant } from '../../values/date.js';
import { lineOf } from '../../values/text.js';
import { Ukprn } from '../../values/ukprn.js';
import { EntryReference } from '../entry/entries.js';

/** Who may open a view: one organisation, or whoever has the link and a one-time code. */
export const ViewRecipient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organisation'), ukprn: Ukprn }),
  z.strictObject({ kind: z.literal('link') }),
]);
export type ViewRecipient = z.infer<typeof ViewRecipient>;

/**
 * For what a recipient is to have a view: a closed list, ours. Marketing and sales are not on it,
 * because the privacy notice rules them out.
 */
export const ViewPurpose = z.enum([
  'employment',
  'education-admission',
  'training',
  'professional-registration',
  'advice-and-guidance',
  'funding',
  'immigration',
  'personal-use',
]);

/** Whether a view shows the record as it is when it is read, or as it was when the view was made. */
export const ViewMode = z.enum(['live', 'frozen']);

/** What stands of a one-time code: a salt and a keyed digest, never the code. */
export const CodeHash = z.strictObject({
  salt: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  digest: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type CodeHash = z.infer<typeof CodeHash>;

/** What was picked: fields of entries, and details of the learner; nothing else of the record is shown. */
export const ViewSelection = z.strictObject({
  entries: z.array(z.strictObject({ entry: EntryReference, fields: z.array(z.string()).min(1) })),
  details: z.array(z.string()),
});
export type ViewSelection = z.infer<typeof ViewSelection>;

const viewId = z.uuid();

/** The events of what a learner chose to share with a third party. */
export const configuredViewEvents = {
  ConfiguredViewCreated: {
    meaning: 'The learner chose parts of the record for a recipient, a purpose and a time.',
    validFrom: null,
    schema: z.strictObject({
      viewId,
      recipient: ViewRecipient,
      purpose: ViewPurpose,
      note: redactable(lineOf(255).nullable()),
      expiresAt: Instant,
      mode: ViewMode,
      frozenVersion: z.int().min(1).nullable(),
      selection: ViewSelection,
      codeHash: CodeHash.nullable(),
    }),
  },
  ConfiguredViewCodeIssued: {
    meaning: 'A new one-time code replaced the one before.',
    validFrom: null,
    schema: z.strictObject({ viewId, codeHash: CodeHash }),
  },
  ConfiguredViewCodeUsed: {
    meaning: 'The view was opened with its one-time code, which opens nothing more.',
    validFrom: null,
    schema: z.strictObject({ viewId, openingId: z.uuid() }),
  },
  ConfiguredViewCodeFailed: {
    meaning: 'Somebody with the link tried another code than the one issued.',
    validFrom: null,
    schema: z.strictObject({ viewId, openingId: z.uuid() }),
  },
  ConfiguredViewRevoked: {
    meaning: 'The learner ended the view.',
    validFrom: null,
    schema: z.strictObject({ viewId }),
  },
  ConfiguredViewExported: {
    meaning:
      'The view left as a signed credential, which stands in a status list under this index.',
    validFrom: null,
    schema: z.strictObject({
      viewId,
      list: z.string().regex(/^\d{4}$/),
      index: z.int().min(0),
    }),
  },
} as const satisfies Record<string, EventDefinition>;
