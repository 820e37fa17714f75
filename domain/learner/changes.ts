import { isRedacted } from '../redaction.js';
import type { Values } from './state.js';

/** The names in `changes` whose value differs from the current one. A redacted value differs from every other. */
export function changedFields(changes: Values, current: Values): readonly string[] {
  return Object.entries(changes)
    .filter(([name, value]) => value !== undefined && value !== current[name])
    .map(([name]) => name);
}

/** The values after changes that a command names; a field named as `undefined` stays. */
export function withChanges(current: Values, changes: Values): Values {
  const named = Object.entries(changes).filter(([, value]) => value !== undefined);
  return { ...current, ...Object.fromEntries(named) };
}

/** Every field of a shape, as `{to}` where it changes and `null` where it stays. */
export function changesFor(shape: Values, changes: Values, current: Values): Values {
  const changed = new Set(changedFields(changes, current));
  return Object.fromEntries(
    Object.keys(shape).map((name) => [name, changed.has(name) ? { to: changes[name] } : null]),
  );
}

/**
 * The names whose submitted value differs from the recorded one, where a redacted value counts as
 * equal: a source that sends an entry again must not bring back what was taken out.
 */
export function differingFields(submitted: Values, current: Values): readonly string[] {
  return changedFields(submitted, current).filter((name) => !isRedacted(current[name]));
}

/** The submitted values that differ from the recorded ones, as `differingFields` finds them. */
export function differingValues<Submitted extends Values>(
  submitted: Submitted,
  current: Values,
): Partial<Submitted> {
  const differing = differingFields(submitted, current).map((name) => [name, submitted[name]]);
  // Sound: fields of `submitted`, each with its own value.
  return Object.fromEntries(differing) as Partial<Submitted>;
}
