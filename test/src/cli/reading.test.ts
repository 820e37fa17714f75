import { beforeAll, describe, expect, test } from 'vitest';
import { openLedger } from '../../../src/ledger/openLedger.js';
import type { CliWorld } from '../../support/ledger.js';
import { placesIn } from '../../support/synthetic.js';
import {
  AWARDING,
  createLedgerWorld,
  expectDone,
  fieldsOf,
  linesOf,
  NAMES,
  PERSONAL,
  register,
  registerWithEntries,
} from './world.js';

let world: CliWorld;
let uln: string;
/** When the entries were recorded, and before they were corrected. */
let recordedAt: string;

beforeAll(async () => {
  world = await createLedgerWorld();
  uln = await registerWithEntries(world);
  recordedAt = world.time.now();
  world.time.set('2026-09-20T09:00:00.000Z');
  const entry = ['--as', AWARDING, '--id', 'A-1'];
  expectDone(await world.plr(['correct', 'achievement', uln, ...entry, '--grade', 'Merit']));
  world.time.set('2026-10-01T09:00:00.000Z');
});

/** The instant a number of milliseconds before the next run. */
function ago(milliseconds: number): string {
  return new Date(Date.parse(world.time.now()) + 60_000 - milliseconds).toISOString();
}

const readers = [
  ['show', '--json'],
  ['history', '--ndjson'],
  ['replay', '--ndjson'],
] as const;

describe.each(readers)('%s', (command, json) => {
  test('prints the record to read, and nothing on standard error', async () => {
    const { code, stdout, stderr } = await world.plr([command, uln]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: expect.stringContaining('Sampleton'),
      stderr: '',
    });
  });

  test('takes the ULN from standard input', async () => {
    const run = await world.plr([command, '-'], { stdin: `${uln}\n` });
    expect(run.stdout).toBe((await world.plr([command, uln])).stdout);
  });

  test('prints JSON, an object a line', async () => {
    const lines = linesOf(await world.plr([command, uln, json]));
    expect(lines).toHaveLength(command === 'show' ? 1 : 4);
  });

  test('prints no colours where nobody looks', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect((await world.plr([command, uln])).stdout).not.toMatch(/\u001b/);
  });

  test('of a ULN not issued here is not found, without repeating it', async () => {
    const { code, stdout, stderr } = await world.plr([command, '1000000000']);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).not.toMatch(PERSONAL);
  });

  test('as at now is the head', async () => {
    const now = await world.plr([command, uln, json, '--as-at', 'now']);
    expect(now.stdout).toBe((await world.plr([command, uln, json])).stdout);
  });

  test('as at 29 seconds ago is refused, because the answer could still change', async () => {
    const { code, stderr } = await world.plr([command, uln, '--as-at', ago(29_000)]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--as-at now') });
  });

  test('as at 30 seconds ago is answered', async () => {
    expect((await world.plr([command, uln, '--as-at', ago(30_000)])).code).toBe(0);
  });

  test('as at today is refused, because today has not ended', async () => {
    expect((await world.plr([command, uln, '--as-at', '2026-10-01'])).code).toBe(2);
  });

  test('as at yesterday is answered', async () => {
    expect((await world.plr([command, uln, '--as-at', '2026-09-30'])).code).toBe(0);
  });
});

describe('show', () => {
  const grade = async (options: readonly string[]) => {
    const { stdout } = expectDone(await world.plr(['show', uln, ...options]));
    return /grade (\w+)/.exec(stdout)?.[1];
  };

  test('shows what is known now', async () => {
    expect(await grade([])).toBe('Merit');
  });

  test('as at an earlier time shows what was known then', async () => {
    expect(await grade(['--as-at', recordedAt])).toBe('Pass');
  });

  test('takes an instant with another offset', async () => {
    expect(await grade(['--as-at', '2026-09-01T12:30+01:00'])).toBe('Pass');
  });

  test('at a version shows the first events', async () => {
    expect(await grade(['--at-version', '2'])).toBe('Pass');
  });

  test('valid at a date before the award leaves it out', async () => {
    expect(await grade(['--valid-at', '2026-06-30'])).toBeUndefined();
  });

  test('before the ULN was issued says that there was none', async () => {
    const { code, stdout } = await world.plr(['show', uln, '--as-at', '2026-08-31']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Personal Learning Record, as at 2026-08-31T23:59:59.999Z\nNo ULN had been issued.\n',
    });
  });
});

describe('diff', () => {
  test('shows what changed between two points', async () => {
    const { stdout } = await world.plr(['diff', uln, '--from-as-at', recordedAt]);
    expect(stdout).toContain('Pass → Merit');
  });

  test('prints JSON with both points and the changes', async () => {
    const run = await world.plr(['diff', uln, '--from-at-version', '3', '--json']);
    expect(fieldsOf(run)).toMatchObject({ from: { version: 3 }, to: { version: null } });
  });

  test('of a point with itself says that there is no difference', async () => {
    const { stdout } = await world.plr(['diff', uln, '--from-at-version', '4']);
    expect(stdout).toContain('no difference');
  });
});

describe('tail', () => {
  test('prints a header for every event of the log', async () => {
    const lines = linesOf(await world.plr(['tail']));
    const types = lines.map(({ header }) => (header as { type: string }).type);
    expect(types[0]).toBe('LedgerCreated');
    expect(types.slice(types.indexOf('UlnIssued'))).toEqual([
      'UlnIssued',
      'AchievementRecorded',
      'ParticipationRecorded',
      'AchievementCorrected',
    ]);
  });

  test('prints no personal data', async () => {
    const { stdout, stderr } = await world.plr(['tail']);
    expect(`${stdout}${stderr}`).not.toMatch(NAMES);
    expect(stdout).not.toContain(uln);
  });

  test('after a position goes on from there', async () => {
    const all = linesOf(await world.plr(['tail']));
    const run = await world.plr(['tail', '--after', String(all.at(-4)?.['position'])]);
    expect(linesOf(run)).toEqual(all.slice(-3));
  });

  test('follows what is recorded until it is interrupted', async () => {
    const other = await createLedgerWorld();
    const before = linesOf(await other.plr(['tail'])).length;
    const stop = new AbortController();
    const ledger = await openLedger(placesIn(other.folder), other.time.clock);
    let lines = 0;
    const onOutput = () => {
      lines += 1;
      if (lines === before) {
        void register(other);
      } else if (lines > before) {
        stop.abort();
      }
    };
    const argv = ['tail', '--follow'];
    const { code } = await other.plr(argv, { signal: stop.signal, onOutput });
    await ledger.close();
    expect({ code, lines }).toEqual({ code: 0, lines: before + 1 });
  });
});
