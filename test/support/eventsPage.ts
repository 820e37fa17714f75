import { z } from 'zod';
import { redactableFields } from '../../domain/redaction.js';
import { currentSchema, eventTables } from '../../src/journal/eventTables.js';

/** The text of `docs/events.md`, from the schemas: every event, its meaning, its fields. */
export function eventsPage(): string {
  const families = Object.entries(eventTables).map(([family, table]) => {
    const events = Object.entries(table.definitions).map(
      ([type, { meaning, validFrom, schema }]) => {
        const redactable = new Set(redactableFields(schema));
        const properties = z.toJSONSchema(schema, {
          io: 'output',
          unrepresentable: 'any',
        }).properties;
        const rows = Object.entries(properties ?? {}).map(
          ([name, field]) =>
            `| \`${name}\` | ${formOf(field)} | ${redactable.has(name) ? 'yes' : ''} |`,
        );
        const from = validFrom === null ? 'the UTC date of recording' : `\`${validFrom}\``;
        return [
          `### ${type}`,
          '',
          meaning,
          '',
          `Schema version ${currentSchema(table, type)}. True from: ${from}.`,
          '',
          '| field | form | redactable |',
          '|---|---|---|',
          ...rows,
        ].join('\n');
      },
    );
    const kept = table.sealed ? 'sealed' : 'in clear, free of personal data';
    return [`## Streams \`${family}…\` (${kept})`, ...events].join('\n\n');
  });
  return `${[HEAD, ...families].join('\n\n')}\n`;
}

const HEAD = `# Events

Every event the ledger records, generated from the schemas in \`domain/\`. An optional field is an
explicit \`null\`. A redactable field may hold the marker \`{redacted, on, order, basis}\` instead of a
value. Besides its own fields, every event carries \`_organisation\`, \`_user\` and \`_purpose\`.`;

type JsonSchema = Exclude<z.core.JSONSchema._JSONSchema, boolean>;

/** A field's form in a few words. */
function formOf(field: z.core.JSONSchema._JSONSchema): string {
  if (typeof field === 'boolean') {
    return 'any JSON';
  }
  const options = field.anyOf?.filter((option) => !isMarker(option));
  if (options !== undefined) {
    return options.map(formOf).join(' or ');
  }
  if (field.const !== undefined || field.enum !== undefined) {
    return (field.enum ?? [field.const])
      .map((value) => `\`${JSON.stringify(value)}\``)
      .join(' or ');
  }
  // A nullable type is written as a list of types.
  return [field.type ?? 'any']
    .flat()
    .map((type) => plainForm(type, field))
    .join(' or ');
}

function plainForm(type: string, field: JsonSchema): string {
  switch (type) {
    case 'object': {
      const names = Object.entries(field.properties ?? {}).map(
        ([name, part]) => `${name}: ${formOf(part)}`,
      );
      return names.length === 0 ? 'object by name' : `{${names.join(', ')}}`;
    }
    case 'array':
      return 'list';
    case 'string':
      return field.format === 'uuid' ? 'UUID' : 'text';
    case 'integer':
      return 'whole number';
    case 'null':
      return 'null';
    case 'number':
    case 'boolean':
      return type;
    default:
      return 'any JSON';
  }
}

function isMarker(option: z.core.JSONSchema._JSONSchema): boolean {
  return typeof option !== 'boolean' && option.properties?.['redacted'] !== undefined;
}
