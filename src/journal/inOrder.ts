/** Runs the steps given under one name one after another, in the order in which they were given. */
export type InOrder = <Result>(name: string, step: () => Promise<Result>) => Promise<Result>;

/** Creates queues by name: writers to one stream wait for each other, and retries are for other processes. */
export function createQueues(): InOrder {
  const queues = new Map<string, Promise<unknown>>();
  return (name, step) => {
    const previous = queues.get(name) ?? Promise.resolve();
    const next = previous.then(step, step);
    queues.set(name, next);
    const clear = () => {
      if (queues.get(name) === next) {
        queues.delete(name);
      }
    };
    next.then(clear, clear);
    return next;
  };
}
