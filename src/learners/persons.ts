import { DomainError } from '../../domain/errors.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { IssuedLearner, Learner } from '../../domain/learner/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { ServiceCode } from '../../domain/serviceCodes.js';
import type { Uln } from '../../domain/values/uln.js';
import type { Vault } from '../../streams/vault/vault.js';
import { learnerStream } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import { foldLearner } from './facts.js';
import { createRecords } from './records.js';

/** One ULN of a person: its stream whole, entries under quarantine too, and the learner that it makes. */
export type PersonStream = {
  readonly uln: Uln;
  readonly stream: string;
  readonly events: readonly Recorded<LearnerEvent>[];
  readonly learner: Learner;
};

/** All ULNs that merges make one, as they stand now. One that was disposed of is of no merge any more. */
export type Person = {
  readonly asked: PersonStream;
  /** The master first; each of those merged before those merged into it. */
  readonly streams: readonly [PersonStream, ...PersonStream[]];
};

/** Reading persons. */
export type Persons = {
  /** The person of a ULN, by whichever of theirs. Throws `ERR_LEARNER_NOT_FOUND`. */
  readonly of: (uln: Uln) => Promise<Person>;
};

/** Creates the reading of persons, under every generation of the index key. */
export function createPersons({
  journal,
  vault,
}: {
  readonly journal: Journal;
  readonly vault: Vault;
}): Persons {
  async function read(uln: Uln): Promise<PersonStream> {
    for (const generation of vault.indexGenerations()) {
      const stream = learnerStream(vault, generation, uln);
      const { events } = await journal.read<LearnerEvent>(stream);
      if (events.length > 0) {
        return { uln, stream, events, learner: foldLearner(events) };
      }
    }
    throw learnerNotFound();
  }

  return {
    of: async (uln) => {
      // Each stream is read once, so that all that is said of a person is of one moment of it.
      const known = new Map<Uln, Promise<PersonStream>>();
      const once = (one: Uln) => {
        const stream = known.get(one) ?? read(one);
        known.set(one, stream);
        return stream;
      };
      const records = createRecords(async (one) => (await once(one)).events);
      const { found, merged } = await records.readRecord(uln);
      const others = await Promise.all(merged.map((other) => once(other.uln)));
      return { asked: await once(uln), streams: [await once(found), ...others] };
    },
  };
}

/** What a stream may hold, asked of the learner that it makes. */
export type Held = (learner: IssuedLearner) => boolean;

/** The streams of a person that hold something: that of the ULN asked for first, then the master's. */
function holdersOf({ asked, streams }: Person, isHeld: Held): readonly PersonStream[] {
  return [asked, ...streams.filter(({ stream }) => stream !== asked.stream)].filter(
    ({ learner }) => learner.status === 'issued' && isHeld(learner),
  );
}

/** The stream of a person that holds something; that of the ULN asked for where none does. */
export function holderOf(person: Person, isHeld: Held): PersonStream {
  return holdersOf(person, isHeld)[0] ?? person.asked;
}

/** The error for a ULN that was not issued here. */
export function learnerNotFound(serviceCode: ServiceCode | null = null): DomainError {
  return new DomainError(
    'ERR_LEARNER_NOT_FOUND',
    'expected a ULN that this ledger has issued, found one that it has not',
    { serviceCode },
  );
}
