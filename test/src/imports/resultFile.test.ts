import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createResultFile } from '../../../src/imports/resultFile.js';
import { outputFile } from '../../../streams/output.js';
import { temporaryFolder } from '../../support/ledger.js';

async function open(path: string) {
  const file = await createResultFile(outputFile(path, HEAD, []), 'learners');
  onTestFinished(file.close);
  return file;
}

const HEAD = 'Row,Key,Outcome,Code,Reason,ULN\n';
const EARLIER = `${HEAD}1,earlier,created,,,\n`;
const somewhere = () => join(temporaryFolder(), 'result.csv');

test('gets its name when it is kept, in place of an earlier one, and quotes what needs it', async () => {
  const path = somewhere();
  writeFileSync(path, EARLIER);
  const file = await open(path);
  await file.write(['1', 'L,"1"', 'two\nlines']);
  expect(readFileSync(path, 'utf8')).toBe(EARLIER);
  await file.keep();
  expect(readFileSync(path, 'utf8')).toBe(`${HEAD}1,"L,""1""","two\nlines"\n`);
  expect(readdirSync(dirname(path))).toEqual(['result.csv']);
});

test('is written by its owner alone, in place of a part that a killed import left', async () => {
  const path = somewhere();
  writeFileSync(`${path}.part`, HEAD.slice(0, 7), { mode: 0o644 });
  const file = await open(path);
  await file.write(['1']);
  expect(statSync(`${path}.part`).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${path}.part`, 'utf8')).toBe(`${HEAD}1\n`);
});

test('leaves nothing when it is discarded', async () => {
  const path = somewhere();
  const file = await open(path);
  await file.discard();
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('that another import has begun since is that one’s: it is neither named nor removed', async () => {
  const path = somewhere();
  const [first, second] = [await open(path), await open(path)];
  await first.write(['first']);
  await second.write(['second']);
  await expect(first.keep()).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
  expect(existsSync(path)).toBe(false);
  await first.discard();
  await second.keep();
  expect(readFileSync(path, 'utf8')).toBe(`${HEAD}second\n`);
});

test('that another import has named since is not named again', async () => {
  const path = somewhere();
  const [first, second] = [await open(path), await open(path)];
  await second.write(['second']);
  await second.keep();
  await expect(first.keep()).rejects.toMatchObject({ code: 'ERR_INPUT_INVALID' });
  expect(readFileSync(path, 'utf8')).toBe(`${HEAD}second\n`);
});
