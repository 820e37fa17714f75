import { erase } from './erase.js';
import { killAtStep } from './killAtStep.js';
import type { Subject } from './redactionSubject.js';

// Erases in a process that dies at the n-th step: before a change where n is odd, after it where n is even.

const [folder = '', subjectJson = '{}', killAt = '0', what = 'redact'] = process.argv.slice(2);
const subject = JSON.parse(subjectJson) as Subject;
await erase(folder, subject, what === 'dispose' ? 'dispose' : 'redact', killAtStep(Number(killAt)));
