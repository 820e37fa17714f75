import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { StreamError } from './errors.js';

/** The files that nothing may be written over: paths, each with what SQLite and rotations put beside it. */
export type KeptFiles = readonly string[];

declare const checked: unique symbol;
/** A path that a file may be written to: only `outputFile` makes one. */
export type OutputFile = {
  readonly [checked]: true;
  readonly path: string;
  /** Where it is written until it is whole. */
  readonly partPath: string;
  /** Checks once more, before the part takes the file's name. Throws as `outputFile`. */
  readonly recheck: () => void;
};
/** A folder that files may be written into: only `outputFolder` makes one, and it is there. */
export type OutputFolder = { readonly [checked]: true; readonly path: string };

/**
 * A path at which there is nothing, or an earlier output of the same kind: a plain file that begins as
 * `head` does. Throws `ERR_OUTPUT_PATH` for a link, a device, a folder, another file, a file of the
 * ledger, and a folder that is not there.
 */
export function outputFile(path: string, head: string, kept: KeptFiles): OutputFile {
  const partPath = `${path}.part`;
  const check = () => {
    refuseKept(path, kept);
    refuseOther(path, (start) => start.startsWith(head), head);
    // Left by a run that was killed, at whatever moment.
    refuseOther(partPath, (start) => head.startsWith(start) || start.startsWith(head), head);
    if (statOf(dirname(resolve(path)))?.isDirectory() !== true) {
      throw refused('a path in a folder that is there', 'a path in one that is not');
    }
  };
  check();
  if (lstatOf(partPath) === null) {
    // Tried, because some file systems take no files, and say so only then.
    try {
      closeSync(openSync(partPath, 'wx', 0o600));
    } catch (error) {
      throw refused('a place where a file can be made', 'one where none can', error);
    }
    rmSync(partPath);
  }
  // Sound: it was checked just now.
  return { path, partPath, recheck: check } as OutputFile;
}

/**
 * A folder that is not there, is empty, or holds nothing but earlier output, of which `isEarlier` is
 * given each path below the folder, with `/` between its parts. It is made where it is missing. Throws
 * `ERR_OUTPUT_PATH` for a link, a file, another folder, a folder of the ledger or one in it, and where
 * no folder can be made.
 */
export function outputFolder(
  path: string,
  isEarlier: (relativePath: string, found: Stats) => boolean,
  kept: KeptFiles,
): OutputFolder {
  for (const file of kept) {
    const folder = realPathOf(dirname(file));
    if (isWithin(realPathOf(path), folder) && !isWithin(process.cwd(), folder)) {
      throw refused('a folder of its own', 'one in which the ledger keeps its files');
    }
  }
  const there = lstatOf(path);
  if (there === null) {
    makeFolder(path);
  } else if (!there.isDirectory()) {
    throw refused('a folder', kindOf(there));
  } else {
    const other = pathsIn(path).find(([below, found]) => !isEarlier(below, found));
    if (other !== undefined) {
      throw refused('an empty folder, or one that the same command has written,', 'another');
    }
  }
  // Sound: it was checked just now.
  return { path } as OutputFolder;
}

/** Makes a folder for its owner alone, and those above it that are missing. Throws `ERR_OUTPUT_PATH` where none can be. */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); statOf(at) === null; at = dirname(at)) {
    missing.push(at);
  }
  // One by one: made in one call, Node tries for ever where a file system takes no folders.
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      // Another process may have made it meanwhile.
      if (statOf(folder)?.isDirectory() !== true) {
        throw refused('a place where a folder can be made', 'one where none can', error);
      }
    }
  }
  if (statOf(path)?.isDirectory() !== true) {
    throw refused('a folder', 'a file');
  }
}

function refuseKept(path: string, kept: KeptFiles): void {
  const at = realPathOf(path);
  const isKept = kept.some((file) => {
    const [before = '', after] = realPathOf(file).split('{year}');
    const rest = at.startsWith(before) ? at.slice(before.length) : null;
    const left = after === undefined ? rest : (rest?.replace(/^\d{4}/, '') ?? null);
    const suffix = left?.startsWith(after ?? '') ? left.slice((after ?? '').length) : null;
    return suffix !== null && /^(-wal|-shm|-journal|\.part|\.next|\.old)?$/.test(suffix);
  });
  if (isKept) {
    throw refused('a file of its own', 'one of the ledger');
  }
}

function refuseOther(path: string, isEarlier: (start: string) => boolean, head: string): void {
  const there = lstatOf(path);
  if (there === null) {
    return;
  }
  if (!there.isFile()) {
    throw refused('a plain file', kindOf(there));
  }
  if (!isEarlier(startOf(path, head.length))) {
    throw refused(
      'a place without a file, or with an earlier output of the same kind,',
      'another file',
    );
  }
}

function startOf(path: string, bytes: number): string {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(bytes);
    return start.toString('utf8', 0, readSync(file, start, 0, bytes, 0));
  } finally {
    closeSync(file);
  }
}

/** Every file and folder below a folder, links not followed. */
function pathsIn(folder: string): readonly (readonly [string, Stats])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    (name) => [name.split(sep).join('/'), lstatSync(join(folder, name))] as const,
  );
}

/** The path with the links of the folders above it resolved, as far as there are any. */
function realPathOf(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const parent = dirname(whole);
    return parent === whole ? whole : join(realPathOf(parent), basename(whole));
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
}

function statOf(path: string): Stats | null {
  const there = lstatOf(path);
  return there?.isSymbolicLink() ? lstatOf(realPathOf(path)) : there;
}

function lstatOf(path: string): Stats | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // Below a file, or where nobody may look: nothing can be made there either, which is said then.
    return null;
  }
}

function kindOf(found: Stats): string {
  if (found.isSymbolicLink()) {
    return 'a link';
  }
  return found.isDirectory() ? 'a folder' : found.isFile() ? 'a file' : 'a device';
}

function refused(expected: string, found: string, cause?: unknown): StreamError {
  return new StreamError('ERR_OUTPUT_PATH', `expected ${expected} to write to, found ${found}`, {
    cause,
  });
}
