import type { ErasureEventOf, RedactionTarget } from '../../domain/erasure/events.js';
import type { ViewSelection } from '../../domain/learner/configuredView/events.js';
import { entryKey } from '../../domain/learner/entry/entries.js';
import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';
import type { Recorded } from '../../domain/recorded.js';
import { entriesOf } from '../../projections/live/quarantine.js';
import { isBefore } from './person.js';

type Events = readonly Recorded<LearnerEvent>[];
type Place = Pick<LearnerEventData<'ConfiguredViewExported'>, 'list' | 'index'>;

/** A credential that left: of what it is, and when the view was made and when it left. */
type Left = {
  readonly place: Place;
  readonly selection: ViewSelection;
  readonly made: Recorded<LearnerEvent>;
  readonly exported: Recorded<LearnerEvent>;
};

/**
 * The credentials of one ULN that are good no more for what the person's streams say: an entry of theirs
 * was quarantined since they left, or an opt-out stood then or later that was set after the view was
 * made. That it was lifted afterwards does not bring them back.
 */
export function spoiltBy(own: Events, others: readonly Events[]): readonly Place[] {
  const optOuts = [own, ...others].flatMap(optOutsIn);
  return leftIn(own)
    .filter(({ selection, made, exported }) => {
      const picked = selection.entries.map(({ entry }) => entryKey(entry));
      return (
        own.some(
          (one) =>
            one.event.type === 'EntryQuarantined' &&
            picked.includes(entryKey(one.event.data.entry)) &&
            isBefore(exported, one),
        ) ||
        optOuts.some(
          ({ set, ended }) =>
            isBefore(made, set) && (ended === undefined || isBefore(exported, ended)),
        )
      );
    })
    .map(({ place }) => place);
}

/** The credentials of one ULN that had left when a redaction was ordered of a field that their views show. */
export function spoiltByOrder(
  own: Events,
  { targets }: ErasureEventOf<'RedactionOrdered'>['data'],
  order: Pick<Recorded<unknown>, 'position'>,
): readonly Place[] {
  const entries = entriesOf(own);
  const types = new Map(own.map(({ id, event }) => [id, event.type]));
  const isShown = ({ details, entries: picked }: ViewSelection, target: RedactionTarget) => {
    const type = types.get(target.event);
    const names =
      type === 'UlnIssued' || type === 'LearnerDetailsAmended'
        ? details
        : picked.find(({ entry }) => entryKey(entry) === entries.get(target.event))?.fields;
    return target.fields.some((field) => names?.includes(field));
  };
  return leftIn(own)
    .filter(
      ({ selection, exported }) =>
        isBefore(exported, order) && targets.some((target) => isShown(selection, target)),
    )
    .map(({ place }) => place);
}

function leftIn(events: Events): readonly Left[] {
  const made = new Map<string, Omit<Left, 'place' | 'exported'>>();
  const left: Left[] = [];
  for (const recorded of events) {
    const { event } = recorded;
    if (event.type === 'ConfiguredViewCreated') {
      made.set(event.data.viewId, { made: recorded, selection: event.data.selection });
    }
    if (event.type === 'ConfiguredViewExported') {
      const { viewId, ...place } = event.data;
      const view = made.get(viewId);
      left.push(...(view === undefined ? [] : [{ ...view, place, exported: recorded }]));
    }
  }
  return left;
}

type OptOut = { readonly set: Recorded<LearnerEvent>; ended?: Recorded<LearnerEvent> };

function optOutsIn(events: Events): readonly OptOut[] {
  const optOuts: OptOut[] = [];
  for (const recorded of events) {
    const { type } = recorded.event;
    if (type === 'OptOutSet') {
      optOuts.push({ set: recorded });
    }
    if (type === 'OptOutLifted' || type === 'OptOutOverridden') {
      for (const optOut of optOuts) {
        optOut.ended ??= recorded;
      }
    }
  }
  return optOuts;
}
