import type { Purpose } from '../purpose.js';
import type { CalendarDate } from '../values/date.js';
import type { Ukprn } from '../values/ukprn.js';
import type { OrganisationEventData } from './events.js';
import type { OrganisationType, Role } from './terms.js';

/** A person who acts for an organisation. */
export type User = {
  readonly roles: readonly Role[];
  /** The sealed stream of what is personal. */
  readonly person: string;
  readonly lastUsedOn: CalendarDate;
};

/** A data sharing agreement: both dates are within it. */
type Agreement = {
  readonly purposes: readonly Purpose[];
  readonly startDate: CalendarDate;
  readonly endDate: CalendarDate;
};

/** A registered organisation as the rules need it. */
export type RegisteredOrganisation = {
  readonly status: 'registered';
  readonly ukprn: Ukprn;
  /** `null` for a sole trader's own name. */
  readonly name: string | null;
  readonly organisationType: OrganisationType;
  readonly mailDomain: string;
  readonly responsibleUser: string;
  /** Why access stopped, the first cause first; empty where it did not. */
  readonly suspendedFor: readonly OrganisationEventData<'AccessSuspended'>['cause'][];
  /** True from a change of name or owner until the organisation is attested again. */
  readonly awaitsAttestation: boolean;
  readonly agreements: ReadonlyMap<string, Agreement>;
  /** Until when it is registered with the data protection authority; `null` where nothing is known. */
  readonly dataProtectionExpiryDate: CalendarDate | null;
  /** The latest privacy notice that it attested to give its learners. */
  readonly noticeAttested: number | null;
  readonly users: ReadonlyMap<string, User>;
  readonly lastUsedOn: CalendarDate;
};

/** What the rules know of an organisation's stream. */
export type Organisation = { readonly status: 'unregistered' } | RegisteredOrganisation;
