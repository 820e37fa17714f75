import { describe, expect, test } from 'vitest';
import { Actor, isSameActor } from '../../domain/actor.js';
import { awarding, keeper, provider, theLearner } from './learner/examples.js';

describe('two actors', () => {
  test.each([
    ['an organisation', awarding],
    ['the learner', theLearner],
    ['the keeper', keeper],
  ])('are the same where both are %s', (_, actor) => {
    expect(isSameActor(actor, { ...actor })).toBe(true);
  });

  test.each([
    ['two organisations', awarding, provider],
    ['an organisation and the learner', awarding, theLearner],
    ['an organisation and the keeper', awarding, keeper],
    ['the learner and the keeper', theLearner, keeper],
  ])('are not the same where they are %s', (_, one, other) => {
    expect(isSameActor(one, other)).toBe(false);
  });
});

describe('an actor', () => {
  test.each([
    ['of no kind', {}],
    ['of an unknown kind', { kind: 'minister' }],
    ['without its UKPRN', { kind: 'organisation' }],
    ['with a UKPRN of seven digits', { kind: 'organisation', ukprn: '9999990' }],
    ['with a name, which would be personal', { kind: 'learner', name: 'Alex' }],
  ])('is refused %s', (_, value) => {
    expect(Actor.safeParse(value).success).toBe(false);
  });
});
