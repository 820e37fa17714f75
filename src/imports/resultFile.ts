import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { DomainError } from '../../domain/errors.js';
import type { OutputFile } from '../../streams/output.js';
import type { ImportKind } from './layouts.js';

/** The answers to the rows of a file, while they are being written. */
export type ResultFile = {
  readonly write: (cells: readonly string[]) => Promise<void>;
  /** Gives the file its name: every row is answered. */
  readonly keep: () => Promise<void>;
  /** Removes it: answers to a part of the rows would be taken for all of them. */
  readonly discard: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The first line of the answers to a kind of file. */
export function resultHead(kind: ImportKind): string {
  return csvLine(resultColumns(kind));
}

/** The columns of the answers to a kind of file. */
function resultColumns(kind: ImportKind): readonly string[] {
  const columns = ['Row', 'Key', 'Outcome', 'Code', 'Reason', 'ULN'];
  return kind === 'verifications' ? [...columns, 'FailureFlags'] : columns;
}

/**
 * Creates the file of answers as `<path>.part`, with its first line, for its owner alone, in place of one that an import
 * left behind when it was killed. `keep` throws `ERR_INPUT_INVALID` where another import has begun to
 * write to the same file since: the answers there are that one's.
 */
export async function createResultFile(
  { path, partPath, recheck }: OutputFile,
  kind: ImportKind,
): Promise<ResultFile> {
  await rm(partPath, { force: true });
  const file = await open(partPath, 'wx', 0o600);
  await file.write(resultHead(kind));
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
      recheck();
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
