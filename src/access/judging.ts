import {
  type AccessDecision,
  decideAccess,
  RULE_SET,
  rulesToTell,
} from '../../domain/access/decide.js';
import type { AccessEventData, Action, Basis } from '../../domain/access/events.js';
import { type AccessFacts, type AccessRequest, userOf } from '../../domain/access/request.js';
import { DomainError } from '../../domain/errors.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import { dateOf, daysAfter } from '../../domain/values/date.js';
import type { Clock } from '../clock.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import type { Organisations } from '../organisations/organisations.js';
import type { AccessLedger, Asker } from './accessLedger.js';
import { organisationFacts } from './facts.js';

/** What is asked about: the learners by their tags, and what the decision is made on besides the asker. */
type About = {
  readonly learner: AccessFacts['learner'];
  readonly basis: readonly Basis[];
};

/** A decision that was made and is not recorded yet. */
export type Judged = AccessDecision & {
  readonly asker: Asker;
  readonly action: Action;
  readonly identityMatches: boolean | null;
  readonly basis: readonly Basis[];
  /** The organisation's facts, for what is done once the look is recorded. */
  readonly facts: AccessFacts;
  readonly request: AccessRequest;
};

/** What is recorded of a look besides the decision. */
type Shown = {
  readonly learners: readonly string[];
  readonly hidden: readonly string[];
  readonly fields: readonly string[];
  readonly search: AccessEventData<'RecordsDisclosed'>['search'];
  /** The service's response code of an answer that was given. */
  readonly code: string | null;
};

/** Deciding, recording, and only then showing. */
export type Judging = {
  readonly judge: (asker: Asker, action: Action, about: About) => Promise<Judged>;
  /** Records the decision; durable when it is done. */
  readonly record: (judged: Judged, shown: Shown) => Promise<{ readonly version: number }>;
  /** Records the decision on what was asked for, and with it that the access is in use. */
  readonly note: (judged: Judged, shown: Shown) => Promise<void>;
  /** Throws where the decision refuses: nothing of the learner for who is not entitled. */
  readonly requireAllowed: (judged: Judged) => void;
};

/** How often the use of an access is noted. */
const DAYS_BETWEEN_NOTES = 28;

/** Creates the one way to a decision. */
export function createJudging(parts: {
  readonly journal: Journal;
  readonly ledger: AccessLedger;
  readonly organisations: Organisations;
  readonly requiredNotice: () => Promise<number | null>;
  readonly clock: Clock;
}): Judging {
  const { journal, ledger, organisations, clock } = parts;

  /** Notes the use of an access, at most once in four weeks, so that what is not used can expire. */
  async function noteUse({ asker, facts, request }: Judged): Promise<void> {
    const { by, user } = asker;
    const { organisation } = facts;
    if (by.kind !== 'organisation' || organisation.status === 'unregistered' || user === null) {
      return;
    }
    const lastUsedOn = organisation.users.get(user)?.lastUsedOn ?? request.on;
    if (daysAfter(lastUsedOn, DAYS_BETWEEN_NOTES) <= request.on) {
      await organisations.handle(
        by.ukprn,
        { type: 'NoteAccess', data: { user } },
        {
          by,
          user,
          purpose: 'service-operation',
          commandId: followUpCommandId(asker.commandId, `use of ${user}`),
        },
      );
    }
  }

  const record: Judging['record'] = (judged, { code, ...shown }) => {
    const { outcome, rules, identityMatches, basis: facts, action } = judged;
    return ledger.record(recordedAsker(judged), {
      search: shown.search,
      learners: [...shown.learners],
      hidden: [...shown.hidden],
      action,
      decision: outcome,
      rules: [...rules],
      ruleSet: RULE_SET,
      code: outcome === 'allowed' ? code : judged.code,
      fields: outcome === 'allowed' ? [...shown.fields] : [],
      identityMatches,
      facts: [...facts],
      on: judged.request.on,
      requiredNotice: judged.facts.requiredNotice,
    });
  };

  return {
    judge: async (asker, action, { learner, basis }) => {
      const { organisation, basis: own } = await organisationFacts(journal, asker);
      const facts = { organisation, learner, requiredNotice: await parts.requiredNotice() };
      const asked = {
        asker: asker.by,
        user: asker.user,
        action,
        purpose: asker.purpose,
        on: dateOf(clock()),
      };
      // Nobody of the organisation is decided on as nobody, because that is what is recorded of them.
      const isNobody = asker.by.kind === 'organisation' && userOf(asked, facts) === null;
      const request = { ...asked, user: isNobody ? null : asker.user };
      const decision = decideAccess(request, facts);
      const identityMatches = learner?.identityMatches ?? null;
      return {
        ...decision,
        asker,
        action,
        identityMatches,
        basis: [...own, ...basis],
        facts,
        request,
      };
    },
    record,
    note: async (judged, shown) => {
      await record(judged, shown);
      if (judged.outcome === 'allowed') {
        await noteUse(judged);
      }
      // Misuse is looked for elsewhere: within the request, what that takes would tell what was found.
    },
    requireAllowed: (judged) => {
      if (judged.outcome === 'refused') {
        throw refusalOf(judged);
      }
    },
  };
}

/** Who asks, as it is recorded: an id that is no user's could say anything, and stands in clear for ever. */
function recordedAsker({ asker, request, facts }: Judged): Asker {
  const isUnknown = asker.by.kind === 'organisation' && userOf(request, facts) === null;
  return isUnknown ? { ...asker, user: null } : asker;
}

/** The error for a refusal: the same, whatever the reason, for who is not entitled to know it. */
function refusalOf(decision: Judged): DomainError {
  if (decision.answer === 'not-found') {
    return learnerNotShown(decision.action === 'amend' ? 'WSRC0019' : null);
  }
  const told = rulesToTell(decision);
  const expected = told.map(({ says }) => says).join('; and that ');
  const names = told.map(({ name }) => name).join(', ');
  const code = decision.code === null ? '' : `${decision.code}, `;
  return new DomainError(
    'ERR_ACCESS_REFUSED',
    told.length === 0
      ? `expected a rule that permits this to this asker, found none (${code}nothing-permits)`
      : `expected that ${expected}, found otherwise (${code}${names})`,
  );
}

/** The one answer for a learner who is not there and for one who is not shown. */
export function learnerNotShown(code: ServiceCode | null = null): DomainError {
  return new DomainError(
    'ERR_LEARNER_NOT_FOUND',
    `expected a learner whose record can be shown to this asker, found none${code === null ? '' : ` (${code})`}`,
  );
}
