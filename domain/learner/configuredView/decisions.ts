import type { Actor } from '../../actor.js';
import { DomainError } from '../../errors.js';
import { dateOf, monthsAfter } from '../../values/date.js';
import type { LearnerCommandOf } from '../commands.js';
import { entryKey } from '../entry/entries.js';
import type { LearnerEvent } from '../events.js';
import type { IssuedLearner } from '../state.js';
import type { ViewSelection } from './events.js';
import { type ConfiguredView, codeState, viewState } from './state.js';

/** Months for which a view can be made at most. Ours: long enough to look for work, short enough to be remembered. */
const MAX_MONTHS = 12;

/**
 * Makes a view of parts of the record; the same one made again records nothing. A view is the
 * learner's own choice: an opt-out that stands already does not prevent it, one that is set later stops it.
 */
export function decideCreateView(
  command: LearnerCommandOf<'CreateConfiguredView'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { data, at } = command;
  requireLearner(command.by);
  if (state.configuredViews.has(data.viewId)) {
    return [];
  }
  const { purpose } = data;
  if (purpose === 'marketing' || purpose === 'sales') {
    throw new DomainError(
      'ERR_VIEW_PURPOSE',
      'purpose: expected one for which records are passed on, found marketing or sales, for which they never are',
    );
  }
  if (data.expiresAt <= at || dateOf(data.expiresAt) > monthsAfter(dateOf(at), MAX_MONTHS)) {
    throw new DomainError(
      'ERR_VIEW_EXPIRY',
      `expiresAt: expected an instant to come, at most ${MAX_MONTHS} months ahead, found an earlier or a later one`,
    );
  }
  requireStandingEntries(data.selection, state);
  return [{ type: 'ConfiguredViewCreated', data: { ...data, purpose } }];
}

/** Replaces the one-time code of a view that whoever has the link can open. */
export function decideIssueViewCode(
  { data, by, at }: LearnerCommandOf<'IssueConfiguredViewCode'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  requireLearner(by);
  const { stoppedElsewhere, ...issued } = data;
  const view = ownView(state, data.viewId);
  const standing = viewState(view, at, stoppedElsewhere);
  if (standing !== 'open') {
    throw new DomainError('ERR_VIEW_ENDED', `expected a view that is open, found it ${standing}`);
  }
  if (view.created.recipient.kind !== 'link') {
    throw new DomainError(
      'ERR_INPUT_INVALID',
      'expected a view for whoever has the link, found one for an organisation, which needs no code',
    );
  }
  return view.code?.hash.digest === data.codeHash.digest
    ? []
    : [{ type: 'ConfiguredViewCodeIssued', data: issued }];
}

/** Ends a view, also one that has expired. */
export function decideRevokeView(
  { data, by }: LearnerCommandOf<'RevokeConfiguredView'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  requireLearner(by);
  return ownView(state, data.viewId).isRevoked ? [] : [{ type: 'ConfiguredViewRevoked', data }];
}

/**
 * Whether somebody may open a view now. A right code is used up by it, a wrong one is counted. An
 * opening is never the same as one before: whoever lost the answer needs a new code.
 */
export function decideOpenView(
  command: LearnerCommandOf<'OpenConfiguredView'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { viewId, openingId, codeHash } = command.data;
  const { code } = availableView(state, command);
  if (code === null) {
    return [];
  }
  if (codeHash === null || codeState(code) !== 'unused') {
    throw codeRefusal();
  }
  const data = { viewId, openingId };
  return [
    codeHash.digest === code.hash.digest
      ? { type: 'ConfiguredViewCodeUsed', data }
      : { type: 'ConfiguredViewCodeFailed', data },
  ];
}

/** Records that a view left as a credential, if it may still be opened. */
export function decideExportView(
  command: LearnerCommandOf<'ExportConfiguredView'>,
  state: IssuedLearner,
): readonly LearnerEvent[] {
  const { stoppedElsewhere: _, ...data } = command.data;
  const { exports } = availableView(state, command);
  return exports.some(({ list, index }) => list === data.list && index === data.index)
    ? []
    : [{ type: 'ConfiguredViewExported', data }];
}

/** The refusal of a code: the same for a wrong one, a used one, a dead one and none. */
export function codeRefusal(): DomainError {
  return new DomainError(
    'ERR_VIEW_CODE',
    'expected the one-time code of this view, found none or one that does not open it (a code opens once, and nothing after five wrong tries); the learner can issue another',
  );
}

/** The refusal of a view: the same whether it never was, has ended, or is somebody else's. */
export function notAvailable(): DomainError {
  return new DomainError(
    'ERR_VIEW_NOT_AVAILABLE',
    'expected the link of a view that is open to whoever asks, found none',
  );
}

function availableView(
  state: IssuedLearner,
  { data, by, at }: LearnerCommandOf<'OpenConfiguredView' | 'ExportConfiguredView'>,
): ConfiguredView {
  const view = state.configuredViews.get(data.viewId);
  if (view === undefined || viewState(view, at, data.stoppedElsewhere) !== 'open') {
    throw notAvailable();
  }
  const { recipient } = view.created;
  if (
    recipient.kind === 'organisation' &&
    (by.kind !== 'organisation' || by.ukprn !== recipient.ukprn)
  ) {
    throw notAvailable();
  }
  return view;
}

function ownView(state: IssuedLearner, viewId: string): ConfiguredView {
  const view = state.configuredViews.get(viewId);
  if (view === undefined) {
    throw new DomainError(
      'ERR_VIEW_NOT_FOUND',
      'expected a configured view of this learner and id, found none',
    );
  }
  return view;
}

/** Throws `ERR_NOT_PERMITTED` for an organisation: nobody chooses in a learner's place but the keeper. */
export function requireLearner(by: Actor): void {
  if (by.kind === 'organisation') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the learner, or the keeper for them, to choose what is shared, found an organisation',
    );
  }
}

/** One under quarantine is told from none by data protection alone. */
function requireStandingEntries({ entries }: ViewSelection, state: IssuedLearner): void {
  const hidden = Object.values(state.reviews.quarantines)
    .filter((quarantine) => quarantine.state === 'placed')
    .map(({ entry }) => entryKey(entry));
  const picked = entries
    .map(({ entry }) => entryKey(entry))
    .map((key) => (hidden.includes(key) ? undefined : state.entries.get(key)));
  if (picked.includes(undefined)) {
    throw new DomainError(
      'ERR_ENTRY_NOT_FOUND',
      'expected the view to name entries of the record, found one of no such source and id',
    );
  }
  if (picked.some((entry) => entry?.withdrawnSince !== null)) {
    throw new DomainError(
      'ERR_ENTRY_WITHDRAWN',
      'expected the view to name entries that stand, found one withdrawn',
    );
  }
}
