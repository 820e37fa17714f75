import { randomUUID } from 'node:crypto';
import type { ConfiguredViewChoice } from '../../domain/learner/configuredView/commands.js';
import type { Request } from '../../src/request/request.js';
import { AWARDING, achievement, createSetting, requestOf, type Setting } from './setting.js';

/** A request of the learner, or of the keeper who opens a link for somebody, with a new command id. */
export function requestBy(kind: 'learner' | 'keeper', more: Partial<Request> = {}): Request {
  return {
    by: { kind },
    user: null,
    purpose: 'learner-choice',
    commandId: randomUUID(),
    ...more,
  };
}

/** A view of the grade of A-1 and the given name, for whoever has link and code, until the day after. */
export const CHOICE: ConfiguredViewChoice = {
  recipient: { kind: 'link' },
  purpose: 'employment',
  expiresAt: '2024-03-02T23:59:59.999Z',
  mode: 'live',
  selection: {
    entries: [
      {
        entry: { kind: 'achievement', submittedBy: AWARDING, entryId: 'A-1' },
        fields: ['grade'],
      },
    ],
    details: ['givenName'],
  },
};

/** A view of the given name alone, for whoever has link and code, until the end of 2026. */
export const DETAIL_CHOICE: ConfiguredViewChoice = {
  ...CHOICE,
  expiresAt: '2026-12-31T23:59:59.999Z',
  selection: { entries: [], details: ['givenName'] },
};

/** The same as the first for one organisation. */
export const CHOICE_FOR_AWARDING: ConfiguredViewChoice = {
  ...CHOICE,
  recipient: { kind: 'organisation', ukprn: AWARDING },
};

/** What of the setting's learner was not picked. */
export const UNPICKED = /Synthetic|2003-04-17|AB1 2CD|601\/0143|2021-07-09|10000003|A-1\b/;

/** The setting with an achievement A-1. */
export async function createSharing(): Promise<Setting> {
  const setting = await createSetting('Prefers letters');
  await setting.record(achievement('A-1'));
  return setting;
}

/** A request of the organisation that the view above is for. */
export function requestOfRecipient(): Request {
  return requestOf(AWARDING, 'reader', { purpose: 'learner-choice' });
}
