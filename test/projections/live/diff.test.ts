import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diff } from '../../../projections/live/diff.js';
import { marker } from '../../domain/learner/examples.js';

describe('a difference', () => {
  test('names the field, and what stood and stands there', () => {
    expect(diff({ grade: 'A', level: 3 }, { grade: 'B', level: 3 })).toStrictEqual([
      { path: ['grade'], before: 'A', after: 'B' },
    ]);
  });

  test('is found however deep it lies', () => {
    expect(diff({ a: { b: { c: 1 } } }, { a: { b: { c: 2 } } })).toStrictEqual([
      { path: ['a', 'b', 'c'], before: 1, after: 2 },
    ]);
  });

  test('of a field that is new has nothing before', () => {
    expect(diff({}, { grade: 'A' })).toStrictEqual([
      { path: ['grade'], before: undefined, after: 'A' },
    ]);
  });

  test('of a field that is gone has nothing after', () => {
    expect(diff({ grade: 'A' }, {})).toStrictEqual([
      { path: ['grade'], before: 'A', after: undefined },
    ]);
  });

  test('of null and an object is one change of the whole', () => {
    expect(diff({ details: null }, { details: { name: 'x' } })).toStrictEqual([
      { path: ['details'], before: null, after: { name: 'x' } },
    ]);
  });

  test('of a redacted value is one change, not one for each part of the marker', () => {
    expect(diff({ grade: 'A' }, { grade: marker })).toStrictEqual([
      { path: ['grade'], before: 'A', after: marker },
    ]);
  });

  test('of two markers is one change', () => {
    const other = { ...marker, order: '00000000-0000-4000-8000-0000000000ab' };
    expect(diff({ grade: marker }, { grade: other })).toStrictEqual([
      { path: ['grade'], before: marker, after: other },
    ]);
  });
});

describe('lists', () => {
  const one = { key: '1', value: 'a' };
  const two = { key: '2', value: 'b' };

  test('of keyed items differ by their items, whatever is put in front', () => {
    expect(diff([two], [one, two])).toStrictEqual([{ path: ['1'], before: undefined, after: one }]);
  });

  test('of keyed items name the item that changed', () => {
    expect(diff([one, two], [one, { ...two, value: 'c' }])).toStrictEqual([
      { path: ['2', 'value'], before: 'b', after: 'c' },
    ]);
  });

  test('of keyed items name the item that is gone', () => {
    expect(diff([one, two], [two])).toStrictEqual([{ path: ['1'], before: one, after: undefined }]);
  });

  test('that are empty on one side differ by their keyed items', () => {
    expect(diff({ list: [] }, { list: [one] })).toStrictEqual([
      { path: ['list', '1'], before: undefined, after: one },
    ]);
  });

  test.each([
    [
      [1, 2],
      [1, 3],
    ],
    [['a'], []],
    [[], ['a']],
    [[one], [{ value: 'a' }]],
  ])('without keys differ as a whole: %j and %j', (before, after) => {
    expect(diff({ list: before }, { list: after })).toStrictEqual([
      { path: ['list'], before, after },
    ]);
  });
});

describe('a value', () => {
  test('does not differ from itself', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(diff(value, structuredClone(value))).toStrictEqual([]);
      }),
    );
  });

  test('differs from a text that it is not', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        fc.pre(value !== text);
        expect(diff(value, text)).toStrictEqual([{ path: [], before: value, after: text }]);
      }),
    );
  });

  test('differs one way as it does the other', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(1, null, 'x'));
    fc.assert(
      fc.property(values, values, (one, other) => {
        const forth = diff(one, other).map(({ path, before, after }) => [path, before, after]);
        const back = diff(other, one).map(({ path, before, after }) => [path, after, before]);
        expect(forth).toEqual(expect.arrayContaining(back));
      }),
    );
  });

  test('is made of the other by its differences', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(1, null, 'x'));
    fc.assert(
      fc.property(values, values, (before, after) => {
        const made = new Map<string, unknown>(Object.entries(before));
        for (const { path, after: now } of diff(before, after)) {
          now === undefined ? made.delete(String(path[0])) : made.set(String(path[0]), now);
        }
        expect(Object.fromEntries(made)).toEqual({ ...after });
      }),
    );
  });
});
