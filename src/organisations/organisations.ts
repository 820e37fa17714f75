import { DomainError } from '../../domain/errors.js';
import {
  type OrganisationCommand,
  type OrganisationCommandInput,
  organisationCommands,
  PersonDetails,
} from '../../domain/organisation/commands.js';
import type { OrganisationEvent } from '../../domain/organisation/events.js';
import { organisation } from '../../domain/organisation/organisation.js';
import { isDormantOn, standingOn } from '../../domain/organisation/standing.js';
import type { Organisation, RegisteredOrganisation } from '../../domain/organisation/state.js';
import type { Recorded } from '../../domain/recorded.js';
import type { UserEvent } from '../../domain/user/events.js';
import { type CalendarDate, dateOf } from '../../domain/values/date.js';
import type { Ukprn } from '../../domain/values/ukprn.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { personStream } from '../journal/identifiers.js';
import { createQueues } from '../journal/inOrder.js';
import type { Journal, Receipt } from '../journal/journal.js';
import type { Notices } from '../learners/notices.js';
import { parseInput } from '../request/input.js';
import { type Request, recordingOf } from '../request/request.js';
import { foldOrganisation, organisationStream } from './folding.js';

/** A command to an organisation, with what is personal of the person it adds. */
export type OrganisationRequest =
  | Exclude<OrganisationCommandInput, { type: 'RegisterOrganisation' | 'AddUser' }>
  | WithPerson<Extract<OrganisationCommandInput, { type: 'RegisterOrganisation' | 'AddUser' }>>;

type WithPerson<Input extends { readonly type: string; readonly data: object }> =
  Input extends Input
    ? {
        readonly type: Input['type'];
        readonly data: Omit<Input['data'], 'person' | 'emailAddress'> & {
          readonly person: PersonDetails;
        };
      }
    : never;

/** Registered organisations and the people who act for them. */
export type Organisations = {
  /** Decides a command and records what follows. Throws a `DomainError` that says why not. */
  readonly handle: (
    ukprn: Ukprn,
    command: OrganisationRequest,
    request: Request,
  ) => Promise<Receipt | null>;
  /** The organisation as it is now. Throws `ERR_ORGANISATION_NOT_FOUND`. */
  readonly read: (ukprn: Ukprn) => Promise<RegisteredOrganisation>;
  /**
   * What the public list says of it: for a day that is over, as it was known at its end. `null` where it
   * may not access records on that day.
   */
  readonly publishedOn: (ukprn: Ukprn, on: CalendarDate) => Promise<PublishedOrganisation | null>;
  readonly history: (ukprn: Ukprn) => Promise<readonly Recorded<OrganisationEvent>[]>;
  /** Who a user is: what is sealed of the person. Throws `ERR_USER_NOT_FOUND`. */
  readonly person: (
    ukprn: Ukprn,
    user: string,
  ) => Promise<Extract<UserEvent, { type: 'PersonRecorded' }>['data']>;
};

/** A line of the public list of those that may access records. */
export type PublishedOrganisation = {
  readonly ukprn: string;
  readonly name: string | null;
  readonly organisationType: RegisteredOrganisation['organisationType'];
  readonly purposes: readonly string[];
  readonly until: CalendarDate;
};

const MAX_CONFLICTS = 3;

/** Creates the door to organisations. */
export function createOrganisations(parts: {
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly notices: Pick<Notices, 'list'>;
}): Organisations {
  const { journal, vault, clock } = parts;
  const inOrder = createQueues();

  async function recordPerson(
    ukprn: Ukprn,
    user: string,
    details: PersonDetails,
    request: Request,
  ): Promise<Receipt | null> {
    const stream = personStream(vault, ukprn, user);
    const { events, end } = await journal.read<UserEvent>(stream);
    const known = events.findLast(({ event }) => event.type === 'PersonRecorded')?.event;
    const data = { ukprn, user, ...details };
    const isSame =
      known?.type === 'PersonRecorded' &&
      JSON.stringify(Object.entries(known.data).sort()) ===
        JSON.stringify(Object.entries(data).sort());
    if (isSame) {
      return null;
    }
    const event = { type: 'PersonRecorded', data } as const;
    return journal.append(stream, end, [event], recordingOf(request, ''));
  }

  /** The command's data as the rules take it; the person is recorded first, so that no user is without one. */
  async function dataOf(ukprn: Ukprn, input: OrganisationRequest, request: Request) {
    if (!('person' in input.data)) {
      return { data: parseInput(organisationCommands[input.type], input.data), person: null };
    }
    const { person, ...data } = input.data;
    const details = parseInput(PersonDetails, person);
    const user = 'user' in data ? data.user : data.responsibleUser;
    const stream = personStream(vault, ukprn, user);
    return {
      data: parseInput(organisationCommands[input.type], {
        ...data,
        person: stream,
        emailAddress: details.emailAddress,
      }),
      person: () => recordPerson(ukprn, user, details, request),
    };
  }

  /** A notice can only be attested once there is one: the next ones are attested anew. */
  async function requirePublished({ type, data }: OrganisationRequest): Promise<void> {
    const isKnown = async (attested: unknown) =>
      (await parts.notices.list()).some(({ notice }) => notice === attested);
    if (type === 'AttestNotice' && !(await isKnown(data.notice))) {
      throw new DomainError(
        'ERR_NOTICE_NOT_FOUND',
        'expected a privacy notice that was published, found none of this number',
      );
    }
  }

  async function decideOnce(
    ukprn: Ukprn,
    input: OrganisationRequest,
    request: Request,
  ): Promise<Receipt | null> {
    const stream = organisationStream(ukprn);
    const recording = recordingOf(request, '');
    await requirePublished(input);
    const { data, person } = await dataOf(ukprn, input, request);
    const { events, end } = await journal.read<OrganisationEvent>(stream);
    if (events.some(({ commandId }) => commandId === recording.commandId)) {
      return null;
    }
    const { type } = input;
    const { by, user } = request;
    // Sound: `data` was parsed by the schema of this very type.
    const command = { type, data, by, user, at: clock() } as OrganisationCommand;
    const decided = organisation.decide(command, foldOrganisation(events));
    if (decided.length === 0 && type !== 'AddUser') {
      return null;
    }
    // Who adds somebody again with other particulars corrects them.
    const corrected = (await person?.()) ?? null;
    if (decided.length === 0) {
      return corrected;
    }
    return journal.append(stream, end, decided, recording);
  }

  async function state(ukprn: Ukprn): Promise<Organisation> {
    const { events } = await journal.read<OrganisationEvent>(organisationStream(ukprn));
    return foldOrganisation(events);
  }

  return {
    handle: (ukprn, command, request) =>
      inOrder(ukprn, async () => {
        for (let conflicts = 1; ; conflicts += 1) {
          try {
            return await decideOnce(ukprn, command, request);
          } catch (error) {
            if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
              throw error;
            }
          }
        }
      }),
    read: async (ukprn) => {
      const found = await state(ukprn);
      if (found.status === 'unregistered') {
        throw new DomainError(
          'ERR_ORGANISATION_NOT_FOUND',
          'expected a registered organisation, found none of this UKPRN',
        );
      }
      return found;
    },
    publishedOn: async (ukprn, on) => {
      const { events } = await journal.read<OrganisationEvent>(organisationStream(ukprn));
      const found = foldOrganisation(events.filter(({ recordedAt }) => dateOf(recordedAt) <= on));
      const today = dateOf(clock());
      // Whether the access will have been used by a day to come is not known.
      if (found.status === 'unregistered' || isDormantOn(found, on < today ? on : today)) {
        return null;
      }
      const { name, organisationType } = found;
      const { purposes, until, hindrances } = standingOn(found, on);
      return until === null || hindrances.length > 0
        ? null
        : { ukprn, name, organisationType, purposes, until };
    },
    history: async (ukprn) =>
      (await journal.read<OrganisationEvent>(organisationStream(ukprn))).events,
    person: async (ukprn, user) => {
      const { events } = await journal.read<UserEvent>(personStream(vault, ukprn, user));
      const recorded = events.findLast(({ event }) => event.type === 'PersonRecorded')?.event;
      if (recorded?.type !== 'PersonRecorded') {
        throw new DomainError(
          'ERR_USER_NOT_FOUND',
          'expected a user of the organisation, found none of this id',
        );
      }
      return recorded.data;
    },
  };
}
