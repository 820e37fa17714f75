import { type Fact, type ModelState, ownDateOf } from './model.js';
import { type Asked, differing, outcomeOf, subjectOf } from './rules.js';

const meanings: Readonly<Record<string, Fact['what']>> = {
  Record: 'recorded',
  Correct: 'corrected',
  Confirm: 'confirmed',
  Withdraw: 'withdrawn',
  Reinstate: 'reinstated',
};

/** What a registration said: the details, and an opt-out where the learner does not share. */
export function issuedFacts(
  details: Readonly<Record<string, unknown>>,
  at: string,
  eventIds: readonly string[],
): Fact[] {
  const [issued = '', optedOut = ''] = eventIds;
  const common = { at, subject: 'details', from: at.slice(0, 10) };
  const facts: Fact[] = [
    {
      ...common,
      version: 1,
      eventId: issued,
      what: 'issued',
      values: details,
      more: {},
      redacted: {},
    },
  ];
  if (details['abilityToShare'] === '2') {
    facts.push({
      ...common,
      version: 2,
      eventId: optedOut,
      what: 'opted-out',
      values: { evidenceReference: null },
      more: { route: 'enrolment' },
      redacted: {},
    });
  }
  return facts;
}

/** What an accepted command said, given what was known before it. */
export function factOf(
  before: ModelState,
  asked: Asked,
  at: string,
  receipt: { readonly eventIds: readonly string[]; readonly version: number },
): Fact {
  const common = {
    at,
    version: receipt.version - receipt.eventIds.length + 1,
    eventId: receipt.eventIds[0] ?? '',
    redacted: {},
  };
  const { type, data } = asked;
  const today = at.slice(0, 10);
  const effective = data['effectiveDate'] as string | null | undefined;
  if (type === 'AmendLearnerDetails') {
    const values = differing(data['changes'] as Record<string, unknown>, before.details ?? {});
    const from = effective ?? today;
    return { ...common, what: 'amended', subject: 'details', from, values, more: {} };
  }
  if (type === 'SetOptOut' || type === 'LiftOptOut') {
    return {
      ...common,
      what: type === 'SetOptOut' ? 'opted-out' : 'opted-in',
      subject: 'details',
      from: effective ?? today,
      values: { evidenceReference: data['evidenceReference'] },
      more: { route: data['route'] },
    };
  }
  return type.endsWith('Challenge')
    ? { ...common, ...challengeFact(before, asked), from: today }
    : { ...common, ...entryFact(before, asked) };
}

/** That upheld challenges were resolved by what an accepted command said, which is known already. */
export function resolvedFacts(
  after: ModelState,
  at: string,
  receipt: { readonly eventIds: readonly string[]; readonly version: number },
): Fact[] {
  const [, ...eventIds] = receipt.eventIds;
  return Object.entries(after.challenges)
    .filter(([, one]) => one.state === 'upheld' && one.corrected && one.resolvedAt === null)
    .map(([id], index) => ({
      at,
      version: receipt.version - eventIds.length + 1 + index,
      eventId: eventIds[index] ?? '',
      what: 'resolved',
      subject: `challenge ${id}`,
      from: at.slice(0, 10),
      values: {},
      more: {},
      redacted: {},
    }));
}

function challengeFact(before: ModelState, { type, data, by }: Asked) {
  const subject = `challenge ${data['challengeId']}`;
  if (type !== 'RaiseChallenge') {
    const values = { reason: data['reason'] };
    return { what: 'closed', subject, values, more: { outcome: outcomeOf(type) } } as const;
  }
  const entry = data['entry'] as Record<string, unknown> | null;
  const { reason, evidenceReference } = data;
  return {
    what: 'raised',
    subject,
    values: { reason, evidenceReference },
    more: {
      number: Object.keys(before.challenges).length + 1,
      entry: entry === null ? null : `${entry['kind']} ${entry['submittedBy']} ${entry['entryId']}`,
      raisedBy: by,
    },
  } as const;
}

function entryFact(
  before: ModelState,
  asked: Asked,
): Pick<Fact, 'what' | 'subject' | 'from' | 'values' | 'more'> {
  const { type, data } = asked;
  const subject = subjectOf(asked);
  const what = meanings[type.replace(/Participation|Achievement/, '')] ?? 'recorded';
  if (what === 'recorded') {
    const { achievementId: _, participationId: __, submittedBy: ___, standing, ...values } = data;
    const more = { standing: standing ?? 'final' };
    return { what, subject, from: ownDateOf(subject, data), values, more };
  }
  const current = before.entries[subject]?.values ?? {};
  const ownDate = ownDateOf(subject, current);
  if (what === 'corrected') {
    const changes = data['changes'] as Record<string, unknown>;
    const changed = ownDateOf(subject, { ...current, ...changes });
    const from = changed < ownDate ? changed : ownDate;
    return { what, subject, from, values: differing(changes, current), more: {} };
  }
  const values = 'reason' in data ? { reason: data['reason'] } : {};
  const from = (data['effectiveDate'] as string | null) ?? ownDate;
  return { what, subject, from, values, more: {} };
}
