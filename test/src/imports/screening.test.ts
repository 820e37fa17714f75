import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COLLEGE, createLedgerWorld, expectDone, linesOf, register } from '../cli/world.js';

test('rows of a file are screened too: recorded, flagged once, and answered as others are', async () => {
  const world = await createLedgerWorld();
  const uln = await register(world);
  const file = world.path('participation.csv');
  writeFileSync(
    file,
    [
      'ULN,ParticipationId,Source,SubjectCode,Subject,AchievementProviderName,ParticipationStartDate',
      `${uln},P-1,ILR,601/0143/X,Example Studies,HMP Example,2025-09-08`,
      `${uln},P-2,ILR,601/0143/X,Example Studies,Example College,2025-09-08`,
      '',
    ].join('\n'),
  );
  for (const answer of [/2 created/, /2 unchanged/]) {
    const run = expectDone(await world.plr(['import', 'participation', file, '--as', COLLEGE]));
    expect(run.stdout).toMatch(answer);
    expect(readFileSync(`${file}.result.csv`, 'utf8')).not.toMatch(/offence|flag/i);
  }
  expect(linesOf(await world.plr(['sensitive', 'list', '--ndjson']))).toMatchObject([
    { kind: 'flag', entry: { entryId: 'P-1' }, flagged: { categories: ['offence'] } },
  ]);
});
