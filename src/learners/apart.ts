import type { LearnerEvent, LearnerEventType } from '../../domain/learner/events.js';
import type { Authorisation } from '../../domain/learner/sharing/events.js';
import type { IssuedLearner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import { type CalendarDate, dateOf, daysAfter } from '../../domain/values/date.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Clock } from '../clock.js';
import { followUpCommandId } from '../journal/identifiers.js';
import type { Request } from '../request/request.js';
import type { Outcome } from './deciding.js';
import { learnerFactsOf } from './facts.js';
import type { Learners, StreamRequest } from './learners.js';

/** Something recorded on one of two ULNs while they were one: what kind and when, and nothing of what it says. */
export type Meanwhile = {
  readonly uln: Uln;
  readonly type: LearnerEventType;
  readonly on: CalendarDate;
};

/** A merge that is taken apart, by its two ULNs. */
type Pair = { readonly mergeId: string; readonly master: Uln; readonly superseded: Uln };

/**
 * Records on each of two ULNs the stricter of what counts for the person now and its own last word, so
 * that taking them apart loosens nothing. Records nothing where the merge does not hold.
 */
export async function keepStricter(
  parts: {
    readonly learners: Pick<Learners, 'personOf'>;
    readonly handleAny: (uln: Uln, command: StreamRequest, request: Request) => Promise<Outcome>;
    readonly clock: Clock;
  },
  { mergeId, master, superseded }: Pair,
  { commandId, correlation = commandId }: Request,
): Promise<void> {
  const { streams } = await parts.learners.personOf(master);
  const facts = learnerFactsOf(
    streams.map(({ learner }) => learner),
    null,
  );
  const pair = streams.filter(({ uln }) => uln === master || uln === superseded);
  if (facts === null || pair.length < 2) {
    return;
  }
  const today = dateOf(parts.clock());
  for (const { uln, stream, learner } of pair) {
    const commands = learner.status === 'issued' ? kept(learner, facts, mergeId, today) : [];
    for (const command of commands) {
      await parts.handleAny(uln, command, {
        by: { kind: 'keeper' },
        user: null,
        purpose: 'data-correction',
        commandId: keptCommandId(commandId, command.type, stream),
        correlation,
      });
    }
  }
}

/** What to record on one ULN so that it is as strict by itself as the person is now. */
function kept(
  own: IssuedLearner,
  { optedOutSince, handling }: Pick<IssuedLearner, 'optedOutSince' | 'handling'>,
  mergeId: string,
  today: CalendarDate,
): readonly StreamRequest[] {
  const evidenceReference = `merge ${mergeId}`;
  const isOptOutKept =
    optedOutSince === null || (own.optedOutSince !== null && own.optedOutSince <= optedOutSince);
  const isHandlingKept =
    handling.level === 'standard' ||
    (own.handling.level === 'restricted' &&
      namesOf(own.handling.authorised) === namesOf(handling.authorised));
  // A date of review that has passed is due, and cannot be set again: it is due tomorrow.
  const { reviewDate: set } = handling;
  const reviewDate = set !== null && set > today ? set : daysAfter(today, 1);
  const reason = `As it was for the person when merge ${mergeId} was undone.`;
  const commands: StreamRequest[] = [];
  if (!isOptOutKept) {
    const choice = { of: 'sharing', route: 'helpdesk', effectiveDate: optedOutSince } as const;
    commands.push({ type: 'SetOptOut', data: { ...choice, evidenceReference } });
  }
  if (!isHandlingKept) {
    const authorised = [...handling.authorised];
    const level = 'restricted' as const;
    commands.push({ type: 'ChangeHandling', data: { level, authorised, reviewDate, reason } });
  }
  return commands;
}

/** What was recorded on the two ULNs of a merge while it held, the merging itself left out. */
export async function recordedMeanwhile(
  { read }: Pick<Learners, 'read'>,
  { mergeId, master, superseded }: Pair,
): Promise<readonly Meanwhile[]> {
  const ofMaster = await read(master);
  const end = ofMaster.find(({ event }) => isOf(event, 'LearnersUnmerged', mergeId));
  const within = (events: readonly Recorded<LearnerEvent>[], from: string, to: string) => {
    const begin = events.findIndex(({ event }) => isOf(event, from, mergeId));
    const stop = events.findIndex(({ event }) => isOf(event, to, mergeId));
    return begin === -1 ? [] : events.slice(begin + 1, stop === -1 ? undefined : stop);
  };
  const kept = (type: string, stream: string) =>
    end === undefined ? null : keptCommandId(end.commandId, type, stream);
  const rows = (uln: Uln, events: readonly Recorded<LearnerEvent>[]) =>
    events.flatMap(({ event: { type }, commandId, stream, recordedAt }): readonly Meanwhile[] => {
      const isOwn =
        MERGING.includes(type) ||
        commandId === kept('SetOptOut', stream) ||
        commandId === kept('ChangeHandling', stream);
      return isOwn ? [] : [{ uln, type, on: dateOf(recordedAt) }];
    });
  return [
    ...rows(master, within(ofMaster, 'LearnersMerged', 'LearnersUnmerged')),
    ...rows(superseded, within(await read(superseded), 'LearnerSuperseded', 'SupersessionEnded')),
  ];
}

const MERGING: readonly LearnerEventType[] = [
  'LearnersMerged',
  'LearnersUnmerged',
  'LearnerSuperseded',
  'SupersessionEnded',
];

function isOf(event: LearnerEvent, type: string, mergeId: string): boolean {
  return event.type === type && 'mergeId' in event.data && event.data.mergeId === mergeId;
}

function keptCommandId(commandId: string, type: string, stream: string): string {
  return followUpCommandId(commandId, `${type} kept on ${stream}`);
}

function namesOf(authorised: readonly Authorisation[]): string {
  return authorised
    .map(({ ukprn, user }) => `${user ?? ''}@${ukprn}`)
    .sort()
    .join();
}
