import { describe, expect, test } from 'vitest';
import type { CredentialEvent } from '../../../domain/credential/events.js';
import { decideStatusList, statusListOf } from '../../../domain/credential/statusList.js';
import { Instant } from '../../../domain/values/date.js';
import { refusal } from '../learner/language.js';

const NOON = Instant.parse('2024-09-02T12:00:00.000Z');
const LATER = Instant.parse('2024-09-02T12:00:00.001Z');
const issued = (index: number, expiresAt = LATER): CredentialEvent => ({
  type: 'CredentialIssued',
  data: { index, expiresAt },
});
const revoked = (index: number): CredentialEvent => ({
  type: 'CredentialRevoked',
  data: { index },
});
const issue = (...candidates: readonly number[]) =>
  ({ type: 'IssueCredential', data: { candidates, expiresAt: LATER } }) as const;
const revoke = (index: number) =>
  ({ type: 'RevokeCredential', data: { index, at: NOON } }) as const;

describe('a status list', () => {
  test.each([
    ['the first candidate', [], [5, 7], 5],
    ['the first that is free', [issued(5)], [5, 7], 7],
    ['one that is free though others were revoked', [issued(5), revoked(5)], [5, 7], 7],
  ])('gives a credential %s', (_, events, candidates, index) => {
    expect(decideStatusList(issue(...candidates), statusListOf(events))).toStrictEqual([
      issued(index),
    ]);
  });

  test('refuses a credential when every candidate is taken', () => {
    const list = statusListOf([issued(5), issued(7)]);
    expect(refusal(() => decideStatusList(issue(5, 7), list)).code).toBe('ERR_STATUS_LIST_FULL');
  });

  test.each([
    ['one that is good', [issued(5)], [revoked(5)]],
    ['one that is revoked', [issued(5), revoked(5)], []],
    ['one that has expired', [issued(5, NOON)], []],
    ['one that never was', [issued(7)], []],
  ])('asked to revoke %s does so if it is good', (_, events, expected) => {
    expect(decideStatusList(revoke(5), statusListOf(events))).toStrictEqual(expected);
  });

  test('ignores a revocation of what was never issued', () => {
    expect(statusListOf([revoked(5)]).size).toBe(0);
  });
});
