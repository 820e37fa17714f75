import { isRedacted } from '../../domain/redaction.js';

/** One difference between two JSON values: where, and what stood and stands there (`undefined` for nothing). */
export type Change = {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly after: unknown;
};

/**
 * What differs between two JSON values. Objects are compared field by field; lists whose items carry
 * a `key` are compared by it, so that an item put in front does not look like a change of them all.
 */
export function diff(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): readonly Change[] {
  const [one, other] = [fieldsOf(before), fieldsOf(after)];
  if (one === null || other === null) {
    return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
  }
  const names = new Set([...one.keys(), ...other.keys()]);
  return [...names].flatMap((name) => diff(one.get(name), other.get(name), [...path, name]));
}

/** The parts of a value to compare one by one, or `null` for a value that is compared whole. */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (Array.isArray(value)) {
    return value.every((item) => typeof item === 'object' && item !== null && 'key' in item)
      ? new Map(value.map((item: { key: unknown }) => [String(item.key), item]))
      : null;
  }
  return typeof value === 'object' && value !== null && !isRedacted(value)
    ? new Map(Object.entries(value))
    : null;
}
