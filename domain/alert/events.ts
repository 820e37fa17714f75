import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { CalendarDate } from '../values/date.js';
import { Ukprn } from '../values/ukprn.js';

/** What an alert is about. The patterns are ours, after what was published of the misuse of 2018 to 2020. */
export const AlertKind = z.enum([
  'searches-without-registrations',
  'volume-above-baseline',
  'birth-date-guessing',
  'out-of-hours',
  'restricted-learner',
]);
export type AlertKind = z.infer<typeof AlertKind>;

/** How grave it is, in this order. */
export const AlertLevel = z.enum(['notice', 'warning', 'severe']);
export type AlertLevel = z.infer<typeof AlertLevel>;

/** Every event of the alert streams, one for each year. They are in clear: UKPRNs, tags and numbers only. */
export const alertEvents = {
  AlertRaised: {
    meaning: 'A use of the records looks wrong; somebody has to look into it.',
    validFrom: 'day',
    schema: z.strictObject({
      alertId: z.uuid(),
      kind: AlertKind,
      level: AlertLevel,
      organisation: Ukprn.nullable(),
      /** The tag of a learner, where it is about one. */
      learner: z.string().nullable(),
      day: CalendarDate,
      measured: z.int().min(0),
      /** The most that would not have been remarkable. */
      limit: z.int().min(0),
    }),
  },
  AlertClosed: {
    meaning: 'Somebody looked into an alert and says what it was.',
    validFrom: null,
    schema: z.strictObject({
      alertId: z.uuid(),
      outcome: z.enum(['explained', 'misuse', 'false-alarm']),
    }),
  },
} as const satisfies Record<string, EventDefinition>;

/** What one type of event of an alert stream says. */
export type AlertEventData<Type extends keyof typeof alertEvents> = z.infer<
  (typeof alertEvents)[Type]['schema']
>;

/** An event of an alert stream. */
export type AlertEvent = {
  [Type in keyof typeof alertEvents]: {
    readonly type: Type;
    readonly data: AlertEventData<Type>;
  };
}[keyof typeof alertEvents];
