import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { DomainError } from '../../domain/errors.js';

/** The answers to the rows of a file, while they are being written. */
export type ResultFile = {
  readonly write: (cells: readonly string[]) => Promise<void>;
  /** Gives the file its name: every row is answered. */
  readonly keep: () => Promise<void>;
  /** Removes it: answers to a part of the rows would be taken for all of them. */
  readonly discard: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * Creates the file of answers as `<path>.part`, for its owner alone, in place of one that an import
 * left behind when it was killed. `keep` throws `ERR_INPUT_INVALID` where another import has begun to
 * write to the same file since: the answers there are that one's.
 */
export async function createResultFile(path: string): Promise<ResultFile> {
  const partPath = partPathOf(path);
  await rm(partPath, { force: true });
  const file = await open(partPath, 'wx', 0o600);
  return {
    write: async (cells) => {
      await file.write(csvLine(cells));
    },
    keep: async () => {
      await file.sync();
      if (!(await isAt(partPath, file))) {
        throw new DomainError(
          'ERR_INPUT_INVALID',
          'expected one import at a time to write its answers to this file, found another doing so; what was recorded stays, and the same file again gives every answer',
        );
      }
      await rename(partPath, path);
    },
    discard: async () => {
      if (await isAt(partPath, file)) {
        await rm(partPath, { force: true });
      }
    },
    close: () => file.close(),
  };
}

/** Where answers are written until there is one for every row. */
export function partPathOf(path: string): string {
  return `${path}.part`;
}

/** True where the path still names this very file. */
async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const own = await file.stat();
  const there = await stat(path).catch(() => null);
  return there !== null && there.ino === own.ino && there.dev === own.dev;
}

function csvLine(cells: readonly string[]): string {
  const quoted = cells.map((cell) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
  );
  return `${quoted.join(',')}\n`;
}
