import { describe } from 'vitest';
import { appendContract } from './contract/append.js';
import { followContract } from './contract/follow.js';
import type { Harness } from './contract/harness.js';
import { modelContract } from './contract/model.js';
import { readContract } from './contract/read.js';

/** The contract of `streams/eventStore.ts`, run by every engine. */
export function eventStoreContract(name: string, harness: Harness): void {
  describe(name, () => {
    appendContract(harness);
    readContract(harness);
    followContract(harness);
    modelContract(harness);
  });
}
