import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { DomainError } from '../../domain/errors.js';
import type { EntryReference } from '../../domain/learner/entry/entries.js';
import { subjectOf } from '../../domain/learner/entry/subjects.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import type { Learner } from '../../domain/learner/state.js';
import {
  comparedPhrase,
  createScreen,
  type Screen,
  type ScreeningList,
  ScreeningWord,
} from '../../domain/screening/screening.js';
import { standardWords } from '../../domain/screening/words.js';
import { canonicalize } from '../../streams/canonicalJson.js';
import { eventId, followUpCommandId } from '../journal/identifiers.js';
import type { Recording } from '../journal/recording.js';
import { parseInput } from '../request/input.js';

/** A list of words ready for use, and its digest, by which a flag names the list it was made with. */
export type Screening = { readonly screen: Screen; readonly digest: string };

/** What a file changes in the standard list. */
const ScreeningFile = z.strictObject({
  add: z.array(ScreeningWord).default([]),
  /** Phrases of the list that are not looked for. */
  remove: z.array(z.string()).default([]),
  /** Phrases that are never flagged although a word of them is. */
  allow: z.array(z.string().min(2).max(100)).default([]),
});

/** What a file of words may say. */
export type ScreeningFileInput = z.input<typeof ScreeningFile>;

/** Events that are about sensitive data: what they say of it is no news. */
const NOT_SCREENED = ['ReviewReported', 'ReviewDismissed', 'QuarantineLifted'];

/** Screening by the list of words that comes with the ledger. */
export const standardScreening: Screening = createScreening(standardWords);

/**
 * Screening by the standard list as a JSON file changes it: `{add, remove, allow}`. Throws
 * `ERR_SCREENING_FILE` where the file cannot be read, is another kind of file, or removes phrases that
 * are not in the list.
 */
export async function readScreening(path: string | null): Promise<Screening> {
  if (path === null) {
    return standardScreening;
  }
  const { add, remove, allow } = parseFile(await readText(path));
  const removed = new Set(remove.map(comparedPhrase));
  const known = new Set(standardWords.words.map(({ phrase }) => comparedPhrase(phrase)));
  const unknown = [...removed].filter((phrase) => !known.has(phrase));
  if (unknown.length > 0) {
    throw refusal(`expected to remove phrases of the list, found ${unknown.length} not in it`);
  }
  return createScreening({
    words: [
      ...standardWords.words.filter(({ phrase }) => !removed.has(comparedPhrase(phrase))),
      ...add,
    ],
    allowed: [...standardWords.allowed, ...allow],
  });
}

/** Flags for what screening finds in events that a command records, to be recorded right after them. */
export function flagsFor(
  events: readonly LearnerEvent[],
  state: Learner,
  { stream, recording }: { readonly stream: string; readonly recording: Recording },
  { screen, digest }: Screening,
): readonly LearnerEvent[] {
  return events.flatMap((event, index) => {
    const hits = NOT_SCREENED.includes(event.type) ? [] : screen(event.data);
    if (hits.length === 0) {
      return [];
    }
    const flagged = eventId({ ...recording, stream, index });
    const data = {
      flagId: followUpCommandId(flagged, 'flag'),
      event: flagged,
      entry: entryOf(event, state),
      fields: [...new Set(hits.map(({ field }) => field))],
      categories: [...new Set(hits.map(({ category }) => category))],
      list: digest,
    };
    return [{ type: 'ReviewFlagged', data } as const];
  });
}

/** The entry that an event is on, by itself or by the challenge that it goes on with. */
function entryOf(event: LearnerEvent, state: Learner): EntryReference | null {
  const subject = subjectOf(event);
  if (subject.kind === 'entry' || (subject.kind === 'case' && subject.entry !== undefined)) {
    return subject.entry ?? null;
  }
  return state.status === 'issued' && 'challengeId' in event.data
    ? (state.challenges.get(event.data.challengeId)?.raised.entry ?? null)
    : null;
}

function createScreening(list: ScreeningList): Screening {
  const words = list.words.map(({ phrase, category, contexts }) => [
    comparedPhrase(phrase),
    category,
    contexts.toSorted(),
  ]);
  const text = canonicalize({
    words: words.map((word) => JSON.stringify(word)).toSorted(),
    allowed: list.allowed.map(comparedPhrase).toSorted(),
  });
  return {
    screen: createScreen(list),
    digest: createHash('sha256').update(text).digest('base64url'),
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw refusal('expected a file that can be read, found none', { cause });
  }
}

function parseFile(text: string): z.output<typeof ScreeningFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusal('expected JSON, found something else');
  }
  try {
    return parseInput(ScreeningFile, value);
  } catch (error) {
    throw error instanceof DomainError ? refusal(error.message, { cause: error }) : error;
  }
}

function refusal(message: string, options?: ErrorOptions): DomainError {
  return new DomainError('ERR_SCREENING_FILE', `PLR_SCREENING: ${message}`, options);
}
