import { entryKey } from '../../domain/learner/entry/entries.js';
import type { ConfiguredViewAnswer, ViewedEntry } from '../../projections/live/configuredView.js';
import type { ListedView } from '../configuredViews/list.js';
import { valueText } from './format.js';

/** As wide as most names of fields, so that values stand in one column. */
const WIDTH = 24;

/** What a recipient sees, as lines of text. */
export function viewLines(answer: ConfiguredViewAnswer): readonly string[] {
  const { mode, asAt, purpose, expiresAt, details, entries } = answer;
  return [
    `${mode === 'frozen' ? 'A record as it was' : 'A record'} at ${asAt}, for ${purpose}, until ${expiresAt}`,
    ...(details === null
      ? []
      : ['', `Details${challenged(details.underDataChallenge)}`, ...valueLines(details.values)]),
    ...entries.flatMap(entryLines),
  ];
}

/** A view among a learner's own, as lines of text. */
export function listedViewLines(view: ListedView): readonly string[] {
  const { viewId, link, recipient, purpose, note, state, code, mode, selection } = view;
  const whom = recipient.kind === 'link' ? 'whoever has link and code' : recipient.ukprn;
  const codeText = code === 'none' ? '' : `, code ${code}`;
  const failed = view.codesFailedAt.length;
  const opened = view.codesUsedAt.map((at) => at.slice(0, 10)).join(', ');
  return [
    `${viewId}  ${state}, ${mode}${codeText}`,
    `  for ${whom}, for ${purpose}, until ${view.expiresAt}${note === null ? '' : `: ${valueText(note)}`}`,
    `  made ${view.madeAt}${opened === '' ? '' : `, opened with a code ${opened}`}${failed === 0 ? '' : `, ${failed} wrong codes`}${view.exports === 0 ? '' : `, ${view.exports} credentials`}`,
    ...(selection.details.length === 0 ? [] : [`  details: ${selection.details.join(', ')}`]),
    ...selection.entries.map(({ entry, fields }) => `  ${entryKey(entry)}: ${fields.join(', ')}`),
    `  ${link}`,
  ];
}

function entryLines(entry: ViewedEntry): readonly string[] {
  const title = entry.kind === 'achievement' ? 'Achievement' : 'Participation';
  return entry.state === 'withdrawn'
    ? ['', `${title}  WITHDRAWN by its source`]
    : ['', `${title}${challenged(entry.underDataChallenge)}`, ...valueLines(entry.values)];
}

function valueLines(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(values).map(
    ([name, value]) => `  ${name.padEnd(WIDTH)} ${shownText(value)}`,
  );
}

function shownText(value: unknown): string {
  return typeof value === 'object' && value !== null ? '[redacted]' : valueText(value);
}

function challenged(isChallenged: boolean): string {
  return isChallenged ? '  UNDER DATA CHALLENGE' : '';
}
