import type { LearnerCommand } from '../../domain/learner/commands.js';
import { differingIdentity, type Identity } from '../../domain/learner/details/matching.js';
import {
  type EntryNaming,
  type EntryReference,
  entryKey,
  entryKeyOf,
} from '../../domain/learner/entry/entries.js';
import { type Held, holderOf, type Person, type PersonStream } from './persons.js';

/** What of a learner a command acts on, as the stream that holds it knows it; `null` where it brings what is new. */
function actedOn(command: LearnerCommand): Held | null {
  switch (command.type) {
    case 'CorrectParticipation':
    case 'WithdrawParticipation':
    case 'ReinstateParticipation':
    case 'CorrectAchievement':
    case 'WithdrawAchievement':
    case 'ReinstateAchievement':
    case 'ConfirmAchievement':
      return ofEntryNamed(command.data);
    case 'SubmitParticipation':
    case 'SubmitAchievement':
      // A ULN that was retired takes no version of an entry: it is recorded where it was asked.
      return (one) => !one.merging.retired && ofEntryNamed(command.data)(one);
    case 'WithdrawChallenge':
    case 'UpholdChallenge':
    case 'RejectChallenge':
    case 'ExtendChallenge':
      return ofChallenge(command.data.challengeId);
    case 'DismissReview':
      return ofReview(command.data.reviewId);
    case 'RaiseChallenge':
    case 'ReportSensitive':
    case 'QuarantineEntry':
      return ofEntry(command.data.entry);
    case 'DecideQuarantine':
      return ofQuarantine(command.data.quarantineId);
    case 'ReleaseLegalHold':
      return ({ holds }) => holds.has(command.data.holdId);
    case 'EndConnection':
      return ({ connections }) => connections.has(command.data.connectionId);
    case 'AcknowledgeNotice': {
      const { notice, language } = command.data;
      return ({ noticesShown }) =>
        noticesShown.some((shown) => shown.notice === notice && shown.language === language);
    }
    // A new entry, a choice and what protects are recorded where they were asked.
    case 'IssueUln':
    case 'AmendLearnerDetails':
    case 'RecordParticipation':
    case 'RecordAchievement':
    case 'SetOptOut':
    case 'LiftOptOut':
    case 'OverrideOptOut':
    case 'EstablishConnection':
    case 'ChangeHandling':
    case 'CreateConfiguredView':
    case 'IssueConfiguredViewCode':
    case 'RevokeConfiguredView':
    case 'OpenConfiguredView':
    case 'ExportConfiguredView':
    case 'ShowNotice':
    case 'MergeLearner':
    case 'UnmergeLearner':
    case 'RefuseMerge':
    case 'Supersede':
    case 'EndSupersession':
    case 'RetireUln':
    case 'ReviewRetention':
    case 'PlaceLegalHold':
    case 'RecordVitalStatus':
      return null;
  }
}

/** The stream of a person to which a command goes: the one that holds what it acts on, else the one asked for. */
export function placeOf(command: LearnerCommand, person: Person): PersonStream {
  const isHeld = actedOn(command);
  return isHeld === null ? person.asked : holderOf(person, isHeld);
}

/**
 * The command as it is decided in another stream of the person than the one asked for: a source takes
 * the learner to be called what any ULN of theirs says.
 */
export function forPerson(command: LearnerCommand, { streams }: Person): LearnerCommand {
  if (command.type !== 'SubmitParticipation' && command.type !== 'SubmitAchievement') {
    return command;
  }
  const { identity } = command.data;
  const isOfPerson = (named: Identity) =>
    streams.some(
      ({ learner }) =>
        learner.status === 'issued' && differingIdentity(named, learner.details).length === 0,
    );
  // Sound: only what is compared is taken out; the rest is of the same command.
  return identity !== null && isOfPerson(identity)
    ? ({ ...command, data: { ...command.data, identity: null } } as LearnerCommand)
    : command;
}

/** The stream that holds a quarantine. */
export function ofQuarantine(id: string): Held {
  return ({ reviews }) => reviews.quarantines[id] !== undefined;
}

function ofEntryNamed(data: EntryNaming): Held {
  return ({ entries }) => entries.has(entryKeyOf(data));
}

function ofEntry(entry: EntryReference | null): Held | null {
  return entry === null ? null : ({ entries }) => entries.has(entryKey(entry));
}

function ofChallenge(id: string): Held {
  return ({ challenges }) => challenges.has(id);
}

function ofReview(id: string): Held {
  return ({ reviews }) => reviews.reviews[id] !== undefined;
}
