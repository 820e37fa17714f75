import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked. Each look costs next to nothing. */
const LOOK_MS = 10;

/**
 * Waits until something is so, for as long as that takes: how fast a machine is fails no test. What never
 * comes is ended by the guard that every test has (`testTimeout` in `vitest.config.ts`).
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await sleep(LOOK_MS);
  }
}
