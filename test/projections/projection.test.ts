import { describe, expect, test } from 'vitest';
import { learnerEvents } from '../../domain/learner/events.js';
import { historyProjection } from '../../projections/live/history.js';
import { plrProjection } from '../../projections/live/plr.js';
import { apply, fold } from '../../projections/projection.js';
import { event } from '../domain/learner/examples.js';
import { stream } from './recording.js';

const [issued, redacted] = stream(
  ['2024-09-02', event('UlnIssued')],
  ['2024-09-02', event('SensitiveDataRedacted')],
);

describe('a projection', () => {
  test.each([plrProjection, historyProjection])(
    'has decided on every event type ($name)',
    (one) => {
      expect(Object.keys(one.on).sort()).toStrictEqual(Object.keys(learnerEvents).sort());
    },
  );

  test('keeps its very state over an event that it ignores', () => {
    const state = fold(plrProjection, issued ? [issued] : []);
    expect(redacted && apply(plrProjection, state, redacted)).toBe(state);
  });

  test('of no events is its initial state', () => {
    expect(fold(plrProjection, [])).toBe(plrProjection.initialState);
  });

  test('goes on from a state folded before', () => {
    const before = fold(plrProjection, issued ? [issued] : []);
    expect(fold(plrProjection, [], before)).toBe(before);
  });
});
