import { strict as assert } from 'node:assert';
import { DomainError } from '../../domain/errors.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { digestOf, disclosureOf, type SaltedValue, saltedValues } from '../../streams/sealing.js';
import type { Shred, Vault } from '../../streams/vault/vault.js';
import { endOf } from '../journal/journal.js';
import { checkCommitment, keptFields, type OpenedEvent } from '../journal/openedStream.js';
import type { PendingRedaction } from '../journal/orders.js';
import type { StreamEnd } from '../journal/recording.js';

/**
 * The events that reseal an order's targets: per target what goes, with its digests, and what stays,
 * with its salts; all under a fresh key. No events where the stream holds them already. Each target's
 * commitment is checked first, so that a redaction cannot hide that it was tampered with before.
 */
export function resealEvents(
  order: PendingRedaction,
  opened: readonly OpenedEvent[],
): { readonly events: readonly LearnerEvent[]; readonly key: number; readonly end: StreamEnd } {
  const end = endOf(opened.at(-1));
  const key = (end.key ?? 0) + 1;
  if (resealsOf(order, opened).length > 0) {
    return { events: [], key, end };
  }
  const events = order.targets.flatMap(({ event, fields }): readonly LearnerEvent[] => {
    const target = opened.find(({ header }) => header.id === event);
    requireTarget(target);
    checkCommitment(target, opened);
    const salted = Object.entries(saltedFields(target, opened));
    const digests = salted
      .filter(([name]) => fields.includes(name))
      .map(([name, value]) => [name, digestOf(disclosureOf(name, value))]);
    const kept = salted.filter(([name]) => !fields.includes(name));
    const earlier = opened[(lastResealOf(event, opened) ?? 0) - 1]?.header.id;
    return [
      {
        type: 'SensitiveDataRedacted',
        data: {
          order: order.order,
          // Sound: the order's instant is a header's `at`, whose form was checked.
          on: order.on as Extract<LearnerEvent, { type: 'SensitiveDataRedacted' }>['data']['on'],
          basis: order.basis,
          target: event,
          digests: Object.fromEntries(digests),
          drops: earlier === undefined ? [] : [earlier],
        },
      },
      // Sound: salted values are the salt's text and the JSON value.
      {
        type: 'FieldsResealed',
        data: { target: event, kept: Object.fromEntries(kept) },
      } as Extract<LearnerEvent, { type: 'FieldsResealed' }>,
    ];
  });
  return { events, key, end };
}

/** Refuses what no proposal of ours names: an order can also be forged, because orders stand in clear. */
function requireTarget(target: OpenedEvent | undefined): asserts target is OpenedEvent {
  const isReadable = target?.content.state === 'sealed' || target?.content.state === 'resealed';
  const isRedaction = /^(SensitiveDataRedacted|FieldsResealed)$/.test(target?.header.type ?? '');
  if (!isReadable || isRedaction) {
    throw new DomainError(
      'ERR_FIELD_NOT_REDACTABLE',
      'expected the order to name sealed events of the stream that hold a record, found another',
    );
  }
}

/** What the vault has to keep and to destroy for an order whose reseal is in the stream. */
export async function shredOf(
  order: PendingRedaction,
  opened: readonly OpenedEvent[],
  vault: Vault,
): Promise<Shred> {
  const reseals = resealsOf(order, opened);
  const [first] = reseals;
  assert(first !== undefined && first.below !== null, 'an order is shredded after its reseal');
  const targets = new Set(reseals.map(({ target }) => target));
  const drops = new Set(reseals.flatMap((reseal) => reseal.drops));
  const kept: { version: number; key: Buffer }[] = [];
  const dropped: number[] = [];
  const resealed: { version: number; at: number }[] = [];
  for (const { stored, header } of opened) {
    const { id, version, key } = header;
    if (key === null || key >= first.below) {
      continue;
    }
    if (drops.has(id)) {
      dropped.push(version);
    } else if (targets.has(id)) {
      const at = reseals.find(({ target }) => target === id)?.resealedAt ?? version;
      resealed.push({ version, at });
    } else {
      const eventKey = await vault.eventKey({ stream: stored.stream, version, key, id });
      if (eventKey.state === 'live') {
        kept.push({ version, key: eventKey.key });
      }
    }
  }
  const resealedVersion = Math.max(...reseals.map(({ resealedAt }) => resealedAt));
  return {
    order: order.order,
    stream: order.stream,
    below: first.below,
    resealedVersion,
    kept,
    resealed,
    dropped,
  };
}

/** The reseals of an order that a stream holds: `SensitiveDataRedacted` and, right after it, `FieldsResealed`. */
function resealsOf({ order }: PendingRedaction, opened: readonly OpenedEvent[]) {
  return opened.flatMap(({ header, content }) => {
    if (
      header.type !== 'SensitiveDataRedacted' ||
      content.state !== 'sealed' ||
      content.fields['order'] !== order
    ) {
      return [];
    }
    // Sound: authenticated bytes of a type whose schema has these fields.
    const { target, drops } = content.fields as unknown as { target: string; drops: string[] };
    return [{ target, drops, resealedAt: header.version + 1, below: header.key }];
  });
}

/** The version of the last reseal of an event that a stream holds, whether its old key is gone yet or not. */
function lastResealOf(event: string, opened: readonly OpenedEvent[]): number | null {
  const last = opened.findLast(
    ({ header, content }) =>
      header.type === 'SensitiveDataRedacted' &&
      content.state === 'sealed' &&
      content.fields['target'] === event,
  );
  return last === undefined ? null : last.header.version + 1;
}

function saltedFields(
  { header, content }: OpenedEvent,
  opened: readonly OpenedEvent[],
): Readonly<Record<string, SaltedValue>> {
  // A field that an earlier order took out must not come back from the original, which can still be
  // open when that order waits for its shred.
  const reseal = lastResealOf(header.id, opened);
  if (reseal !== null) {
    return keptFields(opened, reseal);
  }
  assert(content.state === 'sealed', 'an event without a reseal has its own key');
  return saltedValues(content.seed, content.fields);
}
