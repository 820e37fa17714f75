import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { isRedacted } from '../../domain/redaction.js';
import { CalendarDate, Instant } from '../../domain/values/date.js';
import type { Plr } from '../../projections/live/plr.js';
import type { Point } from '../../projections/live/point.js';
import { plrAt } from '../../projections/live/replay.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import { verifyStreams } from '../../src/upkeep/verify.js';
import { daysBefore } from './commands.js';
import { HEAD, type ModelPoint, recordAt } from './model.js';
import { type Played, play, type Simulated } from './play.js';
import { createRandom, type Random } from './random.js';

const SEEDS = [20_260_901, 66];
const POINTS_EACH = 16;
const FIRST_DAY = '2026-01-01';
const DAYS = 24_200;

describe.each(SEEDS)('a ledger over 66 years (seed %i)', (seed) => {
  let played: Played;
  let histories: ReadonlyMap<Simulated, readonly Recorded<LearnerEvent>[]>;

  beforeAll(async () => {
    played = await play(seed);
    histories = await readAll(played);
  });

  afterAll(async () => {
    await played.ledger.close();
  });

  /** The points at which ledger and model tell different things, the first of each learner. */
  function differences(pointsOf: (learner: Simulated, random: Random) => readonly ModelPoint[]) {
    const random = createRandom(seed + 1);
    return played.learners.flatMap((learner) => {
      const events = histories.get(learner) ?? [];
      const found = pointsOf(learner, random).flatMap((point) => {
        const told = essentialsOf(plrAt(events, parsed(point)));
        const known = sorted(recordAt(learner.uln, learner.facts, point));
        return JSON.stringify(told) === JSON.stringify(known) ? [] : [{ point, told, known }];
      });
      return found.slice(0, 1);
    });
  }

  test('every command leads to what the rules worked out by hand say', () => {
    expect(played.surprises).toEqual([]);
  });

  test('66 years have passed, with hundreds of commands recorded and hundreds refused', () => {
    const total = (isWanted: (outcome: string) => boolean) =>
      [...played.outcomes].reduce((sum, [key, n]) => sum + (isWanted(key) ? n : 0), 0);
    expect(played.time.now() > '2092').toBe(true);
    expect(total((key) => key.endsWith('recorded'))).toBeGreaterThan(300);
    expect(total((key) => key.includes('ERR_'))).toBeGreaterThan(200);
    expect(played.redactions).toBeGreaterThan(8);
  });

  test('every type of command was recorded at least once', () => {
    const recorded = [...played.outcomes.keys()].filter((key) => key.endsWith(' recorded'));
    expect(recorded.map((key) => key.split(' ')[0]).sort()).toEqual(EVERY_COMMAND);
  });

  test('an upheld challenge was resolved by a correction at least once', () => {
    const facts = played.learners.flatMap((learner) => learner.facts);
    expect(facts.map(({ what }) => what)).toContain('resolved');
  });

  test('the record now is what the model says', () => {
    expect(differences(() => [HEAD])).toEqual([]);
  });

  test('the record as at any instant is what had been said by then', () => {
    expect(differences((learner, random) => many(() => asAt(learner, random)))).toEqual([]);
  });

  test('the record valid at any date is what is now known to have been so', () => {
    expect(differences((_, random) => many(() => validAt(random)))).toEqual([]);
  });

  test('the two clocks can be asked together', () => {
    const both = (learner: Simulated, random: Random) =>
      many(() => ({ ...validAt(random), asAt: asAt(learner, random).asAt }));
    expect(differences(both)).toEqual([]);
  });

  test('the record at every version is what its first events say', () => {
    const versions = (learner: Simulated) =>
      (histories.get(learner) ?? []).map((_, index) => ({ ...HEAD, version: index + 1 }));
    expect(differences(versions)).toEqual([]);
  });

  test('a redacted value is gone from the events whatever the date', () => {
    const shown = played.learners.flatMap((learner) =>
      learner.facts.flatMap((fact) =>
        Object.keys(fact.redacted).filter((name) => {
          const recorded = (histories.get(learner) ?? []).find(({ id }) => id === fact.eventId);
          const data: Readonly<Record<string, unknown>> = recorded?.event.data ?? {};
          return !isRedacted(data[name]);
        }),
      ),
    );
    expect(shown).toEqual([]);
  });

  test('no stream has a problem', async () => {
    const { problems } = await verifyStreams(played.ledger.parts, null, () => undefined);
    expect(problems).toEqual([]);
  });

  test('the histories are the same after the ledger was closed and opened again', async () => {
    await played.ledger.close();
    played = { ...played, ledger: await openLedger(played.places, played.time.clock) };
    expect(await readAll(played)).toEqual(histories);
  });
});

const EVERY_COMMAND = [
  'AmendLearnerDetails',
  'ConfirmAchievement',
  'CorrectAchievement',
  'CorrectParticipation',
  'LiftOptOut',
  'RaiseChallenge',
  'RecordAchievement',
  'RecordParticipation',
  'ReinstateAchievement',
  'ReinstateParticipation',
  'RejectChallenge',
  'SetOptOut',
  'UpholdChallenge',
  'WithdrawAchievement',
  'WithdrawChallenge',
  'WithdrawParticipation',
];

async function readAll({ ledger, learners }: Played) {
  const histories = new Map<Simulated, readonly Recorded<LearnerEvent>[]>();
  for (const learner of learners) {
    histories.set(learner, await ledger.read(learner.uln));
  }
  return histories;
}

function many(point: () => ModelPoint): readonly ModelPoint[] {
  return Array.from({ length: POINTS_EACH }, point);
}

/** Any instant, often the very one of an event or the millisecond before it. */
function asAt({ facts }: Simulated, random: Random): ModelPoint {
  const atEvent = Date.parse(random.pick(facts).at) - random.below(2);
  const anyTime = Date.parse(FIRST_DAY) + random.below(DAYS * 86_400) * 1000;
  const instant = new Date(random.chance(0.6) ? atEvent : anyTime).toISOString();
  return { ...HEAD, asAt: instant };
}

function validAt(random: Random): ModelPoint {
  return { ...HEAD, validAt: daysBefore(FIRST_DAY, 2000 - random.below(DAYS + 2000)) };
}

function parsed({ asAt, validAt, version }: ModelPoint): Point {
  return {
    asAt: asAt === null ? null : Instant.parse(asAt),
    validAt: validAt === null ? null : CalendarDate.parse(validAt),
    version,
  };
}

function essentialsOf({ uln, details, sharing, qualifications, challenges }: Plr): unknown {
  const entries = qualifications.flatMap((group) => [
    ...group.achievements,
    ...group.participations,
  ]);
  const byKey = entries.map(({ key, reference: _, redactedFields: __, ...entry }) => [key, entry]);
  return sorted({ uln, details, sharing, entries: Object.fromEntries(byKey), challenges });
}

/** The same value with fields in the order of their names and markers as text, so that texts compare. */
function sorted(value: unknown): unknown {
  if (isRedacted(value)) {
    return `[redacted ${value.on} ${value.basis}]`;
  }
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}
