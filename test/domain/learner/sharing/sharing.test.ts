import { describe, test } from 'vitest';
import { command, event, keeper, provider, stranger, theLearner } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const connected = event('ConnectionEstablished');

describe('a connection', () => {
  test('is established by the organisation itself', () => {
    given(issued)
      .when(command('EstablishConnection', {}, { by: provider }))
      .records(connected);
  });

  test('begins today where no date is named', () => {
    given(issued)
      .when(command('EstablishConnection', { startDate: null }, { by: keeper }))
      .records(event('ConnectionEstablished', { startDate: '2024-09-02' }));
  });

  test.each([
    ['another organisation', stranger],
    ['the learner', theLearner],
  ])('is not established by %s', (_, by) => {
    given(issued)
      .when(command('EstablishConnection', {}, { by }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('that ends before it begins is refused', () => {
    given(issued)
      .when(command('EstablishConnection', { endDate: '2021-08-31' }, { by: provider }))
      .refuses('ERR_INPUT_INVALID');
  });

  test('again records nothing, also without its date', () => {
    given(issued, connected)
      .when(command('EstablishConnection', {}, { by: provider }))
      .recordsNothing();
    given(issued, connected)
      .when(command('EstablishConnection', { startDate: null }, { by: provider }))
      .recordsNothing();
  });

  test('under the same id from another date is refused', () => {
    given(issued, connected)
      .when(command('EstablishConnection', { startDate: '2021-09-02' }, { by: provider }))
      .refuses('ERR_CONNECTION_DIFFERS');
  });

  test.each([
    ['the organisation', provider],
    ['the keeper', keeper],
    ['the learner', theLearner],
  ])('is ended by %s', (_, by) => {
    given(issued, connected)
      .when(command('EndConnection', {}, { by }))
      .records(event('ConnectionEnded'));
  });

  test('of another organisation is not found', () => {
    given(issued, connected)
      .when(command('EndConnection', {}, { by: stranger }))
      .refuses('ERR_CONNECTION_NOT_FOUND');
  });

  test('that ended stays ended, and can only end earlier', () => {
    const ended = event('ConnectionEnded');
    given(issued, connected, ended)
      .when(command('EndConnection', { endDate: null }, { by: provider }))
      .recordsNothing();
    given(issued, connected, ended)
      .when(command('EndConnection', { endDate: '2022-01-31' }, { by: provider }))
      .records(event('ConnectionEnded', { endDate: '2022-01-31' }));
  });

  test('cannot end before it began', () => {
    given(issued, connected)
      .when(command('EndConnection', { endDate: '2021-08-31' }, { by: provider }))
      .refuses('ERR_INPUT_INVALID');
  });
});

describe('handling', () => {
  test('is changed by the keeper alone', () => {
    given(issued)
      .when(command('ChangeHandling', {}, { by: keeper }))
      .records(event('HandlingChanged'));
    given(issued)
      .when(command('ChangeHandling', {}, { by: provider }))
      .refuses('ERR_NOT_PERMITTED');
    given(issued)
      .when(command('ChangeHandling', {}, { by: theLearner }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test.each([[null], ['2024-09-02'], ['2024-01-01']])(
    'that is restricted without a review to come (%s) is refused',
    (reviewDate) => {
      given(issued)
        .when(command('ChangeHandling', { reviewDate }, { by: keeper }))
        .refuses('ERR_INPUT_INVALID');
    },
  );

  test('that is standard authorises nobody', () => {
    given(issued)
      .when(command('ChangeHandling', { level: 'standard', reviewDate: null }, { by: keeper }))
      .refuses('ERR_INPUT_INVALID');
  });

  test('that is so already records nothing', () => {
    given(issued, event('HandlingChanged'))
      .when(command('ChangeHandling', { reason: 'Asked again.' }, { by: keeper }))
      .recordsNothing();
  });

  test('goes back to standard', () => {
    const back = { level: 'standard' as const, authorised: [], reviewDate: null };
    given(issued, event('HandlingChanged'))
      .when(command('ChangeHandling', back, { by: keeper }))
      .records(event('HandlingChanged', back));
  });
});
