import { codeState, viewState } from '../../domain/learner/configuredView/state.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Instant } from '../../domain/values/date.js';
import { withoutQuarantined } from '../../projections/live/quarantine.js';
import { stateAfter } from './deciding.js';
import { isStoppedElsewhere } from './person.js';

/** A configured view as the learner sees it among the others. */
export type ListedView = Omit<
  LearnerEventData<'ConfiguredViewCreated'>,
  'codeHash' | 'frozenVersion'
> & {
  readonly link: string;
  readonly state: 'open' | 'expired' | 'revoked' | 'stopped';
  /** `none` where the recipient needs no code; `dead` after too many wrong tries. */
  readonly code: 'none' | 'unused' | 'used' | 'dead';
  readonly madeAt: Instant;
  /** When it was opened with a code. What organisations looked at stands in the record of looks. */
  readonly codesUsedAt: readonly Instant[];
  readonly codesFailedAt: readonly Instant[];
  /** How many credentials it left as. */
  readonly exports: number;
};

/**
 * Every configured view in the events of one ULN, the first one made at the beginning; `others` are
 * those of the person's other ULNs. An entry under quarantine is not named as picked.
 */
export function listedViews(
  all: readonly Recorded<LearnerEvent>[],
  others: readonly (readonly Recorded<LearnerEvent>[])[],
  now: Instant,
  linkOf: (viewId: string) => string,
): readonly ListedView[] {
  const events = withoutQuarantined(all);
  const state = stateAfter({ events });
  const known = state.status === 'issued' ? state.entries : new Map();
  const views = state.status === 'issued' ? [...state.configuredViews.values()] : [];
  return views.map((view) => {
    const { codeHash: _, frozenVersion: __, ...created } = view.created;
    const { viewId, selection } = created;
    const entries = selection.entries.filter(({ entry }) => known.has(entryKey(entry)));
    const [madeAt = now] = instantsOf(events, 'ConfiguredViewCreated', viewId);
    return {
      ...created,
      selection: { ...selection, entries },
      link: linkOf(viewId),
      state: viewState(view, now, isStoppedElsewhere(events, others, viewId)),
      code: codeState(view.code),
      madeAt,
      codesUsedAt: instantsOf(events, 'ConfiguredViewCodeUsed', viewId),
      codesFailedAt: instantsOf(events, 'ConfiguredViewCodeFailed', viewId),
      exports: view.exports.length,
    };
  });
}

function instantsOf(
  events: readonly Recorded<LearnerEvent>[],
  type: `ConfiguredView${string}` & LearnerEvent['type'],
  viewId: string,
): readonly Instant[] {
  return events
    .filter(
      ({ event }) =>
        event.type === type && (event.data as { readonly viewId?: string }).viewId === viewId,
    )
    .map(({ recordedAt }) => recordedAt);
}
