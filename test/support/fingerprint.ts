import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Digest and mode of every file under a folder, but for what SQLite keeps beside its files while it works. */
export function fingerprint(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const entries = files
    .filter((file) => file.isFile() && !/-(wal|shm)$/.test(file.name))
    .map((file) => join(file.parentPath, file.name))
    .map((path) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [path, `${digest} ${statSync(path).mode.toString(8)}`];
    });
  return Object.fromEntries(entries);
}
