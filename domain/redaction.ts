import { z } from 'zod';
import { Instant } from './values/date.js';

/** Why something is made unreadable: neutral codes, because orders are recorded in clear. */
export const ErasureBasis = z.enum([
  'recorded-in-error',
  'special-category-data',
  'unlawful-processing',
  'data-subject-request',
  'court-order',
]);
export type ErasureBasis = z.infer<typeof ErasureBasis>;

/** What stands where a redacted value was. A type of its own, never `null`, so that no rule mistakes it for a value. */
export const RedactionMarker = z.strictObject({
  redacted: z.literal(true),
  on: Instant,
  order: z.uuid(),
  basis: ErasureBasis,
});
export type RedactionMarker = z.infer<typeof RedactionMarker>;

/** A value that may have been redacted. */
export type Redactable<Value> = Value | RedactionMarker;

/** True for the marker, which no value of any field can look like. */
export function isRedacted(value: unknown): value is RedactionMarker {
  return typeof value === 'object' && value !== null && 'redacted' in value;
}

const redactableSchemas = new WeakSet<object>();

/** A field that can be redacted: its schema, or the marker. Fields not declared so cannot be redacted at all. */
export function redactable<Schema extends z.ZodType>(schema: Schema) {
  const union = z.union([schema, RedactionMarker]).meta({ redactable: true });
  redactableSchemas.add(union);
  return union;
}

/** Every field of a shape made redactable. */
export function redactableShape<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = Object.entries(shape).map(([name, schema]) => [
    name,
    redactable(schema as z.ZodType),
  ]);
  // Sound: the entries are those of `shape`, each wrapped by `redactable`.
  return Object.fromEntries(fields) as {
    [Name in keyof Shape]: ReturnType<typeof redactable<Shape[Name] & z.ZodType>>;
  };
}

/** The names of the fields of an event's schema that can be redacted. */
export function redactableFields(schema: z.ZodObject): readonly string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => redactableSchemas.has(field))
    .map(([name]) => name);
}
