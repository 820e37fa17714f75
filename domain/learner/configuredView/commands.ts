import { z } from 'zod';
import { Instant } from '../../values/date.js';
import { lineOf } from '../../values/text.js';
import { learnerDetailsShape, missingAsNull } from '../details/details.js';
import {
  achievementPlainShape,
  achievementRedactableShape,
  participationPlainShape,
  participationRedactableShape,
} from '../entry/entries.js';
import { CodeHash, ViewMode, ViewPurpose, ViewRecipient, ViewSelection } from './events.js';

/** The most entries one view can show. */
const MAX_VIEW_ENTRIES = 200;

/** The fields of entries that can be picked, by the kind of entry, in the order in which they are shown. */
export const viewEntryFields: Readonly<Record<'achievement' | 'participation', readonly string[]>> =
  {
    achievement: [
      ...Object.keys(achievementPlainShape),
      ...Object.keys(achievementRedactableShape),
      'standing',
    ],
    participation: [
      ...Object.keys(participationPlainShape),
      ...Object.keys(participationRedactableShape),
    ],
  };

/** The details that can be picked, in the order in which they are shown; the ULN is one of them. */
export const viewDetailFields: readonly string[] = ['uln', ...Object.keys(learnerDetailsShape)];

const PickedSelection = ViewSelection.refine(
  ({ entries, details }) => entries.length + details.length > 0,
  { error: 'expected something to be picked, found nothing' },
)
  .refine(({ entries }) => entries.length <= MAX_VIEW_ENTRIES, {
    error: `expected at most ${MAX_VIEW_ENTRIES} entries`,
  })
  .refine(({ entries }) => isDistinct(entries.map(({ entry }) => JSON.stringify(entry))), {
    path: ['entries'],
    error: 'expected each entry once, found one more often',
  })
  .refine(
    ({ entries, details }) =>
      isDistinct(details) && entries.every(({ fields }) => isDistinct(fields)),
    { error: 'expected each field once, found one more often' },
  )
  .refine(({ details }) => details.every((name) => viewDetailFields.includes(name)), {
    path: ['details'],
    error: 'expected names of details, or uln, found another',
  })
  .refine(
    ({ entries }) =>
      entries.every(({ entry, fields }) =>
        fields.every((name) => viewEntryFields[entry.kind].includes(name)),
      ),
    { path: ['entries'], error: 'expected names of fields of such an entry, found another' },
  );

/** Whether an opt-out on another ULN of the person, set after the view was made, stands. The door folds it. */
const stoppedElsewhere = z.boolean();

const viewId = z.uuid({ error: 'expected a view to be named by its UUID' });

/** What a learner asks for when making a view. The door adds its id, its code and its version. */
const viewShape = {
  recipient: ViewRecipient,
  /** Marketing and sales are there to be refused with a reason. */
  purpose: z.enum([...ViewPurpose.options, 'marketing', 'sales']),
  note: lineOf(255).nullable(),
  expiresAt: Instant,
  mode: ViewMode,
  selection: PickedSelection,
} as const;

/** A view as its maker asks for it. */
export const ConfiguredViewInput = missingAsNull(viewShape);
/** The same as a caller may write it: optional fields may be missing. */
export type ConfiguredViewChoice = z.input<typeof ConfiguredViewInput>;

/**
 * What can be asked about configured views. Ids, digests of codes and versions are made by the door,
 * so these commands are given through it alone.
 */
export const configuredViewCommands = {
  CreateConfiguredView: missingAsNull({
    viewId,
    ...viewShape,
    frozenVersion: z.int().min(1).nullable(),
    codeHash: CodeHash.nullable(),
  }),
  IssueConfiguredViewCode: z.strictObject({ viewId, codeHash: CodeHash, stoppedElsewhere }),
  RevokeConfiguredView: z.strictObject({ viewId }),
  OpenConfiguredView: missingAsNull({
    viewId,
    openingId: z.uuid(),
    codeHash: CodeHash.nullable(),
    stoppedElsewhere,
  }),
  ExportConfiguredView: z.strictObject({
    viewId,
    stoppedElsewhere,
    list: z.string().regex(/^\d{4}$/),
    index: z.int().min(0),
  }),
} as const;

function isDistinct(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
