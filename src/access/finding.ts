import { decideAccess } from '../../domain/access/decide.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Candidate } from '../../projections/views/register.js';
import { tagOf } from '../journal/identifiers.js';
import type { SearchInput } from '../keptViews/keptViews.js';
import type { FindAnswer, FoundCandidate } from '../learners/linking.js';
import {
  type IdentityInput,
  parseIdentity,
  parseVerification,
  type VerificationAnswer,
  type VerificationInput,
} from '../learners/lookup.js';
import type { Asker } from './accessLedger.js';
import { type AccessParts, askAbout, NOTHING_SHOWN } from './asked.js';
import { digestsOf, mandatoryOf } from './guard.js';
import type { Judged } from './judging.js';

/** Searching the register and comparing with it. */
export type Finding = {
  readonly find: (search: SearchInput, asker: Asker) => Promise<FindAnswer>;
  readonly findByUln: (uln: Uln, asker: Asker, identity?: IdentityInput) => Promise<FindAnswer>;
  readonly verifyLearner: (input: VerificationInput, asker: Asker) => Promise<VerificationAnswer>;
};

/** Creates the doors to the register. */
export function createFinding(parts: AccessParts): Finding {
  const { vault, judging, lookup, keptViews } = parts;

  async function find(search: SearchInput, asker: Asker): Promise<FindAnswer> {
    const judged = await judging.judge(asker, 'find', { learner: undefined, basis: [] });
    const hidden: string[] = [];
    const answer =
      judged.outcome === 'refused'
        ? NOT_FOUND
        : await keptViews.find(search, (candidate) => {
            const isShown = isShownTo(judged, candidate);
            hidden.push(...(isShown ? [] : [tagOf(candidate.stream)]));
            return isShown;
          });
    const candidates = candidatesOf(answer);
    await judging.note(judged, {
      ...NOTHING_SHOWN,
      learners: candidates.map(({ stream }) => tagOf(stream)),
      hidden,
      fields: candidates.length === 0 ? [] : IDENTIFYING,
      search: digestsOf(vault, mandatoryOf(search)),
      code: answer.code,
    });
    judging.requireAllowed(judged);
    return answer;
  }

  async function findByUln(
    uln: Uln,
    asker: Asker,
    identity: IdentityInput = {},
  ): Promise<FindAnswer> {
    // Parsed whoever the learner is: wrong input tells nothing, and no look goes unrecorded for it.
    const { dateOfBirth } = parseIdentity(identity);
    const { tags, judged } = await askAbout(parts, uln, asker, 'find', null);
    const answer = judged.outcome === 'allowed' ? await lookup.findByUln(uln, identity) : NOT_FOUND;
    const fields = answer.kind === 'none' ? [] : IDENTIFYING;
    const { code } = answer;
    // A date of birth that is tried beside a ULN is a guess like one beside names.
    const search =
      dateOfBirth === null
        ? null
        : digestsOf(vault, mandatoryOf({ ...identity, lastKnownPostCode: null }), uln);
    await judging.note(judged, { ...NOTHING_SHOWN, learners: tags, fields, search, code });
    if (judged.answer !== 'not-found') {
      judging.requireAllowed(judged);
    }
    return answer;
  }

  async function verifyLearner(
    input: VerificationInput,
    asker: Asker,
  ): Promise<VerificationAnswer> {
    const { uln } = parseVerification(input);
    const { tags, judged } = await askAbout(parts, uln, asker, 'verify', null);
    const answer: VerificationAnswer =
      judged.outcome === 'allowed'
        ? await lookup.verifyLearner(input)
        : { kind: 'not-found', code: 'WSVRC006', failureFlags: [] };
    const { code } = answer;
    await judging.note(judged, {
      ...NOTHING_SHOWN,
      learners: tags,
      fields: ['comparison'],
      search: digestsOf(vault, mandatoryOf({ ...input, lastKnownPostCode: null }), uln),
      code,
    });
    if (judged.answer !== 'not-found') {
      judging.requireAllowed(judged);
    }
    return answer;
  }

  return { find, findByUln, verifyLearner };
}

/** True where the rules let the asker find somebody who is handled as restricted. */
function isShownTo({ request, facts }: Judged, { restrictedTo }: Candidate): boolean {
  if (restrictedTo === null) {
    return true;
  }
  const handling = {
    level: 'restricted' as const,
    authorised: [...restrictedTo],
    reviewDate: null,
  };
  const learner = { ...UNKNOWN, handling };
  return !decideAccess(request, { ...facts, learner }).rules.includes('handled-as-restricted');
}

function candidatesOf(answer: FindAnswer): readonly FoundCandidate[] {
  return answer.kind === 'none' || answer.kind === 'too-many' ? [] : answer.candidates;
}

const NOT_FOUND: FindAnswer = { kind: 'none', code: 'WSRC0001' };
const IDENTIFYING = ['names', 'dateOfBirth', 'gender', 'postcode'];

/** A learner of whom only the handling matters. */
const UNKNOWN = { optedOutSince: null, connections: [], sources: [], identityMatches: null };
