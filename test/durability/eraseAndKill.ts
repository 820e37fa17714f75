import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Subject } from './redactionSubject.js';

const CHILD = fileURLToPath(new URL('../../dist/test/durability/redactMain.js', import.meta.url));

/** Erases in a process that is killed at a step; true when it was, false where there are fewer steps. */
export function eraseAndKill(
  folder: string,
  subject: Subject,
  what: 'redact' | 'dispose',
  killAt: number,
): Promise<boolean> {
  const args = [CHILD, folder, JSON.stringify(subject), String(killAt), what];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, _, stderr) => {
      if (error !== null && error.signal !== 'SIGKILL') {
        reject(new Error(stderr));
      } else {
        resolve(error !== null);
      }
    });
  });
}
