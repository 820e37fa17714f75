import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { expect, test } from 'vitest';
import { asyncapiPage } from '../../support/asyncapiPage.js';

test('the description of the messages is what the schemas generate (npm run docs)', () => {
  expect(readFileSync('docs/asyncapi.yaml', 'utf8')).toBe(asyncapiPage());
});

test('the description of the messages is valid AsyncAPI 3, with nothing to complain of', async () => {
  const { document, diagnostics } = await new Parser().parse(asyncapiPage());
  expect(diagnostics.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(document?.channels().length).toBe(8);
});
