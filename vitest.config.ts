import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Durability tests start many processes; a minute is theirs, not a unit test's.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
