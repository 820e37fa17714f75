import type { Instant } from '../../values/date.js';
import type { LearnerEvent, LearnerEventData } from '../events.js';
import type { CodeHash } from './events.js';

/** A one-time code as the rules need it. */
export type ViewCode = {
  readonly hash: CodeHash;
  /** The opening that used it up; `null` while it can be used. */
  readonly usedBy: string | null;
  /** The openings that tried another code. */
  readonly failed: readonly string[];
};

/** A configured view as the rules need it. */
export type ConfiguredView = {
  readonly created: LearnerEventData<'ConfiguredViewCreated'>;
  readonly code: ViewCode | null;
  readonly isRevoked: boolean;
  /** True from an opt-out on, for every view made before it, until the opt-out ends. */
  readonly isStopped: boolean;
  /** The credentials it left as, by status list and index. */
  readonly exports: readonly { readonly list: string; readonly index: number }[];
};

/** A learner's configured views by their ids. */
export type ConfiguredViewsById = ReadonlyMap<string, ConfiguredView>;

/** How many wrong codes are borne before a code opens nothing any more. */
const MAX_FAILED_CODES = 5;

/** An event of a configured view. */
export type ConfiguredViewEvent = Extract<LearnerEvent, { type: `ConfiguredView${string}` }>;

/** The views after one more event of theirs. */
export function evolveConfiguredViews(
  views: ConfiguredViewsById,
  event: ConfiguredViewEvent,
): ConfiguredViewsById {
  switch (event.type) {
    case 'ConfiguredViewCreated':
      return new Map(views).set(event.data.viewId, {
        created: event.data,
        code: event.data.codeHash === null ? null : unusedCode(event.data.codeHash),
        isRevoked: false,
        isStopped: false,
        exports: [],
      });
    case 'ConfiguredViewCodeIssued':
      return change(views, event, () => ({ code: unusedCode(event.data.codeHash) }));
    case 'ConfiguredViewCodeUsed':
      return change(views, event, ({ code }) => ({
        code: code && { ...code, usedBy: event.data.openingId },
      }));
    case 'ConfiguredViewCodeFailed':
      return change(views, event, ({ code }) => ({
        code: code && { ...code, failed: [...code.failed, event.data.openingId] },
      }));
    case 'ConfiguredViewRevoked':
      return change(views, event, () => ({ isRevoked: true }));
    case 'ConfiguredViewExported': {
      const { list, index } = event.data;
      return change(views, event, ({ exports }) => ({ exports: [...exports, { list, index }] }));
    }
  }
}

/** The views once a learner has opted out of sharing, or shares again: views that are made later are a new choice. */
export function stopConfiguredViews(
  views: ConfiguredViewsById,
  isStopped: boolean,
): ConfiguredViewsById {
  return new Map([...views].map(([id, view]) => [id, { ...view, isStopped }]));
}

/** How a code stands: `none` where the view needs none, `dead` after too many wrong tries. */
export function codeState(code: ViewCode | null): 'none' | 'unused' | 'used' | 'dead' {
  if (code === null) {
    return 'none';
  }
  if (code.usedBy !== null) {
    return 'used';
  }
  return code.failed.length >= MAX_FAILED_CODES ? 'dead' : 'unused';
}

/** How a view stands at an instant, by its own stream and by the opt-outs on the person's other ULNs. */
export function viewState(
  { created, isRevoked, isStopped }: ConfiguredView,
  at: Instant,
  stoppedElsewhere: boolean,
): 'open' | 'expired' | 'revoked' | 'stopped' {
  if (isRevoked) {
    return 'revoked';
  }
  if (created.expiresAt <= at) {
    return 'expired';
  }
  return isStopped || stoppedElsewhere ? 'stopped' : 'open';
}

function unusedCode(hash: CodeHash): ViewCode {
  return { hash, usedBy: null, failed: [] };
}

function change(
  views: ConfiguredViewsById,
  { data: { viewId } }: ConfiguredViewEvent,
  to: (view: ConfiguredView) => Partial<ConfiguredView>,
): ConfiguredViewsById {
  const view = views.get(viewId);
  return view === undefined ? views : new Map(views).set(viewId, { ...view, ...to(view) });
}
