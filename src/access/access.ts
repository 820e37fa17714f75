import type { Action, Basis } from '../../domain/access/events.js';
import { outsideOrganisation } from '../../domain/access/request.js';
import { DomainError } from '../../domain/errors.js';
import type { LearnerCommandType } from '../../domain/learner/commands.js';
import { LearnerDetailsInput } from '../../domain/learner/details.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { differingIdentity, type Identity } from '../../domain/learner/matching.js';
import type { Recorded } from '../../domain/recorded.js';
import type { Uln } from '../../domain/uln.js';
import { type DisclosedPlr, disclosedTo } from '../../projections/disclosed.js';
import type { Look, Looks } from '../../projections/looks.js';
import { searchedOf } from '../../projections/register.js';
import { NOW, plrAt } from '../../projections/replay.js';
import type { Vault } from '../../streams/vault.js';
import type { Clock } from '../clock.js';
import type { Outcome } from '../deciding.js';
import { learnerStream, tagOf } from '../identifiers.js';
import { parseInput } from '../input.js';
import type { History, Journal } from '../journal.js';
import type { FindAnswer, KeptViews, SearchInput } from '../keptViews.js';
import type { LearnerRequest, Learners } from '../ledger.js';
import type { DetailsInput, Registration } from '../registration.js';
import type { Request } from '../request.js';
import type { AccessLedger, Asker } from './accessLedger.js';
import { type Explanation, explain } from './explain.js';
import { foldLearner, learnerFactsOf } from './facts.js';
import { alreadyRegistered, digestsOf, type Mandatory, requireSearch } from './guard.js';
import type { Judging } from './judging.js';

/** Names and date of birth that whoever asks takes the ULN to be of; `null` where they do not say. */
export type NamedIdentity = Identity | null;

/**
 * The doors through which records are seen and changed: each decides by the rules in force, records
 * the decision in the access ledger, and only then shows or does anything.
 */
export type Access = {
  /** A learner's events, whole: for the learner, the keeper and the operator's staff. */
  readonly history: (uln: Uln, asker: Asker) => Promise<readonly Recorded<LearnerEvent>[]>;
  /** A learner's record: what an outside organisation may see of it now, or everything for who may see that. */
  readonly record: (uln: Uln, asker: Asker, identity: NamedIdentity) => Promise<Disclosed>;
  readonly find: (search: SearchInput, asker: Asker) => Promise<FindAnswer>;
  readonly findByUln: (uln: Uln, asker: Asker) => Promise<FindAnswer>;
  /** Issues a ULN to who was searched for before. Throws `ERR_SEARCH_REQUIRED`. */
  readonly register: (details: DetailsInput, request: Request) => Promise<Registration>;
  readonly handle: (uln: Uln, command: LearnerRequest, request: Request) => Promise<Outcome>;
  /** Asks whether an organisation may do something that names no single learner: send a file, for one. */
  readonly permit: (request: Request, action: Action) => Promise<void>;
  /** Records which learners the answers to a batch of registrations will show. */
  readonly noteRegistered: (ulns: readonly string[], request: Request) => Promise<void>;
  /** Who looked at a learner, when and for what, the latest first. For the learner and the keeper. */
  readonly looks: (uln: Uln, asker: Asker, limit: number) => Promise<readonly Look[]>;
  /** Decides a recorded request again, on what was known then. Throws `ERR_LOOK_NOT_FOUND`. */
  readonly explain: (look: string) => Promise<Explanation>;
};

/** What is shown of a record: every event, or the part that an outside organisation sees. */
export type Disclosed =
  | { readonly kind: 'whole'; readonly events: readonly Recorded<LearnerEvent>[] }
  | { readonly kind: 'part'; readonly plr: DisclosedPlr };

/** What the doors stand on. */
export type AccessParts = {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ledger: AccessLedger;
  readonly looks: Looks;
  readonly judging: Judging;
  readonly learners: Learners;
  readonly keptViews: KeptViews;
  readonly requiredNoticeAt: (at: string) => Promise<number | null>;
};

type Found = {
  readonly tag: string;
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly basis: readonly Basis[];
};

/** The service's code for a registration that it refuses. */
const NOT_REGISTERED = 'WSRC0021';

/** For these purposes a source sees what it submitted itself, and no more. */
const OWN_PURPOSES = [
  'participation-reporting',
  'achievement-reporting',
  'data-correction',
  'data-challenge',
];

/** Creates the doors. */
export function createAccess(parts: AccessParts): Access {
  const { journal, vault, judging, learners, keptViews, ledger, looks } = parts;

  /** Reads under every generation of the index key, also where the first answers: the calls say nothing. */
  async function lookUp(uln: Uln): Promise<Found> {
    let found: { stream: string; history: History<LearnerEvent> } | null = null;
    let newest = '';
    for (const generation of vault.indexGenerations()) {
      const stream = learnerStream(vault, generation, uln);
      const history = await journal.read<LearnerEvent>(stream);
      newest = newest === '' ? stream : newest;
      found = history.end.version > 0 ? (found ?? { stream, history }) : found;
    }
    const stream = found?.stream ?? newest;
    const events = found?.history.events ?? [];
    return { tag: tagOf(stream), events, basis: [{ stream, version: events.length }] };
  }

  async function judgeLearner(uln: Uln, asker: Asker, action: Action, identity: NamedIdentity) {
    const found = await lookUp(uln);
    const state = foldLearner(found.events);
    const identityMatches =
      identity === null || state.status === 'unissued'
        ? null
        : differingIdentity(identity, state.details).length === 0;
    const learner = learnerFactsOf(state, identityMatches);
    const judged = await judging.judge(asker, action, { learner, basis: found.basis });
    return { found, judged };
  }

  async function history(uln: Uln, asker: Asker): Promise<readonly Recorded<LearnerEvent>[]> {
    const { found, judged } = await judgeLearner(uln, asker, 'read-history', null);
    const fields = ['details', 'entries', 'sharing', 'challenges', 'history'];
    await judging.note(judged, { learners: [found.tag], fields, search: null, code: null });
    judging.requireAllowed(judged);
    return found.events;
  }

  async function record(uln: Uln, asker: Asker, identity: NamedIdentity): Promise<Disclosed> {
    const isOwn = asker.by.kind === 'organisation' && OWN_PURPOSES.includes(asker.purpose);
    const { found, judged } = await judgeLearner(uln, asker, isOwn ? 'read-own' : 'read', identity);
    const isOutside = outsideOrganisation(judged.request, judged.facts) !== null;
    const fields = isOutside
      ? ['names', 'dateOfBirth', 'gender', isOwn ? 'own entries' : 'entries']
      : ['details', 'entries', 'sharing', 'challenges'];
    await judging.note(judged, { learners: [found.tag], fields, search: null, code: null });
    judging.requireAllowed(judged);
    if (!isOutside) {
      return { kind: 'whole', events: found.events };
    }
    const source = isOwn && asker.by.kind === 'organisation' ? asker.by.ukprn : null;
    return { kind: 'part', plr: disclosedTo(plrAt(found.events, NOW), source) };
  }

  /** Of the candidates those that the asker may know of: who is handled as restricted is not found. */
  async function shownTo(asker: Asker, answer: FindAnswer): Promise<FindAnswer> {
    if (answer.kind !== 'exact' && answer.kind !== 'possible') {
      return answer;
    }
    const shown = [];
    for (const candidate of answer.candidates) {
      const { events } = await journal.read<LearnerEvent>(candidate.stream);
      const learner = learnerFactsOf(foldLearner(events), null);
      const { rules } = await judging.judge(asker, 'find', { learner, basis: [] });
      if (!rules.includes('handled-as-restricted')) {
        shown.push(candidate);
      }
    }
    const [only] = shown;
    return only === undefined ? NOT_FOUND : { ...answer, candidates: shown };
  }

  async function find(search: SearchInput, asker: Asker): Promise<FindAnswer> {
    const judged = await judging.judge(asker, 'find', { learner: undefined, basis: [] });
    const answer =
      judged.outcome === 'allowed' ? await shownTo(asker, await keptViews.find(search)) : NOT_FOUND;
    const candidates =
      answer.kind === 'exact' || answer.kind === 'possible' ? answer.candidates : [];
    await judging.note(judged, {
      learners: candidates.map(({ stream }) => tagOf(stream)),
      fields: candidates.length === 0 ? [] : ['names', 'dateOfBirth', 'gender', 'postcode'],
      search: digestsOf(vault, mandatoryOf(search)),
      code: CODES[answer.kind],
    });
    judging.requireAllowed(judged);
    return answer;
  }

  async function findByUln(uln: Uln, asker: Asker): Promise<FindAnswer> {
    const { found, judged } = await judgeLearner(uln, asker, 'find', null);
    const fields = ['names', 'dateOfBirth', 'gender', 'postcode'];
    const code = CODES.exact;
    await judging.note(judged, { learners: [found.tag], fields, search: null, code });
    if (judged.answer === 'not-found') {
      return NOT_FOUND;
    }
    judging.requireAllowed(judged);
    const { details } = plrAt(found.events, NOW);
    if (details === null) {
      return NOT_FOUND;
    }
    const learner = { uln, ...searchedOf(details) };
    const stream = `learner-${found.tag}`;
    return { kind: 'exact', candidates: [{ kind: 'exact', differing: [], stream, learner }] };
  }

  async function register(input: DetailsInput, request: Request): Promise<Registration> {
    const details = parseInput(LearnerDetailsInput, input);
    const judged = await judging.judge(request, 'register', { learner: undefined, basis: [] });
    const shown = { learners: [], fields: [], search: null };
    if (judged.outcome === 'refused') {
      await judging.note(judged, { ...shown, code: null });
    }
    judging.requireAllowed(judged);
    try {
      if ((await learners.registered(request)) === null) {
        await requireUnregistered(details, request);
      }
      const registration = await learners.register(details, request);
      const tags = [tagOf(registration.receipt.stream)];
      await judging.note(judged, { ...shown, learners: tags, fields: ['uln'], code: 'WSRC0005' });
      return registration;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_SEARCH_REQUIRED') {
        await judging.note(judged, { ...shown, code: NOT_REGISTERED });
      }
      throw error;
    }
  }

  async function requireUnregistered(details: DetailsInput, request: Request): Promise<void> {
    await requireSearch(parts, request, mandatoryOf(details));
    // Sound: what was searched for has all five fields.
    const { kind } = await keptViews.find(mandatoryOf(details) as SearchInput);
    if (kind === 'exact') {
      throw alreadyRegistered();
    }
  }

  return {
    history,
    record,
    find,
    findByUln,
    register,
    permit,
    handle: async (uln, command, request) => {
      await permit(request, actionOf(command.type));
      return learners.handle(uln, command, request);
    },
    noteRegistered: async (ulns, request) => {
      const judged = await judging.judge(request, 'register', { learner: undefined, basis: [] });
      const [newest = 1] = vault.indexGenerations();
      // Sound: the answers of a batch hold the ULNs that the ledger gave.
      const learnersShown = ulns.map((uln) => tagOf(learnerStream(vault, newest, uln as Uln)));
      const shown = { learners: learnersShown, fields: ['uln'], search: null };
      await judging.note(judged, { ...shown, code: 'WSRC0009' });
      judging.requireAllowed(judged);
    },
    looks: async (uln, asker, limit) => {
      const { found, judged } = await judgeLearner(uln, asker, 'read-history', null);
      await judging.note(judged, {
        learners: [found.tag],
        fields: ['looks'],
        search: null,
        code: null,
      });
      judging.requireAllowed(judged);
      await ledger.catchUp();
      return looks.of([found.tag], limit);
    },
    explain: (look) => explain(parts, look),
  };

  /** What is done is recorded where it is done; a refusal, and a connection made, are recorded here. */
  async function permit(request: Request, action: Action): Promise<void> {
    const judged = await judging.judge(request, action, { learner: undefined, basis: [] });
    const isOutsider = request.by.kind === 'organisation';
    if (request.by.kind === 'learner') {
      return;
    }
    if (judged.outcome === 'refused' || (isOutsider && ['connect', 'submit'].includes(action))) {
      await judging.note(judged, { learners: [], fields: [], search: null, code: null });
    }
    judging.requireAllowed(judged);
  }
}

/** What a command does, as the rules see it. */
function actionOf(type: Exclude<LearnerCommandType, 'IssueUln'>): Action {
  if (type === 'AmendLearnerDetails') {
    return 'amend';
  }
  if (type.endsWith('Challenge')) {
    return 'challenge';
  }
  if (type.endsWith('OptOut')) {
    return 'choose';
  }
  return type.endsWith('Connection') ? 'connect' : 'submit';
}

const NOT_FOUND: FindAnswer = { kind: 'none' };

/** The service's response codes of a search's answers. */
const CODES: Readonly<Record<FindAnswer['kind'], string>> = {
  none: 'WSRC0001',
  'too-many': 'WSRC0002',
  possible: 'WSRC0003',
  exact: 'WSRC0004',
};

/** The mandatory fields of what was asked, which is not parsed yet where the asking was refused. */
function mandatoryOf(input: SearchInput | DetailsInput): Mandatory {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    givenName: textOf(input.givenName),
    familyName: textOf(input.familyName),
    dateOfBirth: textOf(input.dateOfBirth),
    gender: textOf(input.gender),
    lastKnownPostCode: textOf(input.lastKnownPostCode),
  };
}
