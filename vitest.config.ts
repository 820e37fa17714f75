import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Durability tests start many processes; a minute is theirs, not a unit test's.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many of them wait for servers and processes rather than compute: more of them than cores are at work.
    maxWorkers: 3,
  },
});
