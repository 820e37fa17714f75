import { openLedger } from '../../../src/ledger/openLedger.js';
import type { CliRun, CliWorld } from '../../support/ledger.js';
import { createCliWorld } from '../../support/ledger.js';
import { admit } from '../../support/organisations.js';
import { placesIn } from '../../support/synthetic.js';

/** The registry, a college and an awarding organisation, each by one member of staff. */
export const REGISTRY = 'registry@10000001';
export const COLLEGE = 'exams@10000002';
export const AWARDING = 'awards@10000003';

/** A made-up learner's details as JSON for `--input`. */
export const DETAILS = {
  givenName: 'Amber',
  familyName: 'Sampleton',
  dateOfBirth: '2003-04-17',
  gender: '2',
  lastKnownPostCode: 'AB1 2CD',
  abilityToShare: '1',
  verificationType: '1',
  notes: 'Prefers letters',
};

/** What is personal of the made-up learner besides the ULN. */
export const NAMES = /Amber|Sampleton|2003-04-17|ZZ99|Prefers/;
/** What must stand in no error: the same, and any ten digits in a row. */
export const PERSONAL = /Amber|Sampleton|2003-04-17|ZZ99|Prefers|\d{10}/;

/** The options of a complete achievement. */
export const ACHIEVEMENT = [
  ...['--source', 'AO', '--subject-code', '601/0143/X', '--achievement-award-date', '2026-07-01'],
  ...['--grade', 'Pass', '--credits', '12'],
];
/** The options of a complete participation. */
export const PARTICIPATION = [
  ...[
    '--source',
    'ILR',
    '--subject-code',
    '601/0143/X',
    '--participation-start-date',
    '2025-09-08',
  ],
];

/** A world with a ledger in it. */
export async function createLedgerWorld(): Promise<CliWorld> {
  const world = createCliWorld();
  expectDone(await world.plr(['init', '--origin', 'test.invalid/cli']));
  await admitOrganisations(world);
  return world;
}

/** Registers the organisations that the tests act for. */
export async function admitOrganisations(world: CliWorld): Promise<void> {
  const ledger = await openLedger(placesIn(world.folder), world.time.clock);
  await admit(ledger);
  await ledger.close();
}

const registrations = new WeakMap<CliWorld, number>();

/** Details of a made-up learner; all but a world's first have an own postcode, because nobody is registered twice. */
export function ownDetails(world: CliWorld): typeof DETAILS {
  const before = registrations.get(world) ?? 0;
  registrations.set(world, before + 1);
  const own = `AB${(before % 90) + 10} ${Math.floor(before / 90) % 10}CD`;
  return before === 0 ? DETAILS : { ...DETAILS, lastKnownPostCode: own };
}

/** Searches for a learner, as has to be done before one is registered; by the keeper where nobody else is named. */
export async function search(
  { plr }: CliWorld,
  details: typeof DETAILS,
  asked: readonly string[] = [],
): Promise<void> {
  const { givenName, familyName, dateOfBirth, gender, lastKnownPostCode } = details;
  const stdin = JSON.stringify({ givenName, familyName, dateOfBirth, gender, lastKnownPostCode });
  await plr(['find', ...asked, '--input', '-'], { stdin });
}

/** Registers a made-up learner and returns the ULN. */
export async function register(world: CliWorld, changes: object = {}): Promise<string> {
  const details = { ...ownDetails(world), ...changes };
  await search(world, details, ['--as', REGISTRY, '--purpose', 'learner-registration']);
  const stdin = JSON.stringify(details);
  const run = await world.plr(['register', '--as', REGISTRY, '--input', '-', '--json'], { stdin });
  return String(fieldsOf(expectDone(run))['uln']);
}

/** A learner with a provisional achievement A-1 and a participation P-1. */
export async function registerWithEntries(world: CliWorld): Promise<string> {
  const uln = await register(world);
  const provisional = ['--standing', 'provisional'];
  const achievement = ['record', 'achievement', uln, '--as', AWARDING, '--id', 'A-1'];
  expectDone(await world.plr([...achievement, ...ACHIEVEMENT, ...provisional]));
  const participation = ['record', 'participation', uln, '--as', COLLEGE, '--id', 'P-1'];
  expectDone(await world.plr([...participation, ...PARTICIPATION]));
  return uln;
}

/** Runs a command on a new learner with entries; the word ULN stands for the ULN. */
export async function onLearner(world: CliWorld, argv: readonly string[]) {
  const uln = await registerWithEntries(world);
  const run = await world.plr(argv.map((word) => (word === 'ULN' ? uln : word)));
  return { uln, ...run };
}

/** The run, if it ended with 0; for steps that a test stands on. */
export function expectDone(run: CliRun): CliRun {
  if (run.code !== 0) {
    throw new Error(`expected exit code 0, found ${run.code}: ${run.stderr}`);
  }
  return run;
}

/** The JSON object that a run printed. */
export function fieldsOf({ stdout }: CliRun): Record<string, unknown> {
  // Sound: the fields are those that the tests then look at.
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** The JSON objects that a run printed, one a line. */
export function linesOf({ stdout }: CliRun): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
