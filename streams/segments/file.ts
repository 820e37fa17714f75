import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tree } from '../proof/tree.js';
import { syncFolder } from '../sqlite/file.js';
import { SEGMENT_FORMAT, type SegmentEnd, type SegmentHead, type SegmentLine } from './lines.js';

const NAME = /^(\d{16})-(\d{16})\.jsonl$/;
const PART = '.part';

/** A segment that is complete: its path, its first event's ordinal and the first after it. */
export type SegmentName = { readonly path: string; readonly first: number; readonly size: number };

/** True for the name of a segment, and of one that is being written. */
export function isSegmentName(name: string): boolean {
  return NAME.test(name) || /^\d{16}\.part$/.test(name);
}

/** The complete segments of a folder, in order; none where there is no folder. */
export async function segmentsIn(folder: string): Promise<readonly SegmentName[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw error;
  });
  return names
    .flatMap((name) => {
      const [, first, size] = NAME.exec(name) ?? [];
      return first === undefined || size === undefined
        ? []
        : [{ path: join(folder, name), first: Number(first), size: Number(size) }];
    })
    .sort((one, other) => one.first - other.first || one.size - other.size);
}

/** A segment while it is written: it counts once it is finished, and not before. */
export type SegmentWriter = {
  readonly add: (line: SegmentLine, eventHash: Uint8Array) => Promise<void>;
  readonly events: () => number;
  /** Makes it durable and gives it its name. */
  readonly finish: () => Promise<SegmentEnd>;
};

/** Begins a segment after a tree; what a crash left of another is thrown away. */
export async function beginSegment(
  folder: string,
  origin: string,
  tree: Tree,
): Promise<SegmentWriter> {
  for (const name of await readdir(folder)) {
    if (name.endsWith(PART)) {
      await rm(join(folder, name));
    }
  }
  const first = tree.size();
  const part = join(folder, `${numbered(first)}${PART}`);
  const file: FileHandle = await open(part, 'wx', 0o600);
  const digest: Hash = createHash('sha256');
  let buffered: string[] = [];

  async function flush(): Promise<void> {
    const text = buffered.join('');
    buffered = [];
    digest.update(text);
    await file.appendFile(text);
  }

  async function write(line: object): Promise<void> {
    buffered.push(`${JSON.stringify(line)}\n`);
    if (buffered.length >= LINES_PER_WRITE) {
      await flush();
    }
  }

  await write({ format: SEGMENT_FORMAT, origin, first } satisfies SegmentHead);
  return {
    add: async (line, eventHash) => {
      tree.append(eventHash);
      await write(line);
    },
    events: () => tree.size() - first,
    finish: async () => {
      await flush();
      const end: SegmentEnd = {
        events: tree.size() - first,
        size: tree.size(),
        root: tree.root().toString('base64'),
        subtrees: tree.subtrees().map((subtree) => subtree.toString('base64')),
        sha256: digest.copy().digest('hex'),
      };
      await file.appendFile(`${JSON.stringify(end)}\n`);
      await file.sync();
      await file.close();
      await rename(part, join(folder, `${numbered(first)}-${numbered(tree.size())}.jsonl`));
      syncFolder(folder);
      return end;
    },
  };
}

const LINES_PER_WRITE = 256;

function numbered(ordinal: number): string {
  return String(ordinal).padStart(16, '0');
}
