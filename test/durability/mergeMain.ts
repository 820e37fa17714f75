import { killAtStep } from './killAtStep.js';
import { mergeAndUnmerge } from './mergeAndUnmerge.js';
import type { Pair } from './mergeSubject.js';

// Merges two ULNs and undoes it in a process that dies at the n-th step: before a change where n is odd,
// after it where n is even.

const [folder = '', pairJson = '[]', killAt = '0'] = process.argv.slice(2);
await mergeAndUnmerge(folder, JSON.parse(pairJson) as Pair, killAtStep(Number(killAt)));
