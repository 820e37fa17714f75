import { v5 as uuidv5 } from 'uuid';
import { isAtLeast, suspicionsOf } from '../../domain/alert/abuse.js';
import type { AlertEventData, AlertLevel } from '../../domain/alert/events.js';
import { type CalendarDate, dateOf, daysAfter } from '../../domain/values/date.js';
import type { Ukprn } from '../../domain/values/ukprn.js';
import type { Looks } from '../../projections/live/looks.js';
import type { Alerts } from '../organisations/alerts.js';
import type { Organisations } from '../organisations/organisations.js';
import type { AccessLedger } from './accessLedger.js';

/** From which level of alert an organisation's access is suspended at once. */
export type SuspendAt = AlertLevel | 'never';

/** Looking for misuse in the access ledger. */
export type Reviewing = {
  /** Looks at one organisation's use on a day, or at everyone's, and raises alerts. Answers those raised now. */
  readonly review: (
    day: CalendarDate,
    organisation?: string,
  ) => Promise<readonly AlertEventData<'AlertRaised'>[]>;
};

/** Days before a day that its use is compared with. */
const DAYS_BEFORE = 60;
/** How far back looks at learners handled as restricted are looked for. */
const RESTRICTED_DAYS = 14;
const ALERT_NAMESPACE = '5a3f7a0e-0c58-4f0f-9d51-7f5f2f6f6c11';

/** Creates the review of the access ledger. */
export function createReviewing(parts: {
  readonly ledger: Pick<AccessLedger, 'catchUp'>;
  readonly looks: Looks;
  readonly alerts: Alerts;
  readonly organisations: Organisations;
  readonly suspendAt: SuspendAt;
}): Reviewing {
  const { ledger, looks, alerts, organisations, suspendAt } = parts;

  async function raise(
    alert: Omit<AlertEventData<'AlertRaised'>, 'alertId'>,
    period: string,
  ): Promise<AlertEventData<'AlertRaised'> | null> {
    const { kind, level, organisation, learner } = alert;
    const alertId = uuidv5(
      `${kind} ${level} ${organisation} ${learner} ${period}`,
      ALERT_NAMESPACE,
    );
    const raised = { alertId, ...alert };
    const isNew = await alerts.raise(raised);
    // Also where the alert was raised before: its process may have been cut off right after. The same
    // command again suspends nobody who was restored since.
    if (organisation !== null && suspendAt !== 'never' && isAtLeast(level, suspendAt)) {
      const data = { cause: 'automatic-abuse-detection', alert: alertId } as const;
      await organisations.handle(
        organisation,
        { type: 'SuspendAccess', data },
        { by: { kind: 'keeper' }, user: null, purpose: 'data-protection', commandId: alertId },
      );
    }
    return isNew ? raised : null;
  }

  async function reviewOrganisation(ukprn: string, day: CalendarDate) {
    const days = looks.daysOf(ukprn, daysAfter(day, -DAYS_BEFORE), day);
    const raised = [];
    for (const suspicion of days.at(-1)?.day === day ? suspicionsOf(days) : []) {
      // A pattern of weeks is news once a month, one of a day once that day.
      const isOfWeeks = suspicion.kind === 'searches-without-registrations';
      const alert = await raise(
        // Sound: the access ledger's streams of organisations are named by their UKPRNs.
        { ...suspicion, organisation: ukprn as Ukprn, learner: null, day },
        isOfWeeks ? day.slice(0, 7) : day,
      );
      raised.push(...(alert === null ? [] : [alert]));
    }
    return raised;
  }

  async function reviewRestricted(day: CalendarDate, organisation: string | undefined) {
    const raised = [];
    for (const look of looks.restrictedSince(daysAfter(day, -RESTRICTED_DAYS))) {
      if (organisation === undefined || look.organisation === organisation) {
        const alert = await raise(
          {
            kind: 'restricted-learner',
            // A refused look is told apart by the access ledger; neither suspends anybody by itself.
            level: 'notice',
            organisation: look.organisation as Ukprn | null,
            learner: look.tag,
            day: dateOf(look.at),
            measured: 1,
            limit: 0,
          },
          look.look,
        );
        raised.push(...(alert === null ? [] : [alert]));
      }
    }
    return raised;
  }

  return {
    review: async (day, organisation) => {
      await ledger.catchUp();
      const raised = [];
      for (const ukprn of organisation === undefined ? looks.activeOn(day) : [organisation]) {
        raised.push(...(await reviewOrganisation(ukprn, day)));
      }
      raised.push(...(await reviewRestricted(day, organisation)));
      return raised;
    },
  };
}
