import type { Action } from '../../domain/access/events.js';
import { outsideOrganisation } from '../../domain/access/request.js';
import { DomainError } from '../../domain/errors.js';
import { learnerCommands } from '../../domain/learner/commands.js';
import { LearnerDetailsInput } from '../../domain/learner/details/details.js';
import type { Authorisation } from '../../domain/learner/sharing/events.js';
import type { Uln } from '../../domain/values/uln.js';
import { learnerStream, tagOf } from '../journal/identifiers.js';
import type { SearchInput } from '../keptViews/keptViews.js';
import type { Outcome } from '../learners/deciding.js';
import type { LearnerRequest } from '../learners/learners.js';
import type { DetailsInput, Registration } from '../learners/registration.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import { type AccessParts, askAbout, NO_LEARNER, NOTHING_SHOWN } from './asked.js';
import { organisationFacts } from './facts.js';
import { alreadyRegistered, mandatoryOf, requireSearch } from './guard.js';
import type { Judged } from './judging.js';

/** Registering learners and recording against them. */
export type Changing = {
  /** Issues a ULN to who was searched for before. Throws `ERR_SEARCH_REQUIRED`. */
  readonly register: (details: DetailsInput, request: Request) => Promise<Registration>;
  readonly handle: (uln: Uln, command: LearnerRequest, request: Request) => Promise<Outcome>;
  /** Asks whether somebody may do something that has no other door, to a learner or, as a file, to many. */
  readonly permit: (request: Request, action: Action, uln?: Uln) => Promise<void>;
  /** Records which learners a page of the answers to a batch will tell of. */
  readonly noteBatch: (
    action: 'register' | 'verify',
    ulns: readonly Uln[],
    request: Request,
  ) => Promise<void>;
};

/** The service's code for a registration that it refuses. */
const NOT_REGISTERED = 'WSRC0021';
/** The service's code for a batch that came to its end. */
const BATCH_DONE = 'WSRC0009';

/** Creates the doors through which records are changed. */
export function createChanging(parts: AccessParts): Changing {
  const { vault, judging, learners, keptViews } = parts;

  async function register(input: DetailsInput, request: Request): Promise<Registration> {
    const details = parseInput(LearnerDetailsInput, input);
    const judged = await judging.judge(request, 'register', NO_LEARNER);
    if (judged.outcome === 'refused') {
      await judging.note(judged, { ...NOTHING_SHOWN, code: null });
    }
    judging.requireAllowed(judged);
    try {
      if ((await learners.registered(request)) === null) {
        await requireUnregistered(details, request);
      }
      const registration = await learners.register(details, request);
      const tags = [tagOf(registration.receipt.stream)];
      await judging.note(judged, {
        ...NOTHING_SHOWN,
        learners: tags,
        fields: ['uln'],
        code: 'WSRC0005',
      });
      return registration;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'ERR_SEARCH_REQUIRED') {
        await judging.note(judged, { ...NOTHING_SHOWN, code: NOT_REGISTERED });
      }
      throw error;
    }
  }

  async function requireUnregistered(details: DetailsInput, request: Request): Promise<void> {
    await requireSearch(parts, request, mandatoryOf(details));
    // Sound: what was searched for has all five fields.
    const search = mandatoryOf(details) as SearchInput;
    // Who is handled as restricted is not found, and not confirmed either.
    if (await keptViews.isRegistered(search, ({ restrictedTo }) => restrictedTo === null)) {
      throw alreadyRegistered();
    }
  }

  /** What is done is recorded where it is done; a refusal, and what a search led to, are recorded here. */
  async function permit(
    request: Request,
    action: Action,
    uln: Uln | null = null,
  ): Promise<Judged | null> {
    // The rules of the learner's stream say themselves why this is not for the learner to do.
    if (request.by.kind === 'learner' && LEFT_TO_SOURCES.includes(action)) {
      return null;
    }
    const isOrganisation = request.by.kind === 'organisation';
    // The keeper and the learner are told whether there is the learner; organisations by the rules.
    const { judged, tags } =
      uln !== null && isOrganisation
        ? await askAbout(parts, uln, request, action, null)
        : { judged: await judging.judge(request, action, NO_LEARNER), tags: [] };
    if (judged.outcome === 'refused' || isOrganisation) {
      await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, code: null });
    }
    judging.requireAllowed(judged);
    return judged;
  }

  /** An opt-out is overridden by the notice in force, and by no earlier one that the learner was given. */
  async function requireInForce(notice: number): Promise<void> {
    const inForce = await parts.notices.inForce();
    if (inForce?.notice !== notice) {
      throw new DomainError(
        'ERR_NOTICE_NOT_FOUND',
        'expected the privacy notice in force, found another or none',
      );
    }
  }

  /** Whoever is authorised by name is somebody: a name of nobody would wait for who takes it. */
  async function requireKnown(authorised: readonly Authorisation[]): Promise<void> {
    for (const { ukprn, user } of authorised) {
      const by = { kind: 'organisation', ukprn } as const;
      const { organisation: named } = await organisationFacts(parts.journal, { by });
      if (named.status === 'unregistered' || (user !== null && !named.users.has(user))) {
        throw new DomainError(
          'ERR_USER_NOT_FOUND',
          'authorised: expected registered organisations and their users, found another',
        );
      }
    }
  }

  return {
    register,
    permit: async (request, action, uln) => {
      await permit(request, action, uln);
    },
    handle: async (uln, command, asked) => {
      const judged = await permit(asked, actions[command.type], uln);
      const request = requestFor(command, asked, judged);
      if (command.type === 'ChangeHandling') {
        await requireKnown(parseInput(learnerCommands.ChangeHandling, command.data).authorised);
      }
      if (command.type === 'OverrideOptOut') {
        await requireInForce(command.data.notice);
      }
      return learners.handle(uln, command, request);
    },
    noteBatch: async (action, ulns, request) => {
      const judged = await judging.judge(request, action, NO_LEARNER);
      const [newest = 1] = vault.indexGenerations();
      await judging.note(judged, {
        ...NOTHING_SHOWN,
        learners: ulns.map((uln) => tagOf(learnerStream(vault, newest, uln))),
        fields: [action === 'register' ? 'uln' : 'comparison'],
        code: BATCH_DONE,
      });
      judging.requireAllowed(judged);
    },
  };
}

/** What the operator's staff decide in the keeper's place: nobody else may be able to answer. */
const FOR_THE_KEEPER: readonly LearnerRequest['type'][] = [
  'UpholdChallenge',
  'RejectChallenge',
  'ExtendChallenge',
];

function requestFor(command: LearnerRequest, request: Request, judged: Judged | null): Request {
  const isStaff =
    judged !== null &&
    request.by.kind === 'organisation' &&
    outsideOrganisation(judged.request, judged.facts) === null;
  return isStaff && FOR_THE_KEEPER.includes(command.type)
    ? { ...request, actsFor: 'keeper' }
    : request;
}

/** What only sources do. */
const LEFT_TO_SOURCES: readonly Action[] = ['register', 'amend', 'submit'];

/** What a command does, as the rules see it. */
const actions: { readonly [Type in LearnerRequest['type']]: Action } = {
  AmendLearnerDetails: 'amend',
  RecordParticipation: 'submit',
  CorrectParticipation: 'submit',
  WithdrawParticipation: 'submit',
  ReinstateParticipation: 'submit',
  RecordAchievement: 'submit',
  ConfirmAchievement: 'submit',
  CorrectAchievement: 'submit',
  WithdrawAchievement: 'submit',
  ReinstateAchievement: 'submit',
  SubmitParticipation: 'submit',
  SubmitAchievement: 'submit',
  SetOptOut: 'choose',
  LiftOptOut: 'choose',
  OverrideOptOut: 'choose',
  RaiseChallenge: 'challenge',
  WithdrawChallenge: 'challenge',
  UpholdChallenge: 'challenge',
  RejectChallenge: 'challenge',
  ExtendChallenge: 'challenge',
  EstablishConnection: 'connect',
  EndConnection: 'connect',
  ChangeHandling: 'protect',
  ReportSensitive: 'report',
  DismissReview: 'protect',
  QuarantineEntry: 'protect',
  DecideQuarantine: 'protect',
  ShowNotice: 'inform',
  AcknowledgeNotice: 'choose',
  RetireUln: 'protect',
  ReviewRetention: 'protect',
  PlaceLegalHold: 'protect',
  ReleaseLegalHold: 'protect',
  RecordVitalStatus: 'protect',
};
