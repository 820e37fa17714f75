import type { Uln } from '../../domain/values/uln.js';
import { historyProjection } from '../../projections/live/history.js';
import { NOW } from '../../projections/live/point.js';
import { fold } from '../../projections/projection.js';
import type { Asker } from '../access/accessLedger.js';
import { recordOf, ulnsOf } from '../learners/records.js';
import type { Ledger } from '../ledger/ledger.js';
import { lookText } from './access.js';
import { eventLine, plrLines, pointText } from './format.js';
import { mergedLines } from './mergedLines.js';
import { statusText } from './notice.js';
import { listedViewLines } from './viewFormat.js';

/** The latest looks that are printed; "plr access looks" goes further back. */
const MAX_LOOKS = 1000;

/** What a learner can do about the record. Source: the privacy notice. */
const RIGHTS = [
  'If something is wrong: plr challenge raise. Whoever sent it has a month to answer.',
  'If it should not be shared: plr opt-out set. The ULN stays.',
  'To show a part of it to somebody: plr view create. To end that: plr view revoke.',
  'If something sensitive stands here: plr sensitive report. It is looked into and can be removed.',
  'Why a look was allowed or refused: plr access explain, with the name at the end of its line.',
];

/** Everything that the ledger keeps of a learner, as of now, for the learner and who may see it whole. */
export async function completeRecord(ledger: Ledger, uln: Uln, asker: Asker) {
  const { read } = await ledger.access.history(uln, asker);
  return {
    read,
    plr: recordOf(read, NOW),
    history: ulnsOf(read).map(({ uln: of, events }) => ({
      uln: of,
      events: fold(historyProjection, events).rows,
    })),
    notices: await ledger.notices.status(uln),
    views: await ledger.configuredViews.list(uln),
    looks: await ledger.access.looks(uln, asker, MAX_LOOKS),
  };
}

/** The same as a page of text to print. */
export function completePage(
  { read, plr, notices, views, looks }: Awaited<ReturnType<typeof completeRecord>>,
  on: string,
): readonly string[] {
  return [
    `Complete Personal Learning Record, ${pointText(NOW)}, printed ${on}`,
    ...plrLines(plr),
    ...mergedLines(plr, read),
    ...ulnsOf(read).flatMap(({ uln, events }) =>
      part(
        uln === read.found ? 'How it came to be' : `How it came to be, under ${uln}`,
        events.map((recorded) => eventLine(recorded)),
      ),
    ),
    ...part(
      'What you have shared yourself',
      views.flatMap((view) => listedViewLines(view)),
    ),
    ...part('Privacy notices', notices.map(statusText)),
    ...part('Who looked at it', looks.map(lookText)),
    ...part('What you can do', RIGHTS),
  ];
}

function part(title: string, lines: readonly string[]): readonly string[] {
  return ['', title, ...(lines.length === 0 ? ['  nothing'] : lines.map((line) => `  ${line}`))];
}
