import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTree } from '../../../streams/proof/tree.js';

// The entries and roots that Certificate Transparency's own implementations are tested with.
const ENTRIES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));

test.each([
  [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  [6, '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  [7, 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
])('the root of the first %i entries of Certificate Transparency is %s', (size, root) => {
  const tree = createTree();
  for (const entry of ENTRIES.slice(0, size)) {
    tree.append(entry);
  }
  expect(tree.root().toString('hex')).toBe(root);
});

/** The definition of RFC 6962, section 2.1, word for word. */
function definedRoot(entries: readonly Uint8Array[]): Buffer {
  const sha256 = (...parts: readonly Uint8Array[]) =>
    createHash('sha256').update(Buffer.concat(parts)).digest();
  const [first, ...others] = entries;
  if (first === undefined) {
    return sha256();
  }
  if (others.length === 0) {
    return sha256(Buffer.of(0), first);
  }
  let split = 1;
  while (split * 2 < entries.length) {
    split *= 2;
  }
  return sha256(
    Buffer.of(1),
    definedRoot(entries.slice(0, split)),
    definedRoot(entries.slice(split)),
  );
}

test('grows as RFC 6962 defines it, also on from its subtrees', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 40 }),
      fc.nat(),
      (entries, at) => {
        const split = at % (entries.length + 1);
        const begun = createTree();
        for (const entry of entries.slice(0, split)) {
          begun.append(entry);
        }
        const tree = createTree({ size: begun.size(), subtrees: begun.subtrees() });
        for (const entry of entries.slice(split)) {
          tree.append(entry);
        }
        expect(tree.size()).toBe(entries.length);
        expect(tree.root()).toEqual(definedRoot(entries));
      },
    ),
  );
});

test('refuses subtrees that cannot be those of its size', () => {
  expect(() => createTree({ size: 3, subtrees: [Buffer.alloc(32)] })).toThrow(RangeError);
  expect(() => createTree({ size: 1, subtrees: [Buffer.alloc(31)] })).toThrow(RangeError);
});
