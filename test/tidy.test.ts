import { readdirSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createContext } from '../src/cli/context.js';
import { createProgram } from '../src/cli/program.js';
import { createSystemClock } from '../src/clock.js';
import { environmentSchema } from '../src/config.js';
import { currentSchema, eventTables, toDomainEvent } from '../src/journal/eventTables.js';
import { eventsPage } from './support/eventsPage.js';

const root = new URL('../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const sources = ['domain', 'streams', 'projections', 'src'].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);
const manuals = `${read('README.md')}\n${read('docs/operating.md')}`;

const MAX_FILE_LINES = 250;
const MAX_FUNCTION_LINES = 70;

describe.each(sources)('%s', (path) => {
  const lines = read(path).split('\n');

  test('says of every export what it is', () => {
    const undocumented = lines.filter((line, index) => {
      const name = /^export (?:async )?(?:function\*?|const|type|class) (\w+)/.exec(line)?.[1];
      const before = lines[index - 1] ?? '';
      // A schema and its type have one name and one comment.
      const isTypeOfSchema = line.startsWith(`export type ${name} = z.infer<typeof ${name}>`);
      return name !== undefined && !isTypeOfSchema && !/\*\/$|^\/\/ biome-ignore/.test(before);
    });
    // Parts of one subject that stand together share the comment above the first.
    expect(undocumented.filter((line) => !isContinued(lines, line))).toEqual([]);
  });

  test(`has at most ${MAX_FILE_LINES} lines, and no function over ${MAX_FUNCTION_LINES}`, () => {
    expect(lines.length).toBeLessThanOrEqual(MAX_FILE_LINES + 1);
    expect(longFunctions(lines)).toEqual([]);
  });

  test('leaves nothing for later', () => {
    expect(lines.filter((line) => /\b(TODO|FIXME|XXX|HACK)\b/.test(line))).toEqual([]);
  });
});

function isContinued(lines: readonly string[], line: string): boolean {
  const index = lines.indexOf(line);
  return (
    (lines[index - 1] ?? '').startsWith('} as const') ||
    /^export const/.test(lines[index - 1] ?? '')
  );
}

/** Functions of the top level and of closures that are too long; what only nests others does not count. */
function longFunctions(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, start) => {
    const indent = /^( *)(?:export )?(?:async )?function/.exec(line)?.[1];
    if (indent === undefined) {
      return [];
    }
    const end = lines.findIndex((other, index) => index > start && other === `${indent}}`);
    const body = lines.slice(start, end);
    const nests = body.slice(1).some((inner) => /^ *(?:async )?function/.test(inner));
    return !nests && end - start > MAX_FUNCTION_LINES ? [line.trim()] : [];
  });
}

describe('the house', () => {
  const page = read('docs/architecture.md');
  const foldersOf = (paths: readonly string[]) =>
    [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf('/'))))].sort();
  const rooms = foldersOf(sources);
  const walls = (
    JSON.parse(read('biome.json')) as { overrides: { includes: string[] }[] }
  ).overrides
    .flatMap(({ includes }) => includes)
    .filter((pattern) => !pattern.startsWith('!'));

  test.each([...page.matchAll(/`([a-z]+\/[A-Za-z/]+\.ts)`/g)].map(([, path]) => path ?? ''))(
    'has %s, which its page names',
    (path) => {
      expect(sources).toContain(path);
    },
  );

  const walled = rooms.flatMap((room) => {
    // The files of this root are no floor of their own: each has its wall.
    if (room === 'src') {
      return sources.filter((path) => /^src\/\w+\.ts$/.test(path));
    }
    return rooms.some((other) => other.startsWith(`${room}/`)) ? [`${room}/*.ts`] : [`${room}/**`];
  });
  test.each(walled)('has a wall round %s', (pattern) => {
    expect(walls).toContain(pattern);
  });

  test.each(rooms)('has %s on its picture', (room) => {
    const [name = ''] = room.split('/').slice(-1);
    const picture = page.slice(page.indexOf('## Rooms'), page.indexOf('## Six'));
    expect(picture).toMatch(new RegExp(`^.* ?\\b${name}\\b`, 'm'));
  });

  // Whoever writes a file has a path that was checked (streams/output.ts), or keeps the ledger's own.
  test('writes files in these places alone', () => {
    const writing =
      /\b(writeFile|appendFile|createWriteStream|copyFile|cp|rename|mkdir|mkdtemp|symlink|link|truncate|openSync|open)(Sync)?\b/;
    const writers = sources.filter((path) =>
      [...read(path).matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g)].some(
        ([, names = '']) => writing.test(names),
      ),
    );
    expect(writers.toSorted()).toEqual([
      'src/cli/demo.ts',
      'src/cli/demoScenes.ts',
      'src/imports/resultFile.ts',
      'src/ledger/memoryLedger.ts',
      'streams/output.ts',
      'streams/segments/file.ts',
      'streams/sqlite/file.ts',
      'streams/vault/master.ts',
    ]);
  });

  test('has its tests where its sources are', () => {
    const tests = foldersOf(
      readdirSync(new URL('test', root), { recursive: true, encoding: 'utf8' }).filter((name) =>
        /^(domain|streams|projections|src)\/.*\.ts$/.test(name),
      ),
    );
    const elsewhere = tests.filter((folder) => !rooms.includes(folder));
    // What every engine runs, and a server that is played.
    expect(elsewhere).toEqual(['streams/contract', 'streams/eventstoredb/double']);
  });
});

describe('events', () => {
  const fixtures = readdirSync(new URL('test/fixtures/events', root)).map((name) => ({
    name,
    event: JSON.parse(read(`test/fixtures/events/${name}`)) as {
      stream: string;
      type: string;
      schema: number;
      data: Record<string, unknown>;
    },
  }));
  const versions = Object.values(eventTables).flatMap((table) =>
    Object.keys(table.definitions).flatMap((type) =>
      Array.from(
        { length: currentSchema(table, type) },
        (_, index) => `${type}.v${index + 1}.json`,
      ),
    ),
  );

  test('have a fixture for every type and version ever written', () => {
    const names = fixtures.map(({ name }) => name);
    expect(versions.filter((name) => !names.includes(name))).toEqual([]);
  });

  test.each(fixtures)('read $name', ({ event: { stream, type, schema, data } }) => {
    expect(toDomainEvent(stream, type, schema, data).type).toBe(type);
  });

  test('are described by a page that is what the schemas generate (npm run docs)', () => {
    expect(read('docs/events.md')).toBe(eventsPage());
  });
});

describe('the manuals', () => {
  const stream = new PassThrough();
  const context = createContext({
    environment: {},
    stdin: stream,
    stdout: stream,
    stderr: stream,
    clock: createSystemClock(),
    newId: () => '',
    signal: new AbortController().signal,
  });
  const program = createProgram(context, () => undefined);
  const commands = leaves(program, 'plr');

  test.each([...commands.keys()])('name the command %s', (path) => {
    expect(manuals).toContain(path);
  });

  test.each(Object.keys(environmentSchema.shape))('name the variable %s', (name) => {
    expect(manuals).toContain(name);
  });

  test('show only commands and options that there are', () => {
    const shown = [...manuals.matchAll(/^\s*(?:npx )?(plr [a-z][^\n#|`]*)/gm)].map(
      ([, line]) => line ?? '',
    );
    const wrong = shown.filter((line) => {
      const path = [...commands.keys()].find((known) => `${line} `.startsWith(`${known} `));
      const command = path === undefined ? undefined : commands.get(path);
      const known = command?.options.map(({ long }) => long) ?? [];
      const given = line.match(/(?<= )--[a-z-]+/g) ?? [];
      return command === undefined || given.some((option) => !known.includes(option));
    });
    expect(shown.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });
});

/** Every command that does something, by its full name. */
function leaves(command: Command, path: string): ReadonlyMap<string, Command> {
  if (command.commands.length === 0) {
    return new Map([[path, command]]);
  }
  return new Map(command.commands.flatMap((sub) => [...leaves(sub, `${path} ${sub.name()}`)]));
}
