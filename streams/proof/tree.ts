import { createHash } from 'node:crypto';

/**
 * An RFC 6962 Merkle tree that grows: of the log it keeps the roots of its complete subtrees alone, the
 * largest first, one for every bit of its size.
 */
export type Tree = {
  readonly size: () => number;
  readonly append: (entry: Uint8Array) => void;
  /** The root of everything appended so far: 32 bytes. */
  readonly root: () => Buffer;
  /** The roots of the complete subtrees, from which the tree can grow on. */
  readonly subtrees: () => readonly Buffer[];
};

/** Creates a tree: empty, or as large as one whose subtrees are given. Throws where they cannot be its own. */
export function createTree(from: { size: number; subtrees: readonly Uint8Array[] } = EMPTY): Tree {
  let { size } = from;
  const subtrees: Buffer[] = from.subtrees.map((subtree) => Buffer.from(subtree));
  if (subtrees.length !== bitsSetIn(size) || subtrees.some(({ length }) => length !== HASH_BYTES)) {
    throw new RangeError(`a tree of ${size} entries has ${bitsSetIn(size)} complete subtrees`);
  }
  return {
    size: () => size,
    append: (entry) => {
      let node = hash(0x00, entry);
      // Two complete subtrees of one size are one of the next.
      for (let bits = size; bits % 2 === 1; bits = Math.floor(bits / 2)) {
        const left = subtrees.pop();
        if (left === undefined) {
          throw new RangeError('a tree has a subtree for every bit of its size');
        }
        node = hash(0x01, left, node);
      }
      subtrees.push(node);
      size += 1;
    },
    root: () => {
      const [last, ...others] = [...subtrees].reverse();
      return last === undefined
        ? createHash('sha256').digest()
        : others.reduce<Buffer>((right, left) => hash(0x01, left, right), last);
    },
    subtrees: () => [...subtrees],
  };
}

const EMPTY = { size: 0, subtrees: [] };
const HASH_BYTES = 32;

function hash(label: number, ...parts: readonly Uint8Array[]): Buffer {
  return parts
    .reduce(
      (digest, part) => digest.update(part),
      createHash('sha256').update(Uint8Array.of(label)),
    )
    .digest();
}

function bitsSetIn(size: number): number {
  let count = 0;
  for (let bits = size; bits > 0; bits = Math.floor(bits / 2)) {
    count += bits % 2;
  }
  return count;
}
