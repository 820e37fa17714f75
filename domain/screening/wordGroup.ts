import type { ScreeningWord } from './screening.js';

/** Phrases of one category that are flagged in the same contexts, apart by commas. */
export type WordGroup = Omit<ScreeningWord, 'phrase'> & { readonly phrases: string };
