import type { Purpose } from '../purpose.js';
import { type CalendarDate, daysAfter } from '../values/date.js';
import type { RegisteredOrganisation, User } from './state.js';

/** What an organisation may access records for on a day; empty where it may not at all. */
export type Standing = {
  /** The purposes of the agreements in force. */
  readonly purposes: readonly Purpose[];
  /** Until when the last of them runs; `null` where none is in force. */
  readonly until: CalendarDate | null;
  /** Why it may not access anything although agreements are in force; empty where it may. */
  readonly hindrances: readonly (
    | 'suspended'
    | 'change-not-attested'
    | 'not-registered-for-data-protection'
  )[];
};

/** Days without use after which access expires. Source: the service removes dormant access; the numbers are ours. */
const ORGANISATION_DORMANT_DAYS = 365;
const USER_DORMANT_DAYS = 180;

/** True where nobody of the organisation has used its access for so long that it expired. */
export function isDormantOn({ lastUsedOn }: RegisteredOrganisation, on: CalendarDate): boolean {
  return daysAfter(lastUsedOn, ORGANISATION_DORMANT_DAYS) < on;
}

/** True where a person has not used the access for so long that it expired. */
export function isUserDormantOn({ lastUsedOn }: User, on: CalendarDate): boolean {
  return daysAfter(lastUsedOn, USER_DORMANT_DAYS) < on;
}

/** Whether and for what an organisation may access records on a day. The service operator needs no agreement. */
export function standingOn(organisation: RegisteredOrganisation, on: CalendarDate): Standing {
  const inForce = [...organisation.agreements.values()].filter(
    ({ startDate, endDate }) => startDate <= on && on <= endDate,
  );
  const { suspendedFor, awaitsAttestation, dataProtectionExpiryDate } = organisation;
  const ends = inForce.map(({ endDate }) => endDate).sort();
  return {
    purposes: [...new Set(inForce.flatMap(({ purposes }) => purposes))].sort(),
    until: ends.at(-1) ?? null,
    hindrances: [
      ...(suspendedFor.length === 0 ? [] : (['suspended'] as const)),
      ...(awaitsAttestation ? (['change-not-attested'] as const) : []),
      ...(dataProtectionExpiryDate !== null && dataProtectionExpiryDate >= on
        ? []
        : (['not-registered-for-data-protection'] as const)),
    ],
  };
}
