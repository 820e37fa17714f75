/**
 * Works on up to `limit` items at once and yields the results in the order of the items. The source
 * is read only as far as there is room, so memory does not grow with it. The first failure ends it
 * after everything under way has come to its end.
 */
export async function* inFlight<Item, Result>(
  source: AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  let isDraining = false;
  try {
    for await (const item of source) {
      const result = work(item);
      // A failure is met where the result is awaited, in order; until then it is not unhandled.
      result.catch(() => undefined);
      underWay.push(result);
      // Half are waited for at once: items begun together can share what they commit.
      while (underWay.length >= limit || (isDraining && underWay.length > limit / 2)) {
        isDraining = true;
        yield await (underWay.shift() as Promise<Result>);
      }
      isDraining = false;
    }
    while (underWay.length > 0) {
      yield await (underWay.shift() as Promise<Result>);
    }
  } finally {
    await Promise.allSettled(underWay);
  }
}
