import { expect, test } from 'vitest';
import { createSetting, REGISTRY, requestOf } from '../setting.js';

const text = { title: 'Your data', short: 'In short.', extended: 'At length.' };
const notice = (effectiveDate: string) => ({
  effectiveDate,
  texts: { en: text, cy: { ...text, title: 'Eich data' } },
});
const keeper = () => requestOf(REGISTRY, 'x', { by: { kind: 'keeper' }, user: null });

test('two notices published at once have two numbers', async () => {
  const { ledger, openAgain } = await createSetting();
  const other = await openAgain();
  const published = await Promise.all([
    ledger.notices.publish(notice('2024-03-01'), keeper()),
    other.notices.publish(notice('2024-04-01'), keeper()),
  ]);
  expect(published.map((one) => one.notice).toSorted()).toEqual([1, 2]);
  expect(await ledger.notices.list()).toHaveLength(2);
});

test('a notice stands in clear, for everybody to read', async () => {
  const { ledger } = await createSetting();
  await ledger.notices.publish(notice('2024-03-01'), keeper());
  for await (const stored of ledger.parts.store.read('notice-1')) {
    expect(Buffer.from(stored.data).toString()).toContain('Eich data');
  }
  expect(await ledger.notices.inForce()).toMatchObject({ notice: 1 });
});

test('what is to be shown is the notice in force, until the learner acknowledged it', async () => {
  const { ledger, uln } = await createSetting();
  const { notices } = ledger;
  expect(await notices.toShow(uln)).toBeNull();
  await notices.publish(notice('2024-03-01'), keeper());
  expect(await notices.toShow(uln)).toMatchObject({ notice: 1 });
  const learner = requestOf(REGISTRY, 'x', { by: { kind: 'learner' }, user: null });
  const choice = { notice: null, language: 'cy' } as const;
  await notices.shown(uln, choice, learner);
  expect(await notices.toShow(uln)).toMatchObject({ notice: 1 });
  const commandId = '00000000-0000-4000-8000-000000000009';
  await notices.acknowledge(uln, choice, { ...learner, commandId });
  expect(await notices.toShow(uln)).toBeNull();
  expect((await notices.status(uln)).map(({ what }) => what)).toEqual(['shown', 'acknowledged']);
});
