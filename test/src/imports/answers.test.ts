import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../domain/errors.js';
import { refusalOf, rejected } from '../../../src/imports/answers.js';
import { StreamError } from '../../../streams/errors.js';

describe('an error met while a row is recorded', () => {
  test.each([
    new DomainError('ERR_INPUT_INVALID', 'expected a date, found another form'),
    new DomainError('ERR_LEARNER_NOT_FOUND', 'expected an issued ULN, found another'),
    new StreamError('ERR_APPEND_TOO_LARGE', 'expected less, found more'),
    new StreamError('ERR_VALUE_NOT_STORABLE', 'expected a text, found half a character'),
    new StreamError('ERR_VERSION_CONFLICT', 'expected 1 event, found 2'),
  ])('is the row’s own: $code', (error) => {
    expect(rejected(refusalOf(error))).toEqual({
      outcome: 'rejected',
      code: error.code,
      reason: error.message,
      uln: '',
    });
  });

  test.each([
    new DomainError('ERR_VIEW_OUTDATED', 'expected a view of version 2, found version 1'),
    new DomainError('ERR_VIEW_STOPPED', 'expected a type that it has a rule for, found another'),
    new DomainError('ERR_VIEW_GENERATION', 'expected a generation, found none'),
    new StreamError('ERR_STORE_FAILED', 'expected the ledger to be written, found SQLite failing'),
    new StreamError('ERR_VAULT_BEHIND', 'expected a key, found none'),
    new TypeError('a bug'),
  ])('ends the import: %s', (error) => {
    expect(() => refusalOf(error)).toThrow(error);
  });
});
