import { median } from './race.mjs';

const COLUMNS = ['against', 'ledger', 'peer', 'ratio', 'rounds', 'target', 'reached'];

/**
 * One table of a benchmark, a row per peer. The target counts against the best of the peers it
 * names; the ratio is ledger to peer, of medians, and `rounds` says between what it lay in each.
 */
export function tableOf({ title, unit, ours, peers, targets, note }) {
  const bests = targets.map((target) => ({ ...target, peer: bestOf(peers, target) }));
  const rows = peers.map(({ name, values }) => {
    const ratio = median(ours) / median(values);
    const each = ours.map((value, round) => value / values[round]);
    const target = bests.find(({ peer }) => peer === name);
    return [
      name,
      format(median(ours)),
      format(median(values)),
      times(ratio),
      each.length === 1 ? '' : `${times(Math.min(...each))} to ${times(Math.max(...each))}`,
      target === undefined
        ? ''
        : `${target.atMost ? 'at most' : 'at least'} ${times(boundOf(target))}`,
      target === undefined ? '' : isReached(ratio, target) ? 'yes' : 'no',
    ];
  });
  const table = markdown([COLUMNS, ...rows]);
  return `\n${title} (${unit})\n\n${table}${note === undefined ? '' : `\n${note}\n`}`;
}

function bestOf(peers, { among, atMost }) {
  const ranked = peers
    .filter(({ name }) => among(name))
    .sort((one, other) => median(other.values) - median(one.values));
  return (atMost ? ranked.at(-1) : ranked.at(0))?.name;
}

function boundOf({ atLeast, atMost }) {
  return atMost ?? atLeast;
}

function isReached(ratio, { atLeast, atMost }) {
  return atMost === undefined ? ratio >= atLeast : ratio <= atMost;
}

function times(ratio) {
  return `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2)} ×`;
}

function format(number) {
  return Math.round(number).toLocaleString('en-GB');
}

function markdown(rows) {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return `${[line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')}\n`;
}
