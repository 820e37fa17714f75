import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { Actor } from '../../domain/actor.js';
import { Purpose } from '../../domain/purpose.js';
import { CalendarDate, Instant } from '../../domain/values/date.js';
import { Ukprn } from '../../domain/values/ukprn.js';
import { Uln } from '../../domain/values/uln.js';
import type { Point } from '../../projections/live/point.js';
import { parseInput } from '../request/input.js';
import type { Request } from '../request/request.js';
import type { CliContext } from './context.js';
import { usageError } from './exitCodes.js';

/** The options of every command that records. */
export type RecordingOptions = {
  readonly as?: string;
  readonly purpose?: string;
  readonly commandId?: string;
  readonly expectedVersion?: string;
};

/** The options that choose a point of a learner's history. */
export type PointOptions = {
  readonly asAt?: string;
  readonly validAt?: string;
  readonly atVersion?: string;
};

/** The help of every argument that takes a ULN. */
export const ULN_ARGUMENT = 'the ULN, or - to read it from standard input';

const USER_AT_UKPRN = /^([A-Za-z0-9][A-Za-z0-9._-]{0,34})@(\d{8})$/;
/** As-at answers are repeatable: nothing recorded later can carry an instant this far back. */
const MIN_AGE_MS = 30_000;

/** Adds `--as`, `--purpose` and `--command-id`. */
export function recording(
  command: Command,
  commandIdHelp = 'names the command: the same again returns the first receipt',
): Command {
  return command
    .option('--as <who>', 'who acts: USER@UKPRN or "learner"; without it the keeper (PLR_AS)')
    .addOption(
      new Option('--purpose <code>', 'for what it is recorded (PLR_PURPOSE)').choices(
        Purpose.options,
      ),
    )
    .option('--command-id <uuid>', commandIdHelp)
    .option('--json', 'print the receipt as JSON');
}

/** Adds `--as-at`, `--valid-at` and `--at-version`. */
export function point(command: Command): Command {
  return command
    .option('--as-at <when>', 'what was known then: an instant, a date (its end, UTC), or "now"')
    .option('--valid-at <date>', 'what is known to have been so on that date')
    .option('--at-version <n>', 'the first n events of the stream');
}

/** Who asks and for what, from the options, the environment, or the command's own default purpose. */
export function requestFrom(
  context: CliContext,
  options: RecordingOptions,
  defaultPurpose: Purpose,
): Request {
  const { by, user } = parseActor(options.as ?? context.config.as);
  const request = {
    by,
    user,
    purpose: parseInput(Purpose, options.purpose ?? context.config.purpose ?? defaultPurpose),
    commandId:
      options.commandId === undefined
        ? context.newId()
        : parseInput(
            z.uuid({ error: 'expected --command-id to be a UUID' }),
            options.commandId.toLowerCase(),
          ),
    ...(options.expectedVersion === undefined
      ? {}
      : { expectedVersion: parseCount(options.expectedVersion, '--expected-version') }),
  };
  context.note({ request });
  return request;
}

/** The organisation that acts. Throws where the keeper or the learner does. */
export function organisationOf(request: Request): Ukprn {
  if (request.by.kind !== 'organisation') {
    throw usageError(
      'expected the source of the entry to act, --as USER@UKPRN, found the keeper or the learner',
    );
  }
  return request.by.ukprn;
}

/** The ULN of an argument; `-` reads it from standard input, so that it stays out of shell history. */
export async function readUln(context: CliContext, argument: string): Promise<Uln> {
  const text = argument === '-' ? (await context.readStdin()).trim() : argument;
  const uln = parseInput(Uln, text);
  context.note({ uln });
  return uln;
}

/** The point of a history that the options choose. Refuses an as-at that could still change its answer. */
export function pointFrom(context: CliContext, options: PointOptions): Point {
  const { asAt, validAt, atVersion } = options;
  return {
    asAt: asAt === undefined || asAt === 'now' ? null : settledInstant(context, asAt),
    validAt: validAt === undefined ? null : parseDate(validAt),
    version: atVersion === undefined ? null : parseCount(atVersion, '--at-version'),
  };
}

function parseDate(text: string): CalendarDate {
  const date = CalendarDate.safeParse(text);
  if (!date.success) {
    throw usageError('expected --valid-at to be a date that exists, written YYYY-MM-DD');
  }
  return date.data;
}

/** A whole number of at least 1 from an option's text. */
export function parseCount(text: string, name: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw usageError(`expected ${name} to be a whole number from 1, found something else`);
  }
  return Number(text);
}

/** Refuses a version that the stream has not come to: there is nothing to show for it. */
export function requireVersion({ version }: Point, count: number): void {
  if (version !== null && version > count) {
    throw usageError(`expected a version up to ${count}, found a later one`);
  }
}

/** An object of JSON from a file or, with `-`, from standard input. */
export async function readJsonInput(
  context: CliContext,
  source: string | undefined,
): Promise<Record<string, unknown>> {
  if (source === undefined) {
    return {};
  }
  const content = source === '-' ? await context.readStdin() : await readFile(source, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    // The parser's own message repeats the input, which is personal data.
    throw usageError('expected --input to hold JSON, found something else');
  }
  return parseInput(z.record(z.string(), z.unknown()), value);
}

function parseActor(as: string | null): { readonly by: Actor; readonly user: string | null } {
  if (as === null) {
    return { by: { kind: 'keeper' }, user: null };
  }
  if (as === 'learner') {
    return { by: { kind: 'learner' }, user: null };
  }
  const [, user, ukprn] = USER_AT_UKPRN.exec(as) ?? [];
  if (user === undefined) {
    throw usageError(
      'expected --as to be USER@UKPRN (an opaque user id and eight digits) or "learner", found something else',
    );
  }
  return { by: { kind: 'organisation', ukprn: parseInput(Ukprn, ukprn) }, user };
}

function settledInstant(context: CliContext, text: string): Instant {
  const asDate = CalendarDate.safeParse(text);
  const parsed = Instant.safeParse(
    asDate.success ? `${asDate.data}T23:59:59.999Z` : normalised(text),
  );
  if (!parsed.success) {
    throw usageError(
      'expected --as-at to be a date (2025-08-31), an instant (2025-08-31T12:00:00Z) or "now", found something else',
    );
  }
  const instant = parsed.data;
  const latest = Date.parse(context.clock()) - MIN_AGE_MS;
  if (Date.parse(instant) > latest) {
    throw usageError(
      `expected --as-at to be at least 30 s ago, so that the answer stays the same, found a later one${asDate.success ? ' (a date means its end)' : ''}; --as-at now shows the head`,
    );
  }
  return instant;
}

/** An instant written with fewer decimals or another offset, in the form the ledger writes. */
function normalised(text: string): string {
  const hasZone = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(
    text,
  );
  const date = new Date(hasZone ? text : Number.NaN);
  return Number.isNaN(date.getTime()) ? text : date.toISOString();
}
