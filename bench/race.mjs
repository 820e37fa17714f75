/**
 * Lets contestants do the same work in turn, round after round, so that a busy machine is busy for
 * all of them. The first round only warms up: it is prepared with a quarter of the size and does not
 * count. Each round begins with another contestant. Returns the rates per second of each, by name.
 */
export async function race({ contestants, rounds, prepare, work }) {
  const rates = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    const isWarmUp = round === 0;
    const job = await prepare(isWarmUp ? 0.25 : 1);
    const turn = round % contestants.length;
    for (const contestant of [...contestants.slice(turn), ...contestants.slice(0, turn)]) {
      // One contestant's garbage is not collected in another's time.
      globalThis.gc?.();
      const startedAtMs = performance.now();
      const count = await work(contestant, job);
      const seconds = (performance.now() - startedAtMs) / 1000;
      if (!isWarmUp) {
        rates.get(contestant.name).push(count / seconds);
      }
    }
  }
  return rates;
}

/** The middle one of some numbers. */
export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
