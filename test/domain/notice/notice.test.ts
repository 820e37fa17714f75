import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../../domain/notice/events.js';
import { decidePublish, noticeInForce } from '../../../domain/notice/notice.js';
import { CalendarDate } from '../../../domain/values/date.js';
import { keeper, provider, theLearner } from '../learner/examples.js';
import { refusal } from '../learner/language.js';

const text = { title: 'Your data', short: 'In short.', extended: 'At length.' };
const texts = { en: text, cy: { ...text, title: 'Eich data' } };
const notice = (number: number, effectiveDate: string): Notice => ({
  notice: number,
  effectiveDate: CalendarDate.parse(effectiveDate),
  texts,
});
const first = notice(1, '2024-09-01');
const { notice: _, ...asked } = first;

describe('publishing', () => {
  test('numbers notices from 1', () => {
    expect(decidePublish(asked, keeper, [])).toStrictEqual([
      { type: 'NoticePublished', data: first },
    ]);
    const second = { ...asked, effectiveDate: CalendarDate.parse('2025-01-01') };
    expect(decidePublish(second, keeper, [first])[0]?.data.notice).toBe(2);
  });

  test('the newest again records nothing', () => {
    expect(decidePublish(asked, keeper, [first])).toStrictEqual([]);
  });

  test('an older one again is a new one', () => {
    expect(decidePublish(asked, keeper, [first, notice(2, '2025-01-01')])).toHaveLength(1);
  });

  test.each(['title', 'short', 'extended'] as const)(
    'another %s in one language is news',
    (name) => {
      const changed = { ...asked, texts: { ...texts, cy: { ...texts.cy, [name]: 'Arall' } } };
      expect(decidePublish(changed, keeper, [first])).toHaveLength(1);
    },
  );

  test.each([provider, theLearner])('is refused to the $kind', (by) => {
    expect(refusal(() => decidePublish(asked, by, [])).code).toBe('ERR_NOT_PERMITTED');
  });
});

describe('the notice in force', () => {
  const published = [
    notice(1, '2024-01-01'),
    notice(2, '2025-01-01'),
    notice(3, '2024-06-01'),
    notice(4, '2025-01-01'),
  ];

  test.each([
    ['2023-12-31', null, 'before the first'],
    ['2024-01-01', 1, 'on its first day'],
    ['2024-05-31', 1, 'the day before the next'],
    ['2024-06-01', 3, 'one that was published late'],
    ['2024-12-31', 3, 'until the next'],
    ['2025-01-01', 4, 'of two with one date the later'],
    ['2099-01-01', 4, 'with no end'],
  ])('on %s is %s: %s', (on, expected, _when) => {
    expect(noticeInForce(published, CalendarDate.parse(on))?.notice ?? null).toBe(expected);
  });

  test('is never one whose date has not come, and never older than another that has', () => {
    const dates = fc.constantFrom('2024-01-01', '2024-06-01', '2025-01-01', '2025-06-01');
    fc.assert(
      fc.property(fc.array(dates), dates, (effective, today) => {
        const all = effective.map((date, index) => notice(index + 1, date));
        const found = noticeInForce(all, CalendarDate.parse(today));
        const come = all.filter(({ effectiveDate }) => effectiveDate <= today);
        expect(found === null).toBe(come.length === 0);
        expect(
          come.every(({ effectiveDate }) => effectiveDate <= (found?.effectiveDate ?? '')),
        ).toBe(true);
      }),
    );
  });
});
