import { describe, test } from 'vitest';
import { command, event, keeper, provider, stranger, theLearner } from '../examples.js';
import { given } from '../language.js';

const issued = event('UlnIssued');
const shown = event('NoticeShown');

describe('showing a notice', () => {
  test('to a learner who looks at their record is done by the service', () => {
    given(issued).when(command('ShowNotice')).records(shown);
  });

  test('by an organisation names it', () => {
    given(issued)
      .when(command('ShowNotice', {}, { by: provider }))
      .records(event('NoticeShown', { shownBy: provider }));
  });

  test('again in the same language by the same records nothing', () => {
    given(issued, shown).when(command('ShowNotice')).recordsNothing();
    given(issued, shown)
      .when(command('ShowNotice', {}, { by: keeper }))
      .recordsNothing();
  });

  test.each([
    ['another notice', { notice: 2 }, theLearner, { notice: 2 }],
    ['another language', { language: 'cy' }, theLearner, { language: 'cy' }],
    ['by somebody else', {}, stranger, { shownBy: stranger }],
  ] as const)('is news: %s', (_, data, by, recorded) => {
    given(issued, shown)
      .when(command('ShowNotice', data, { by }))
      .records(event('NoticeShown', recorded));
  });
});

describe('acknowledging a notice', () => {
  const acknowledged = event('NoticeAcknowledged');

  test('is recorded after it was shown, by whomever', () => {
    given(issued, event('NoticeShown', { shownBy: provider }))
      .when(command('AcknowledgeNotice'))
      .records(acknowledged);
  });

  test.each([
    ['nothing', []],
    ['another notice', [event('NoticeShown', { notice: 2 })]],
    ['another language', [event('NoticeShown', { language: 'cy' })]],
  ])('is refused where the learner was shown %s', (_, events) => {
    given(issued, ...events)
      .when(command('AcknowledgeNotice'))
      .refuses('ERR_NOTICE_NOT_SHOWN');
  });

  test.each([provider, keeper])('is refused to the $kind', (by) => {
    given(issued, shown)
      .when(command('AcknowledgeNotice', {}, { by }))
      .refuses('ERR_NOT_PERMITTED');
  });

  test('again, in whatever language, records nothing', () => {
    given(issued, shown, acknowledged)
      .when(command('AcknowledgeNotice', { language: 'cy' }))
      .recordsNothing();
  });
});
