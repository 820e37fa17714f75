import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { environmentSchema } from '../src/config.js';
import { temporaryFolder } from './support/ledger.js';

const page = readFileSync(new URL('../docs/embedding.md', import.meta.url), 'utf8');

function sourceOf(name: string): string {
  return readFileSync(new URL(`../docs/examples/${name}.ts`, import.meta.url), 'utf8');
}

function run(name: string, cwd: string): string {
  const script = fileURLToPath(new URL(`../dist/docs/examples/${name}.js`, import.meta.url));
  return execFileSync(process.execPath, [script], { cwd, encoding: 'utf8' });
}

test.each(['issueAndRecord', 'followAchievements'])('the page shows %s as it is', (name) => {
  expect(page).toContain(sourceOf(name).trim());
});

test('a service issues a ULN, records, and another follows what was achieved, once', () => {
  const folder = temporaryFolder();
  expect(run('issueAndRecord', folder)).toBe(
    '601/0143/X: Pass, achieved\nAt version 1: 0 qualifications\n',
  );
  expect(run('followAchievements', folder)).toBe('601/0143/X: Pass\n');
  expect(run('followAchievements', folder)).toBe('');
});

test('the page on subscribing shows its service as it is', () => {
  const subscribing = readFileSync(new URL('../docs/subscribing.md', import.meta.url), 'utf8');
  expect(subscribing).toContain(sourceOf('subscribe').trim());
});

test('the compose file names only volumes, services and variables that there are', () => {
  const text = readFileSync(new URL('../docs/examples/compose.yaml', import.meta.url), 'utf8');
  const { services, volumes } = parse(text, { merge: true }) as {
    services: Record<
      string,
      { volumes: string[]; depends_on?: string[]; environment?: Record<string, string> }
    >;
    volumes: Record<string, null>;
  };
  for (const { volumes: mounted, depends_on: needed = [], environment = {} } of Object.values(
    services,
  )) {
    expect(Object.keys(volumes)).toEqual(
      expect.arrayContaining(mounted.map((one) => one.split(':')[0])),
    );
    expect(Object.keys(services)).toEqual(expect.arrayContaining(needed));
    expect(Object.keys(environmentSchema.shape)).toEqual(
      expect.arrayContaining(Object.keys(environment)),
    );
  }
  expect(Object.keys(services)).toEqual(['one', 'two', 'n0', 'n1', 'n2']);
});
