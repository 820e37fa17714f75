import Database from 'better-sqlite3';
import {
  type ChainEnd,
  chainEnd,
  checkLink,
  eventHash,
  type Header,
  parseHeader,
  START,
} from '../envelope.js';
import { StreamError } from '../errors.js';
import { createTree, type Tree } from '../proof/tree.js';
import { type SegmentName, segmentsIn } from './file.js';
import { brokenSegment, readSegment } from './lines.js';

/** What a folder of segments holds. */
export type SegmentSummary = {
  readonly origin: string | null;
  readonly segments: number;
  readonly events: number;
  /** The RFC 6962 root of all of them, in base64. */
  readonly root: string;
};

/** An event of a segment with its header read; `data` is `null` where its key was destroyed. */
export type CarriedEvent = {
  readonly header: Header;
  readonly headerText: string;
  readonly data: Uint8Array | null;
};

/**
 * Every event of a folder's segments in order, checked without keys: digests, canonical headers, the
 * chain of every stream, the tree of every segment, and that nothing is missing between them. Throws
 * `ERR_SEGMENT_BROKEN`, naming file and line. Memory stays flat: ends of streams are kept on disk.
 */
export async function* readSegments(folder: string): AsyncGenerator<CarriedEvent, SegmentSummary> {
  const chains = openChains();
  const tree = createTree();
  let origin: string | null = null;
  const segments = await segmentsIn(folder);
  try {
    for (const segment of segments) {
      origin = yield* readOne(segment, { origin, tree, chains });
    }
  } finally {
    chains.close();
  }
  const root = tree.root().toString('base64');
  return { origin, segments: segments.length, events: tree.size(), root };
}

async function* readOne(
  { path, first, size }: SegmentName,
  parts: { readonly origin: string | null; readonly tree: Tree; readonly chains: Chains },
): AsyncGenerator<CarriedEvent, string> {
  const { tree, chains } = parts;
  let { origin } = parts;
  for await (const part of readSegment(path)) {
    if (part.kind === 'head') {
      const { head } = part;
      if (head.first !== tree.size() || first !== head.first) {
        throw brokenSegment(
          path,
          1,
          `the segment that begins at event ${tree.size()}`,
          `one that begins at ${head.first}`,
        );
      }
      if (origin !== null && head.origin !== origin) {
        throw brokenSegment(path, 1, 'the origin of the segments before', 'another');
      }
      ({ origin } = head);
    } else if (part.kind === 'event') {
      const { line, number } = part;
      yield carried(path, number, line.header, line.data, { origin: origin ?? '', tree, chains });
    } else {
      const { end } = part;
      const isWhole =
        end.size === tree.size() && size === end.size && end.events === end.size - first;
      if (!isWhole || end.root !== tree.root().toString('base64')) {
        throw brokenSegment(
          path,
          end.events + 2,
          'the size and root of the events before',
          'others',
        );
      }
      const own = tree.subtrees().map((subtree) => subtree.toString('base64'));
      if (own.join() !== end.subtrees.join()) {
        throw brokenSegment(path, end.events + 2, 'the subtrees of the events before', 'others');
      }
    }
  }
  return origin ?? '';
}

function carried(
  path: string,
  line: number,
  headerText: string,
  data: string | null,
  { origin, tree, chains }: { origin: string; tree: Tree; chains: Chains },
): CarriedEvent {
  try {
    const header = parseHeader(headerText);
    const hash = eventHash(headerText);
    checkLink(header, header, chains.of(header.stream), origin);
    chains.note(header.stream, chainEnd({ hash }, header));
    tree.append(hash);
    return { header, headerText, data: data === null ? null : Buffer.from(data, 'base64') };
  } catch (error) {
    if (error instanceof StreamError) {
      throw brokenSegment(path, line, 'an event that continues its stream', error.code, error);
    }
    throw error;
  }
}

type Chains = ReturnType<typeof openChains>;

/** The ends of streams while segments are read, on disk: there are as many as learners. */
function openChains() {
  const scratch = new Database('');
  scratch.exec(
    'CREATE TABLE ends (stream TEXT PRIMARY KEY, version INTEGER, hash BLOB, at TEXT, key INTEGER) STRICT, WITHOUT ROWID',
  );
  scratch.exec('BEGIN');
  const select = scratch.prepare('SELECT version, hash, at, key FROM ends WHERE stream = ?');
  const put = scratch.prepare('INSERT OR REPLACE INTO ends VALUES (?, ?, ?, ?, ?)');
  return {
    of: (stream: string): ChainEnd => (select.get(stream) as ChainEnd | undefined) ?? START,
    note: (stream: string, { version, hash, at, key }: ChainEnd): void => {
      put.run(stream, version, hash, at, key);
    },
    close: () => scratch.close(),
  };
}
