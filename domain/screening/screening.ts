import { z } from 'zod';

/** What the privacy notice calls sensitive, in neutral codes. */
export const ScreeningCategory = z.enum([
  'ethnic-origin',
  'health',
  'religion',
  'union',
  'offence',
]);
export type ScreeningCategory = z.infer<typeof ScreeningCategory>;

/**
 * Where a word stands: free text, the name of a provider or school, the name of a subject, an address.
 * "Health and Social Care" is what many study; "hospital school" says where somebody was taught.
 */
const ScreeningContext = z.enum(['text', 'provider', 'subject', 'address']);
type ScreeningContext = z.infer<typeof ScreeningContext>;

/** A word or phrase that is flagged where it stands in one of the contexts. */
export const ScreeningWord = z.strictObject({
  phrase: z.string().min(2).max(100),
  category: ScreeningCategory,
  contexts: z.array(ScreeningContext).min(1),
});
export type ScreeningWord = z.infer<typeof ScreeningWord>;

/** What is looked for, and phrases that are never flagged although a word of them is. */
export type ScreeningList = {
  readonly words: readonly ScreeningWord[];
  readonly allowed: readonly string[];
};

/** Words of a category in a field. What the words were is not said: it would repeat the data. */
type ScreeningHit = { readonly field: string; readonly category: ScreeningCategory };

/** Finds words of sensitive categories in fields by their names. Values that are no text are passed over. */
export type Screen = (fields: Readonly<Record<string, unknown>>) => readonly ScreeningHit[];

/** What kind of text a field holds; fields not named here are not screened. */
const contexts: Readonly<Record<string, ScreeningContext>> = {
  notes: 'text',
  otherVerificationDescription: 'text',
  reason: 'text',
  evidenceReference: 'text',
  grade: 'text',
  schoolAtAge16: 'provider',
  learningProviderName: 'provider',
  awardingOrganisationName: 'provider',
  subject: 'subject',
  qualificationType: 'subject',
  placeOfBirth: 'address',
  lastKnownAddressLine1: 'address',
  lastKnownAddressLine2: 'address',
  lastKnownAddressTown: 'address',
  lastKnownAddressCountyOrCity: 'address',
};

type Phrase<Meaning> = { readonly words: readonly string[]; readonly meaning: Meaning };
type Index<Meaning> = ReadonlyMap<string, readonly Phrase<Meaning>[]>;

/**
 * Prepares a list for screening. Whole words are compared, without case, accents and punctuation; a
 * word that is part of an allowed phrase counts for nothing there.
 */
export function createScreen(list: ScreeningList): Screen {
  const sought = indexOf(list.words, ({ phrase }) => phrase);
  const allowed = indexOf(list.allowed, (phrase) => phrase);
  return (fields) =>
    Object.entries(fields).flatMap(([field, value]) => {
      const context = Object.hasOwn(contexts, field) ? contexts[field] : undefined;
      const text = textOf(value);
      if (context === undefined || text === null) {
        return [];
      }
      const words = wordsOf(text);
      const allowedWords = new Set(
        matches(allowed, words).flatMap(({ start, length }) =>
          Array.from({ length }, (_, index) => start + index),
        ),
      );
      const found = matches(sought, words)
        .filter(({ meaning }) => meaning.contexts.includes(context))
        .filter(
          ({ start, length }) =>
            !Array.from({ length }, (_, index) => start + index).some((at) => allowedWords.has(at)),
        )
        .map(({ meaning }) => meaning.category);
      return [...new Set(found)].map((category) => ({ field, category }));
    });
}

/** A phrase as it is compared: small letters without accents, words apart by one space. */
export function comparedPhrase(phrase: string): string {
  return wordsOf(phrase).join(' ');
}

/** The text of a field, also where an event holds it as a change. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') {
    return value;
  }
  return typeof value === 'object' &&
    value !== null &&
    'to' in value &&
    typeof value.to === 'string'
    ? value.to
    : null;
}

function wordsOf(text: string): readonly string[] {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    // H.M.P. is one word, and so is "children's".
    .replaceAll(/(?<=(?<!\p{L})\p{L})\.(?=\p{L}(?!\p{L}))/gu, '')
    .replaceAll(/(?<=\p{L})['’](?=\p{L})/gu, '');
  return plain.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function indexOf<Meaning>(
  meanings: readonly Meaning[],
  phraseOf: (meaning: Meaning) => string,
): Index<Meaning> {
  const index = new Map<string, Phrase<Meaning>[]>();
  for (const meaning of meanings) {
    const words = wordsOf(phraseOf(meaning));
    const [first] = words;
    if (first !== undefined) {
      index.set(first, [...(index.get(first) ?? []), { words, meaning }]);
    }
  }
  return index;
}

function matches<Meaning>(index: Index<Meaning>, words: readonly string[]) {
  return words.flatMap((word, start) =>
    (index.get(word) ?? [])
      .filter((phrase) => phrase.words.every((part, at) => words[start + at] === part))
      .map(({ words: { length }, meaning }) => ({ start, length, meaning })),
  );
}
