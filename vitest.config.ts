import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A guard against hanging for ever, and nothing else: how long a test takes depends on what the machine
    // does besides, so a test states what it waits for and never how long that may take.
    testTimeout: 20 * 60_000,
    hookTimeout: 20 * 60_000,
    // Every ledger of the tests waits for its disk at every commit. A killed process leaves in memory what
    // it would leave on a disk, so where there is a folder in memory the tests' files are there.
    env: existsSync('/dev/shm') ? { TMPDIR: '/dev/shm' } : {},
    // Many tests wait for servers and processes rather than compute: more than one is at work.
    maxWorkers: 2,
  },
});
