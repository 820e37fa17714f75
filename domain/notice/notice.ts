import type { Actor } from '../actor.js';
import { DomainError } from '../errors.js';
import type { CalendarDate } from '../values/date.js';
import type { Notice, NoticeEvent } from './events.js';

/** What is published: everything of a notice but its number. */
export type NoticeToPublish = Omit<Notice, 'notice'>;

/**
 * Publishes the next notice. Only the keeper can. The newest one again, with the same date and texts,
 * records nothing.
 */
export function decidePublish(
  asked: NoticeToPublish,
  by: Actor,
  published: readonly Notice[],
): readonly NoticeEvent[] {
  if (by.kind !== 'keeper') {
    throw new DomainError(
      'ERR_NOT_PERMITTED',
      'expected the keeper to publish a notice, found someone else',
    );
  }
  const newest = published.at(-1);
  const data = { notice: published.length + 1, ...asked };
  return newest !== undefined && isSame(newest, asked) ? [] : [{ type: 'NoticePublished', data }];
}

/**
 * The notice in force on a date: of those whose effective date has come the one with the latest, and
 * of two with the same date the one published later. `null` before the first.
 */
export function noticeInForce(published: readonly Notice[], on: CalendarDate): Notice | null {
  return published
    .filter(({ effectiveDate }) => effectiveDate <= on)
    .reduce<Notice | null>(
      (latest, notice) =>
        latest === null || notice.effectiveDate >= latest.effectiveDate ? notice : latest,
      null,
    );
}

function isSame(one: NoticeToPublish, other: NoticeToPublish): boolean {
  const plain = ({ effectiveDate, texts: { en, cy } }: NoticeToPublish) => [
    effectiveDate,
    ...[en, cy].flatMap(({ title, short, extended }) => [title, short, extended]),
  ];
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}
