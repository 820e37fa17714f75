import { type AccessDecision, decideAccess } from '../../domain/access/decide.js';
import type { AccessEventData, Basis } from '../../domain/access/events.js';
import { hindered, hindranceOf } from '../../domain/access/hindrance.js';
import type { Actor } from '../../domain/actor.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import type { Journal } from '../journal/journal.js';
import { foldLearner, learnerFactsOf } from '../learners/facts.js';
import type { AccessLedger } from './accessLedger.js';
import { organisationFacts } from './facts.js';

/** A recorded request, and what the rules say of it when it is decided again on what was known then. */
export type Explanation = {
  readonly at: string;
  readonly organisation: string | null;
  readonly user: string | null;
  readonly purpose: string;
  readonly recorded: AccessEventData<'RecordsDisclosed'>;
  readonly decidedAgain: AccessDecision;
  /** True where both come to the same outcome by the same rules. */
  readonly same: boolean;
  /** Since when a record it was about is disposed of: it can then not be decided again. `null` where none is. */
  readonly disposedSince: string | null;
};

/** Decides a recorded request again: the same streams through the same versions, the rules of its day. */
export async function explain(
  parts: {
    readonly ledger: AccessLedger;
    readonly journal: Journal;
  },
  look: string,
): Promise<Explanation> {
  const { ledger, journal } = parts;
  const { event, recordedAt: at, user, organisation, purpose } = await ledger.read(look);
  const { data } = event;
  // Sound: events in clear hold no markers.
  const who = { user: user as string | null, organisation: organisation as string | null };
  const by = actorOf(who);
  const own = data.facts.find(({ stream }) => stream.startsWith('organisation-'));
  const of = data.facts.filter(({ stream }) => stream.startsWith('learner-'));
  const histories = await Promise.all(
    of.map(async ({ stream }) => (await journal.read<LearnerEvent>(stream)).events),
  );
  const { organisation: asking } = await organisationFacts(journal, { by }, own?.version ?? 0);
  const ruled = decideAccess(
    {
      asker: by,
      user: by.kind === 'organisation' ? who.user : null,
      action: data.action,
      purpose: purpose as string,
      on: data.on,
    },
    {
      organisation: asking,
      learner: of.length === 0 ? undefined : learnerAt(of, histories, data.identityMatches),
      requiredNotice: data.requiredNotice,
    },
    data.ruleSet,
  );
  // A link and a code are kept nowhere: that they opened nothing is taken from the look.
  const decidedAgain = hindered(ruled, hindranceOf(data.rules));
  return {
    at,
    ...who,
    purpose: purpose as string,
    recorded: data,
    decidedAgain,
    same: decidedAgain.outcome === data.decision && decidedAgain.rules.join() === data.rules.join(),
    disposedSince: disposedSince(of, histories),
  };
}

function learnerAt(
  basis: readonly Basis[],
  histories: readonly (readonly Recorded<LearnerEvent>[])[],
  identityMatches: boolean | null,
) {
  const states = basis.map(({ version }, index) =>
    foldLearner((histories[index] ?? []).slice(0, version)),
  );
  return learnerFactsOf(states, identityMatches);
}

/** When a record was disposed of that was there when it was looked at; every event says so since. */
function disposedSince(
  basis: readonly Basis[],
  histories: readonly (readonly Recorded<LearnerEvent>[])[],
): string | null {
  const gone = histories.flatMap((events, index) => {
    const event = events.at(-1)?.event;
    const wasThere = (basis[index]?.version ?? 0) > 0;
    return event?.type === 'RecordDisposed' && wasThere ? [event.data.on] : [];
  });
  return gone.sort().at(0) ?? null;
}

function actorOf(who: {
  readonly user: string | null;
  readonly organisation: string | null;
}): Actor {
  if (who.organisation !== null) {
    return { kind: 'organisation', ukprn: Ukprn.parse(who.organisation) };
  }
  return who.user === 'learner' ? { kind: 'learner' } : { kind: 'keeper' };
}
