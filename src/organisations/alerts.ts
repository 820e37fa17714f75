import type { AlertEvent, AlertEventData } from '../../domain/alert/events.js';
import { DomainError } from '../../domain/errors.js';
import type { Recorded } from '../../domain/recorded.js';
import { isConflict } from '../../streams/errors.js';
import type { Clock } from '../clock.js';
import type { Journal } from '../journal/journal.js';
import { keeperRecording, type Request, recordingOf } from '../request/request.js';

/** An alert with what became of it. */
export type Alert = AlertEventData<'AlertRaised'> & {
  readonly raisedAt: string;
  /** `null` while nobody has looked into it. */
  readonly outcome: AlertEventData<'AlertClosed'>['outcome'] | null;
};

/** Uses of the records that look wrong, until somebody has looked into them. */
export type Alerts = {
  /** Records an alert; false where it is there already. */
  readonly raise: (alert: AlertEventData<'AlertRaised'>) => Promise<boolean>;
  /** Says what an alert was. Throws `ERR_ALERT_NOT_FOUND`. */
  readonly close: (
    alertId: string,
    outcome: AlertEventData<'AlertClosed'>['outcome'],
    request: Request,
  ) => Promise<void>;
  /** The alerts of this year and the one before, in the order in which they were raised. */
  readonly list: (options: { readonly all: boolean }) => Promise<readonly Alert[]>;
};

const MAX_CONFLICTS = 20;

/** Creates the door to alerts. */
export function createAlerts(journal: Journal, clock: Clock): Alerts {
  async function read(): Promise<readonly Recorded<AlertEvent>[]> {
    const thisYear = Number(clock().slice(0, 4));
    const years = [thisYear - 1, thisYear].map((year) => journal.read<AlertEvent>(`alert-${year}`));
    return (await Promise.all(years)).flatMap(({ events }) => events);
  }

  /** Appends an event to this year's stream unless what it says is there already. */
  async function append(
    event: AlertEvent,
    recording: Parameters<Journal['append']>[3],
    isKnown: (events: readonly Recorded<AlertEvent>[]) => boolean,
  ): Promise<boolean> {
    for (let conflicts = 0; ; conflicts += 1) {
      const stream = `alert-${clock().slice(0, 4)}`;
      const { end } = await journal.read<AlertEvent>(stream);
      if (isKnown(await read())) {
        return false;
      }
      try {
        await journal.append(stream, end, [event], recording);
        return true;
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  return {
    raise: (data) =>
      append(
        { type: 'AlertRaised', data },
        keeperRecording(data.alertId, data.alertId, 'data-protection'),
        (events) =>
          events.some(
            ({ event }) => event.type === 'AlertRaised' && event.data.alertId === data.alertId,
          ),
      ),
    close: async (alertId, outcome, request) => {
      const alert = alertsOf(await read()).find((known) => known.alertId === alertId);
      if (alert === undefined) {
        throw new DomainError('ERR_ALERT_NOT_FOUND', 'expected an alert of this id, found none');
      }
      await append(
        { type: 'AlertClosed', data: { alertId, outcome } },
        recordingOf(request, ''),
        (events) =>
          alertsOf(events).find((known) => known.alertId === alertId)?.outcome === outcome,
      );
    },
    list: async ({ all }) =>
      alertsOf(await read()).filter(({ outcome }) => all || outcome === null),
  };
}

function alertsOf(events: readonly Recorded<AlertEvent>[]): readonly Alert[] {
  const alerts = new Map<string, Alert>();
  for (const { event, recordedAt: raisedAt } of events) {
    const known = alerts.get(event.data.alertId);
    if (event.type === 'AlertRaised') {
      alerts.set(event.data.alertId, { ...event.data, raisedAt, outcome: null });
    } else if (known !== undefined) {
      alerts.set(event.data.alertId, { ...known, outcome: event.data.outcome });
    }
  }
  return [...alerts.values()];
}
