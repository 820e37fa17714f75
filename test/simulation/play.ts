import { randomUUID } from 'node:crypto';
import { DomainError } from '../../domain/errors.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { Uln } from '../../domain/values/uln.js';
import type { LearnerRequest } from '../../src/learners/learners.js';
import type { DetailsInput } from '../../src/learners/registration.js';
import type { Ledger, LedgerPlaces } from '../../src/ledger/ledger.js';
import { openLedger } from '../../src/ledger/openLedger.js';
import type { Request } from '../../src/request/request.js';
import { createTestClock, openNewLedger, requestBy, type TestClock } from '../support/ledger.js';
import { inventCommand, inventDetails } from './commands.js';
import { factOf, issuedFacts, resolvedFacts } from './facts.js';
import { type Fact, HEAD, redact, stateAt } from './model.js';
import { createRandom, type Random } from './random.js';
import { type Asked, expectedOutcome } from './rules.js';

/** A learner of the simulation, and what was said about them. */
export type Simulated = { readonly uln: Uln; readonly facts: Fact[] };

/** A ledger after its 66 years, and what the simulation noted beside it. */
export type Played = {
  readonly ledger: Ledger;
  readonly places: LedgerPlaces;
  readonly time: TestClock;
  readonly learners: readonly Simulated[];
  readonly redactions: number;
  /** How often each type of command led to each outcome: `ConfirmAchievement recorded`. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Where the ledger did something else than expected. */
  readonly surprises: readonly string[];
};

const START = '2026-01-05T08:00:00.000Z';
const YEARS = 66;
const STEPS = 1200;
const LEARNERS = 30;
const DAY_MS = 86_400_000;
const STEP_MS = (YEARS * 365.25 * DAY_MS) / STEPS;

type Stage = {
  ledger: Ledger;
  readonly random: Random;
  readonly time: TestClock;
  readonly learners: Simulated[];
  redactions: number;
  readonly outcomes: Map<string, number>;
  readonly surprises: string[];
};

/** Plays 66 years of commands on a new ledger in a folder. The same seed asks the same. */
export async function play(seed: number): Promise<Played> {
  const time = createTestClock(START);
  const { ledger, places } = await openNewLedger(time.clock);
  const random = createRandom(seed);
  const learners: Simulated[] = [];
  const stage: Stage = {
    ledger,
    random,
    time,
    learners,
    redactions: 0,
    outcomes: new Map(),
    surprises: [],
  };
  for (let step = 0; step < STEPS; step += 1) {
    // Now and then several things happen in the same millisecond.
    time.advance(random.chance(0.1) ? 0 : random.below(2.2 * STEP_MS));
    if (learners.length < LEARNERS && (step % 12 === 0 || learners.length < 3)) {
      await register(stage);
    } else if (step % 36 === 18) {
      await redactSomething(stage);
    } else {
      await command(stage, random.pick(learners));
    }
    if (step % 300 === 150) {
      await stage.ledger.rotateVault();
      await stage.ledger.close();
      stage.ledger = await openLedger(places, time.clock);
    }
  }
  const end = new Date(Date.parse(START) + STEPS * STEP_MS).toISOString();
  time.set(end > time.now() ? end : time.now());
  return { ...stage, places };
}

async function register({ ledger, random, time, learners }: Stage): Promise<void> {
  const details = inventDetails(random, today(time));
  const request = requestBy('10000001', 'learner-registration');
  // Sound: every field of the details is named, with values that the rules accept.
  const { uln, receipt } = await ledger.register(details as DetailsInput, request);
  learners.push({ uln, facts: issuedFacts(details, time.now(), receipt.eventIds) });
}

async function command(stage: Stage, learner: Simulated): Promise<void> {
  const { ledger, random, time, outcomes, surprises } = stage;
  const asked = inventCommand(random, learner.facts, today(time));
  const expected = expectedOutcome(learner.facts, asked, today(time));
  const request = requestOf(asked);
  const actual = await outcomeOf(ledger, learner, asked, request, time);
  const key = `${asked.type} ${actual}`;
  outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  if (actual !== expected) {
    surprises.push(`${time.now()} ${asked.type}: expected ${expected}, found ${actual}`);
  }
  if (actual === 'recorded' && random.chance(0.1)) {
    time.advance(1000);
    // Sound: the command was just taken in this form.
    const again = await ledger.handle(learner.uln, asked as unknown as LearnerRequest, request);
    if (!again.repeated || again.receipt.recordedAt !== learner.facts.at(-1)?.at) {
      surprises.push(`${time.now()} ${asked.type}: expected its first receipt when repeated`);
    }
  }
}

async function outcomeOf(
  ledger: Ledger,
  learner: Simulated,
  asked: Asked,
  request: Request,
  time: TestClock,
): Promise<string> {
  const { uln, facts } = learner;
  try {
    // Sound: `handle` parses the data by the schema of the type.
    const { receipt } = await ledger.handle(uln, asked as unknown as LearnerRequest, request);
    if (receipt.eventIds.length === 0) {
      return 'unchanged';
    }
    facts.push(factOf(stateAt(facts, HEAD), asked, time.now(), receipt));
    facts.push(...resolvedFacts(stateAt(facts, HEAD), time.now(), receipt));
    return 'recorded';
  } catch (error) {
    if (!(error instanceof DomainError)) {
      throw error;
    }
    return error.code;
  }
}

async function redactSomething(stage: Stage): Promise<void> {
  const { ledger, random, time, learners, surprises } = stage;
  const { uln, facts } = random.pick(learners);
  const fact = random.pick(facts);
  const fields = redactableIn(fact).slice(0, 1 + random.below(2));
  if (fields.length === 0) {
    return;
  }
  const selection = { event: fact.eventId, fields, everywhere: false };
  const proposer = { ...requestBy('10000001', 'data-protection'), user: 'officer1' };
  const stream = await ledger.streamOf(uln);
  const proposal = await ledger.erasure.propose(stream, selection, 'court-order', proposer);
  if (random.chance(0.2)) {
    return;
  }
  time.advance(DAY_MS);
  for (const order of proposal.orders) {
    const approver = { ...requestBy('10000001', 'data-protection'), user: 'officer2' };
    const { state } = await ledger.erasure.order(order, approver);
    if (state !== 'completed') {
      surprises.push(`${time.now()} redaction: expected it completed, found it ${state}`);
    }
  }
  const touched = redact(facts, fact, fields, `[redacted ${time.now()} court-order]`);
  stage.redactions += 1;
  if (touched !== proposal.targets.length) {
    surprises.push(
      `${time.now()} redaction: expected ${touched} events named, found ${proposal.targets.length}`,
    );
  }
}

/** Codes and dates that views count by cannot be redacted; texts and names can. */
function redactableIn({ subject, values, redacted }: Fact): readonly string[] {
  const isEntry = subject !== 'details' && !subject.startsWith('challenge ');
  const texts = ['subject', 'learningProviderName', 'awardingOrganisationName', 'grade', 'reason'];
  return Object.keys(values).filter(
    (name) =>
      values[name] !== null && redacted[name] === undefined && (!isEntry || texts.includes(name)),
  );
}

function requestOf({ by }: Asked): Request {
  const isOrganisation = by !== 'keeper' && by !== 'learner';
  return {
    by: isOrganisation ? { kind: 'organisation', ukprn: Ukprn.parse(by) } : { kind: by },
    user: isOrganisation ? 'staff1' : null,
    purpose: 'service-operation',
    commandId: randomUUID(),
  };
}

function today(time: TestClock): string {
  return time.now().slice(0, 10);
}
