import type { z } from 'zod';
import { DomainError } from '../../domain/errors.js';

/**
 * Parses what came in from outside. Throws `ERR_INPUT_INVALID`, which names every field and what was
 * expected of it, and never repeats a value: values are personal data.
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  // Whether anything was given can be told; what was given is not repeated.
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) {
    return parsed.data;
  }
  throw new DomainError('ERR_INPUT_INVALID', parsed.error.issues.map(describe).join('; '));
}

function describe(issue: z.core.$ZodIssue): string {
  const path = issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  return `${path}${expectation(issue)}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  const found = issue.input === undefined ? 'nothing' : 'something else';
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected)}, found ${found}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}, found ${found}`;
    case 'unrecognized_keys':
      return `expected only known fields, found ${issue.keys.length} other${issue.keys.length === 1 ? '' : 's'}`;
    case 'invalid_format':
    case 'custom':
      return issue.message.startsWith('expected') ? issue.message : `expected ${issue.code}`;
    case 'too_big':
      return `expected at most ${issue.maximum}`;
    case 'too_small':
      return `expected at least ${issue.minimum}`;
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      return 'expected another form';
  }
}

function article(type: string): string {
  switch (type) {
    case 'string':
      return 'text';
    case 'int':
    case 'number':
      return 'a whole number';
    case 'object':
      return 'an object';
    default:
      return type;
  }
}
