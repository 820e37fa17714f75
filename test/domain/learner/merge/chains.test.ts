import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MAX_CHAIN_ULNS,
  type MergeEdge,
  obstacleTo,
} from '../../../../domain/learner/merge/chains.js';
import { Uln, ulnCheckDigit } from '../../../../domain/values/uln.js';

/** Valid ULNs, counted from the first that can be issued. */
const ulns = Array.from({ length: 40 }, (_, n) => String(100_000_000 + n))
  .filter((prefix) => ulnCheckDigit(prefix) !== null)
  .map((prefix) => Uln.parse(`${prefix}${ulnCheckDigit(prefix)}`));
const uln = (n: number) => Uln.parse(ulns[n]);
/** `a` answers for `b`. */
const edge = (a: number, b: number): MergeEdge => ({ master: uln(a), superseded: uln(b) });
/** 0 is superseded by 1, 1 by 2, and so on, up to a number of ULNs. */
const chain = (length: number, from = 0) =>
  Array.from({ length: length - 1 }, (_, n) => edge(from + n + 1, from + n));

describe('a merge', () => {
  test.each<[string, MergeEdge, readonly MergeEdge[], ReturnType<typeof obstacleTo>]>([
    ['of two that were never merged', edge(1, 0), [], null],
    ['that stands already', edge(1, 0), [edge(1, 0)], null],
    ['of a second into one master', edge(2, 0), [edge(2, 1)], null],
    ['the other way round', edge(0, 1), [edge(1, 0)], 'cycle'],
    ['that closes a circle of three', edge(0, 2), [edge(1, 0), edge(2, 1)], 'cycle'],
    ['that makes a chain of 8, at its top', edge(7, 6), chain(7), null],
    ['that makes a chain of 9, at its top', edge(8, 7), chain(8), 'too-long'],
    ['that makes a chain of 8, at its foot', edge(10, 0), chain(7, 10), null],
    ['that makes a chain of 9, at its foot', edge(10, 0), chain(8, 10), 'too-long'],
    ['that joins 4 and 4', edge(10, 3), [...chain(4), ...chain(4, 10)], null],
    ['that joins 5 and 4', edge(10, 4), [...chain(5), ...chain(4, 10)], 'too-long'],
    ['beside a long chain', edge(20, 21), chain(8), null],
    ['of a master of many', edge(20, 9), Array.from({ length: 9 }, (_, n) => edge(9, n)), null],
  ])('%s', (_, asked, standing, expected) => {
    expect(obstacleTo(asked, standing)).toBe(expected);
  });

  test('never closes a circle or makes a chain too long, in whatever order merges come', () => {
    const asked = fc.array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 60 });
    fc.assert(
      fc.property(asked, (pairs) => {
        const standing: MergeEdge[] = [];
        const above = new Map<number, number>();
        for (const [a, b] of pairs) {
          if (a !== b && !above.has(b) && obstacleTo(edge(a, b), standing) === null) {
            standing.push(edge(a, b));
            above.set(b, a);
          }
        }
        for (const start of above.keys()) {
          let length = 1;
          for (let at = above.get(start); at !== undefined; at = above.get(at)) {
            length += 1;
            expect(length).toBeLessThanOrEqual(MAX_CHAIN_ULNS);
          }
        }
      }),
    );
  });
});
