import { z } from 'zod';
import { CalendarDate } from '../../values/date.js';
import { lineOf, OwnKey, paragraphOf } from '../../values/text.js';
import { Ukprn } from '../../values/ukprn.js';
import { missingAsNull } from '../details/details.js';
import { Authorisation, ConnectionKind, HandlingLevel } from './events.js';

/** What can be asked about with whom and how a record is shared. */
export const sharingCommands = {
  EstablishConnection: missingAsNull({
    connectionId: OwnKey,
    ukprn: Ukprn,
    kind: ConnectionKind,
    startDate: CalendarDate.nullable(),
    endDate: CalendarDate.nullable(),
    /** What shows the link: an enrolment number, an application. */
    evidenceReference: lineOf(255),
  }),
  EndConnection: missingAsNull({
    connectionId: OwnKey,
    endDate: CalendarDate.nullable(),
    reason: paragraphOf(2000).nullable(),
  }),
  OverrideOptOut: missingAsNull({
    /** The notice in force: it must have been shown to the learner. */
    notice: z.int().min(1),
    effectiveDate: CalendarDate.nullable(),
    evidenceReference: lineOf(255),
  }),
  ChangeHandling: missingAsNull({
    level: HandlingLevel,
    authorised: z.array(Authorisation),
    reviewDate: CalendarDate.nullable(),
    reason: paragraphOf(2000),
  }),
} as const;
