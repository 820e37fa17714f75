import { afterEach, expect, test, vi } from 'vitest';
import { createSystemClock } from '../../src/clock.js';
import { AWARDING, achievement, createSetting, requestOf } from './setting.js';

afterEach(() => {
  vi.useRealTimers();
});

test('the system clock refuses when it was set while the process runs', () => {
  const clock = createSystemClock();
  expect(clock()).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + 61_000);
  expect(() => clock()).toThrow(expect.objectContaining({ code: 'ERR_CLOCK_JUMPED' }));
});

test('an event is never recorded before the one it follows', async () => {
  const { ledger, uln, clock } = await createSetting();
  const [before] = await ledger.read(uln);
  clock.advance(-59_000);
  await ledger.handle(uln, achievement('A-1'), requestOf(AWARDING, 'awards'));
  expect((await ledger.read(uln))[1]?.recordedAt).toBe(before?.recordedAt);
});

test('a clock that is more than a minute behind the stream is refused', async () => {
  const { ledger, uln, clock } = await createSetting();
  clock.advance(-61_000);
  await expect(
    ledger.handle(uln, achievement('A-1'), requestOf(AWARDING, 'awards')),
  ).rejects.toMatchObject({ code: 'ERR_CLOCK_BEHIND' });
});
