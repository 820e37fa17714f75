import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The tests that kill processes take longest and wait most: begun first, they have company to the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => moduleId.includes('/durability/');
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    // A guard against hanging for ever, and nothing else: how long a test takes depends on what the machine
    // does besides, so a test states what it waits for and never how long that may take.
    testTimeout: 20 * 60_000,
    hookTimeout: 20 * 60_000,
    // Every ledger of the tests waits for its disk at every commit. A killed process leaves in memory what
    // it would leave on a disk, so where there is a folder in memory the tests' files are there.
    env: existsSync('/dev/shm') ? { TMPDIR: '/dev/shm' } : {},
    // Many tests wait for servers and processes rather than compute: more are at work than there are cores.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
