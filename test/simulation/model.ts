/**
 * A record as anyone would work it out by hand from a list of what was said and when. It is naive on
 * purpose and shares no code with `projections/`, so that a mistake there is not repeated here.
 */

/** One thing that was said about a learner and accepted. Times are instants and `from` is a date, as texts. */
export type Fact = {
  readonly at: string;
  /** Place of the event in the learner's stream. */
  readonly version: number;
  readonly eventId: string;
  readonly what:
    | 'issued'
    | 'amended'
    | 'recorded'
    | 'corrected'
    | 'confirmed'
    | 'withdrawn'
    | 'reinstated'
    | 'opted-out'
    | 'opted-in'
    | 'raised'
    | 'closed'
    | 'resolved';
  /** What it is about: `details`, an entry's key, or `challenge <id>`. */
  readonly subject: string;
  readonly from: string;
  /** What it says, by field; for changes only the fields that changed. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What it says besides, which cannot be redacted and is no field of the record. */
  readonly more: Readonly<Record<string, unknown>>;
  /** The marker by field, for fields that were redacted since. */
  readonly redacted: Record<string, string>;
};

/** A point of a history; `null` asks for everything. */
export type ModelPoint = {
  readonly asAt: string | null;
  readonly validAt: string | null;
  readonly version: number | null;
};

export const HEAD: ModelPoint = { asAt: null, validAt: null, version: null };

type ModelEntry = {
  standing: unknown;
  withdrawnSince: string | null;
  recordedAt: string;
  correctedAt: string | null;
  values: Record<string, unknown>;
};

type ModelChallenge = {
  number: unknown;
  state: unknown;
  entry: unknown;
  raisedAt: string;
  dueDate: string;
  reason: unknown;
  answer: unknown;
  concerning: string;
  duplicateOf: null;
  extended: boolean;
  extension: null;
  decidedAt: string | null;
  resolvedAt: string | null;
  raisedBy: unknown;
  /** Whether what it disputes was changed since by whoever can. */
  corrected: boolean;
};

/** Everything that is known of a learner at a point, withdrawn entries included. */
export type ModelState = {
  details: Record<string, unknown> | null;
  optOut: { since: string; route: unknown } | null;
  entries: Record<string, ModelEntry>;
  challenges: Record<string, ModelChallenge>;
};

/** The date of an entry: when an achievement was awarded, or participation began. */
export function ownDateOf(subject: string, values: Readonly<Record<string, unknown>>): string {
  const isAchievement = subject.startsWith('achievement');
  return String(isAchievement ? values['achievementAwardDate'] : values['participationStartDate']);
}

/** What was known at a point, by going through the facts one by one. */
export function stateAt(facts: readonly Fact[], point: ModelPoint): ModelState {
  const state: ModelState = { details: null, optOut: null, entries: {}, challenges: {} };
  for (const fact of factsAt(facts, point)) {
    tell(state, fact);
  }
  return state;
}

/** The parts of a Personal Learning Record that can be compared, at a point. */
export function recordAt(uln: string, facts: readonly Fact[], point: ModelPoint) {
  const state = stateAt(facts, point);
  const entries: Record<string, unknown> = {};
  for (const [key, { withdrawnSince, ...entry }] of Object.entries(state.entries)) {
    const isLater = point.validAt !== null && ownDateOf(key, entry.values) > point.validAt;
    if (withdrawnSince === null && !isLater) {
      const disputedBy: unknown[] = [];
      const challenges: unknown[] = [];
      for (const [id, challenge] of Object.entries(state.challenges)) {
        const waits = challenge.state === 'upheld' && challenge.resolvedAt === null;
        if (challenge.entry !== key) {
          continue;
        }
        const { number, raisedAt, dueDate, extended, decidedAt, resolvedAt } = challenge;
        const dates = { raisedAt, dueDate, extended, decidedAt, resolvedAt };
        challenges.push({ key: id, number, state: challenge.state, ...dates });
        if (challenge.state === 'open' || waits) {
          disputedBy.push(number);
        }
      }
      const underDataChallenge = disputedBy.length > 0 ? 'Y' : 'N';
      const achieved = isAchieved(key, entry.values['grade']);
      entries[key] = { ...entry, underDataChallenge, disputedBy, challenges, achieved };
    }
  }
  return {
    uln: state.details === null ? null : uln,
    details: state.details,
    sharing: state.optOut === null ? { optedOut: false } : { optedOut: true, ...state.optOut },
    entries,
    challenges: Object.entries(state.challenges).map(
      ([key, { raisedBy: _, corrected: __, ...challenge }]) => ({ key, ...challenge }),
    ),
  };
}

/**
 * Makes fields of one fact unreadable, and the same value in the same field of every other fact about
 * the same subject. Returns how many facts were touched.
 */
export function redact(
  facts: readonly Fact[],
  fact: Fact,
  fields: readonly string[],
  marker: string,
): number {
  const touched = new Set<Fact>();
  for (const field of fields) {
    for (const other of facts) {
      const isSame = other.subject === fact.subject && other.values[field] === fact.values[field];
      if (isSame && other.redacted[field] === undefined) {
        other.redacted[field] = marker;
        touched.add(other);
      }
    }
  }
  return touched.size;
}

function factsAt(facts: readonly Fact[], { asAt, validAt, version }: ModelPoint): readonly Fact[] {
  const known: Fact[] = [];
  for (const fact of facts) {
    if ((asAt === null || fact.at <= asAt) && (version === null || fact.version <= version)) {
      known.push(fact);
    }
  }
  if (validAt === null) {
    return known;
  }
  return known.filter((fact) => {
    let from = fact.from;
    if (statesContent(fact) || isFromItsOwnDate(fact, known)) {
      for (const other of known) {
        if (statesContent(other) && other.subject === fact.subject && other.from < from) {
          from = other.from;
        }
      }
    }
    return from <= validAt;
  });
}

/** Whether an entry was confirmed, withdrawn or reinstated from the date on that it had just then. */
function isFromItsOwnDate(fact: Fact, known: readonly Fact[]): boolean {
  if (!['confirmed', 'withdrawn', 'reinstated'].includes(fact.what)) {
    return false;
  }
  let ownDate = '';
  for (const other of known) {
    if (other === fact) {
      break;
    }
    if (statesContent(other) && other.subject === fact.subject) {
      const { achievementAwardDate, participationStartDate } = other.values;
      ownDate = String(achievementAwardDate ?? participationStartDate ?? ownDate);
    }
  }
  return fact.from <= ownDate;
}

function statesContent({ what }: Fact): boolean {
  return what === 'recorded' || what === 'corrected';
}

function tell(state: ModelState, fact: Fact): void {
  const { what, subject, from, more, at } = fact;
  const said: Record<string, unknown> = { ...fact.values, ...fact.redacted };
  if (what === 'issued') {
    state.details = said;
  }
  if (what === 'amended' && state.details !== null) {
    Object.assign(state.details, said);
  }
  if (what === 'opted-out') {
    state.optOut = { since: from, route: more['route'] };
  }
  if (what === 'opted-in') {
    state.optOut = null;
  }
  if (['amended', 'corrected', 'withdrawn', 'reinstated'].includes(what)) {
    for (const challenge of Object.values(state.challenges)) {
      challenge.corrected ||= (challenge.entry ?? 'details') === subject;
    }
  }
  if (subject.startsWith('challenge ')) {
    tellOfChallenge(state, fact, said);
  } else if (subject !== 'details') {
    tellOfEntry(state, fact, said, at);
  }
}

function tellOfEntry(
  state: ModelState,
  { what, subject, more, from }: Fact,
  said: Record<string, unknown>,
  at: string,
): void {
  if (what === 'recorded') {
    const standing = more['standing'];
    const entry = {
      standing,
      withdrawnSince: null,
      recordedAt: at,
      correctedAt: null,
      values: said,
    };
    state.entries[subject] = entry;
    return;
  }
  const entry = state.entries[subject];
  if (entry === undefined) {
    return;
  }
  if (what === 'corrected') {
    entry.values = { ...entry.values, ...said };
    entry.correctedAt = at;
  } else if (what === 'confirmed') {
    entry.standing = 'final';
  } else {
    entry.withdrawnSince = what === 'withdrawn' ? from : null;
  }
}

function tellOfChallenge(
  state: ModelState,
  { what, subject, more, at }: Fact,
  said: Record<string, unknown>,
): void {
  const id = subject.slice('challenge '.length);
  const challenge = state.challenges[id];
  if (what === 'raised') {
    state.challenges[id] = {
      number: more['number'],
      state: 'open',
      entry: more['entry'],
      raisedAt: at,
      dueDate: aMonthAfter(at.slice(0, 10)),
      reason: said['reason'],
      answer: null,
      concerning: more['entry'] === null ? 'details' : 'entry',
      duplicateOf: null,
      extended: false,
      extension: null,
      decidedAt: null,
      resolvedAt: null,
      raisedBy: more['raisedBy'],
      corrected: false,
    };
  } else if (challenge !== undefined && what === 'resolved') {
    challenge.resolvedAt = at;
  } else if (challenge !== undefined) {
    challenge.decidedAt = at;
    challenge.state = more['outcome'];
    challenge.answer = said['reason'];
  }
}

function isAchieved(key: string, grade: unknown): boolean | null {
  if (key.startsWith('participation') || String(grade).startsWith('[redacted')) {
    return null;
  }
  return grade !== null && grade !== 'U' && grade !== 'u' && grade !== '9999999999';
}

/** The same day of the next month, or its last day. */
function aMonthAfter(date: string): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [nextYear, nextMonth] = month === 12 ? [year + 1, 1] : [year, month + 1];
  const lastDay = new Date(Date.UTC(nextYear, nextMonth, 0)).getUTCDate();
  const nextDay = day > lastDay ? lastDay : day;
  return `${nextYear}-${String(nextMonth).padStart(2, '0')}-${String(nextDay).padStart(2, '0')}`;
}
