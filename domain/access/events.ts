import { z } from 'zod';
import type { EventDefinition } from '../eventDefinition.js';
import { CalendarDate } from '../values/date.js';

/** What is asked: to search the register, to compare, to change, to read, to be told of news, or that something does not hold any more. */
export const Action = z.enum([
  'find',
  'verify',
  'register',
  'amend',
  'submit',
  'connect',
  'challenge',
  'choose',
  'inform',
  'report',
  'merge',
  'protect',
  'read',
  'read-own',
  'read-history',
  'open-view',
  'follow',
  'retract',
]);
export type Action = z.infer<typeof Action>;

/** A stream that a decision was made on, and how many events it held then. */
const Basis = z.strictObject({ stream: z.string(), version: z.int().min(0) });
export type Basis = z.infer<typeof Basis>;

/** A keyed digest, of which nothing can be learnt without the key. */
const digest = z.string().regex(/^[a-z2-7]{26}$/);

/**
 * Every event of the access ledger: one per request, whether it was allowed or refused. It is in clear:
 * learners stand there by their tags, what was searched for by keyed digests.
 */
export const accessEvents = {
  RecordsDisclosed: {
    meaning:
      'Somebody asked to see something; recorded before anything was shown, allowed or refused.',
    validFrom: null,
    schema: z.strictObject({
      action: Action,
      decision: z.enum(['allowed', 'refused']),
      rules: z.array(z.string()),
      ruleSet: z.int().min(1),
      /** The service's response code, where one goes with the answer. */
      code: z.string().nullable(),
      learners: z.array(z.string()),
      /** Learners that a search came to and the asker was not shown, because of how they are handled. */
      hidden: z.array(z.string()),
      /** What was shown: names of fields and, after a colon, of entries’ kinds. */
      fields: z.array(z.string()),
      /** What a search was for: all five mandatory fields, and those without the date of birth. */
      search: z.strictObject({ whole: digest, withoutBirth: digest }).nullable(),
      /** Whether names given with a ULN were the learner’s; null where none were given. */
      identityMatches: z.boolean().nullable(),
      facts: z.array(Basis),
      /** The day by which the rules decided, and the notice that had to be attested. */
      on: CalendarDate,
      requiredNotice: z.int().min(1).nullable(),
    }),
  },
} as const satisfies Record<string, EventDefinition>;

/** What one type of event of the access ledger says. */
export type AccessEventData<Type extends keyof typeof accessEvents> = z.infer<
  (typeof accessEvents)[Type]['schema']
>;

/** An event of the access ledger. */
export type AccessEvent = {
  [Type in keyof typeof accessEvents]: {
    readonly type: Type;
    readonly data: AccessEventData<Type>;
  };
}[keyof typeof accessEvents];
