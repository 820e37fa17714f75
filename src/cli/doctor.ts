import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { DomainError } from '../../domain/errors.js';
import { createPublished } from '../../projections/kept/published.js';
import { parseHeader } from '../../streams/envelope.js';
import { storeFile } from '../../streams/openStore.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CliContext } from './context.js';
import type { ExitCode } from './exitCodes.js';

type Diagnosis = {
  readonly level: 'ok' | 'warning' | 'failure';
  readonly check: string;
  readonly found: string;
};

const ROTATION_DUE_DAYS = 35;
const DAY_MS = 86_400_000;
const BEAT_WAIT_MS = 2_500;
const MAX_AHEAD_MS = 60_000;

/** `plr doctor`: whether the ledger is set up to keep what it promises. */
export function doctorCommand(context: CliContext, exit: (code: ExitCode) => void): Command {
  return new Command('doctor')
    .description('check settings, files, keys and unfinished work; exit code 1 on a failure')
    .option('--json', 'print JSON')
    .action(async (options: { json?: boolean }) => {
      const diagnoses = await context.withLedger((ledger) => diagnose(context, ledger));
      if (diagnoses.some(({ level }) => level === 'failure')) {
        exit(1);
      }
      if (options.json === true) {
        context.print(JSON.stringify(diagnoses));
        return;
      }
      for (const { level, check, found } of diagnoses) {
        context.print(`${level.padEnd(8)} ${check}: ${found}`);
      }
    });
}

async function diagnose(context: CliContext, ledger: Ledger): Promise<readonly Diagnosis[]> {
  const { store } = ledger.parts;
  const { engine, durability, gaplessPositions, maxAppends } = store.capabilities;
  const findings = await store.inspect();
  const isDurable = durability === 'fsync' || durability === 'replicated';
  return [
    { level: 'ok', check: 'origin', found: ledger.origin },
    {
      level: isDurable ? 'ok' : 'failure',
      check: `engine ${engine} keeps what it acknowledges`,
      found: `durability ${durability}, positions ${gaplessPositions ? 'without gaps' : 'with gaps'}${maxAppends === undefined ? '' : `, at most ${maxAppends} appends`}`,
    },
    ...findings.map(
      ({ check, isGood, found }): Diagnosis => ({ level: isGood ? 'ok' : 'failure', check, found }),
    ),
    viewsDiagnosis(ledger),
    ...fileModes(context),
    ...keyDiagnoses(context, ledger),
    await activeDiagnosis(ledger),
    ...(await viewsBehind(ledger)),
    await clockDiagnosis(context, ledger),
    ...(await erasureDiagnoses(ledger)),
    await mergeDiagnosis(ledger),
    await alertDiagnosis(ledger),
  ];
}

function fileModes(context: CliContext): readonly Diagnosis[] {
  const { store, vault, vaultCopy, views, access, master } = context.config.places;
  const files = [storeFile(store), vault, vaultCopy, views, master, ...accessFiles(access)];
  return files
    .filter((path) => path !== null)
    .map((path) => {
      const mode = statSync(path).mode & 0o777;
      const isPrivate = (mode & 0o077) === 0;
      return {
        level: isPrivate ? 'ok' : 'warning',
        check: `${path} is readable by its owner alone`,
        found: `mode 0${mode.toString(8)}`,
      };
    });
}

/** The files of the access ledger, one for each year in which somebody asked for something. */
function accessFiles(url: string): readonly string[] {
  const template = storeFile(url);
  if (template === null) {
    return [];
  }
  const [before = '', after = ''] = basename(template).split('{year}');
  const folder = dirname(template);
  return (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .filter((name) => /^\d{4}$/.test(name.slice(before.length, name.length - after.length)))
    .map((name) => join(folder, name));
}

/** Alerts that nobody has looked into: misuse is found by a machine and judged by people. */
async function alertDiagnosis({ alerts }: Ledger): Promise<Diagnosis> {
  const open = await alerts.list({ all: false });
  return {
    level: open.length === 0 ? 'ok' : 'warning',
    check: 'every alert was looked into ("plr alert list")',
    found: `${open.length} open`,
  };
}

function viewsDiagnosis({ parts: { views } }: Ledger): Diagnosis {
  const found = String(views.database.pragma('quick_check(1)', { simple: true }));
  return {
    level: found === 'ok' ? 'ok' : 'failure',
    check: 'the kept views are whole ("plr init" makes them anew where they are deleted)',
    found: found === 'ok' ? found : 'damaged',
  };
}

function keyDiagnoses(context: CliContext, { parts: { vault } }: Ledger): readonly Diagnosis[] {
  const { rotatedAt, rotation, master } = vault.state();
  const days = Math.floor((Date.parse(context.clock()) - Date.parse(rotatedAt)) / DAY_MS);
  const hasCopy = context.config.places.vaultCopy !== null;
  return [
    {
      level: days > ROTATION_DUE_DAYS ? 'warning' : 'ok',
      check: `vault rotated within ${ROTATION_DUE_DAYS} days ("plr vault rotate")`,
      found: `${days} days ago, ${rotation} rotations, master ${master}`,
    },
    {
      level: hasCopy ? 'ok' : 'warning',
      check: 'the vault has a second copy (PLR_VAULT_COPY)',
      found: hasCopy ? 'set' : 'unset: losing the vault would lose every record',
    },
  ];
}

/** Whether an active process shows itself: its counter moves every second. */
async function activeDiagnosis({ parts: { vault } }: Ledger): Promise<Diagnosis> {
  const { epoch, beats } = vault.state();
  if (beats !== 0) {
    await sleep(BEAT_WAIT_MS);
  }
  const isActive = vault.state().beats !== beats;
  const isLost = beats !== 0 && !isActive;
  return {
    level: isLost ? 'warning' : 'ok',
    check: 'an active process that began also shows itself, or has ended ("plr standby")',
    found: `${isActive ? 'one is active' : isLost ? 'one is silent' : 'none is active'}, epoch ${epoch}`,
  };
}

/** How far the kept views and the places of subscribers are behind the head. */
async function viewsBehind({ subscribers, parts }: Ledger): Promise<readonly Diagnosis[]> {
  const head = (await parts.store.head())?.position ?? null;
  // Looked at as they are: listing them would make those that are not there.
  const views = parts.runner.generations.all();
  const behind = views.filter(({ state, position }) => state === 'active' && position !== head);
  const published = createPublished(parts.views.database);
  const told = (await subscribers.list()).map(({ subscriber, registration }) => ({
    subscriber,
    position: published.positionOf(registration),
  }));
  const waiting = told.filter(({ position }) => position !== head);
  return [
    {
      level: 'ok',
      check: 'kept views behind the head catch up when they are asked',
      found: behind.length === 0 ? 'none' : behind.map(({ view }) => view).join(', '),
    },
    {
      level: told.length > 0 && waiting.length === told.length ? 'warning' : 'ok',
      check: 'subscribers are told of everything ("plr publish")',
      found: `${told.length - waiting.length} of ${told.length}`,
    },
  ];
}

async function clockDiagnosis(context: CliContext, ledger: Ledger): Promise<Diagnosis> {
  const head = await ledger.parts.store.head();
  const at = head === null ? 0 : Date.parse(parseHeader(head.header).at);
  const aheadMs = at - Date.parse(context.clock());
  return {
    level: aheadMs > MAX_AHEAD_MS ? 'failure' : 'ok',
    check: 'the clock is not behind the ledger',
    found: `${context.clock()}, head ${head?.position}`,
  };
}

async function erasureDiagnoses(ledger: Ledger): Promise<readonly Diagnosis[]> {
  const erasures = [...(await ledger.erasure.status()), ...(await ledger.retention.status())];
  const unfinished = erasures.filter(({ state }) => state === 'ordered');
  return [
    {
      level: unfinished.length === 0 ? 'ok' : 'warning',
      check:
        'every ordered redaction and disposal is completed ("plr redact status", "plr retention status")',
      found:
        unfinished.length === 0
          ? 'yes'
          : `${unfinished.length} not: ${unfinished.map(({ waitsFor }) => waitsFor).join('; ')}`,
    },
  ];
}

async function mergeDiagnosis({ merging }: Ledger): Promise<Diagnosis> {
  const check = 'every merge is finished in both streams ("plr merge resume")';
  const unfinished = await merging.unfinished().catch((error: unknown) => {
    if (error instanceof DomainError) {
      return error;
    }
    throw error;
  });
  if (unfinished instanceof DomainError) {
    return { level: 'failure', check, found: `${unfinished.code} ${unfinished.message}` };
  }
  if (unfinished === null) {
    const found =
      'the views know of none; where they were deleted, "plr merge resume" looks for it';
    return { level: 'ok', check, found };
  }
  const waits = unfinished.map(({ waitsFor }) => waitsFor ?? 'being finished');
  return {
    level: unfinished.length === 0 ? 'ok' : 'warning',
    check,
    found: unfinished.length === 0 ? 'yes' : `${unfinished.length} not: ${waits.join('; ')}`,
  };
}
