import { describe, expect, test } from 'vitest';
import {
  checkLink,
  eventHash,
  type Header,
  headerText,
  parseHeader,
  START,
} from '../../streams/envelope.js';
import { someEvent } from './events.js';

const { header } = someEvent(1);
const parsed = JSON.parse(header) as Header;

describe('a header', () => {
  test('is read back as it was written', () => {
    expect(headerText(parseHeader(header))).toBe(header);
  });

  test.each([
    ['no JSON', 'header'],
    ['no object', '"header"'],
    ['null', 'null'],
    ['a space', header.replace(':', ': ')],
    [
      'fields in another order',
      JSON.stringify(Object.fromEntries(Object.entries(parsed).reverse())),
    ],
    ['a field twice', header.replace('{', '{"at":"2020-01-01T00:00:00.000Z",')],
    ['a field more', headerText({ ...parsed, zzz: 1 } as Header)],
    ['a field fewer', header.replace('"key":null,', '')],
    ['another suite', header.replace('"S1"', '"S2"')],
    ['a version of 0', header.replace('"version":1', '"version":0')],
    ['an id in capitals', header.replace(parsed.id, parsed.id.toUpperCase())],
    ['a time without decimals', header.replace('.000Z', 'Z')],
    ['a short commitment', header.replace(parsed.commitment, 'AAAA')],
  ])('is refused with %s', (_, text) => {
    expect(() => parseHeader(text)).toThrow(
      expect.objectContaining({ code: 'ERR_HEADER_MALFORMED' }),
    );
  });
});

describe('a link of the chain', () => {
  const place = { stream: parsed.stream, type: parsed.type, version: 1 };
  const start = START;
  const first = { version: 1, hash: eventHash(header), at: parsed.at, key: null };

  test('holds where everything continues', () => {
    checkLink(place, parsed, start, parsed.ledger);
    const second = { ...parsed, version: 2, prev: eventHash(header).toString('base64url') };
    checkLink({ ...place, version: 2 }, second, first, parsed.ledger);
  });

  test.each([
    ['ledger', place, parsed, start, 'other.invalid'],
    ['stream', { ...place, stream: 'other' }, parsed, start, parsed.ledger],
    ['type', { ...place, type: 'Other' }, parsed, start, parsed.ledger],
    ['version', { ...place, version: 2 }, parsed, { ...first, hash: null }, parsed.ledger],
    ['prev', { ...place, version: 2 }, { ...parsed, version: 2 }, first, parsed.ledger],
    [
      'time',
      { ...place, version: 2 },
      { ...parsed, version: 2, prev: eventHash(header).toString('base64url') },
      { ...first, at: '2026-01-01T00:00:00.001Z' },
      parsed.ledger,
    ],
    [
      'key',
      { ...place, version: 2 },
      { ...parsed, version: 2, key: 0, prev: eventHash(header).toString('base64url') },
      { ...first, key: 1 },
      parsed.ledger,
    ],
  ])('breaks at another %s', (field, event, head, before, ledger) => {
    expect(() => checkLink(event, head, before, ledger)).toThrow(
      expect.objectContaining({
        code: 'ERR_CHAIN_BROKEN',
        message: expect.stringContaining(`another ${field}`),
      }),
    );
  });
});
