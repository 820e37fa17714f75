/** A step that kills this process the n-th time that it is taken. */
export function killAtStep(killAt: number): () => void {
  let steps = 0;
  return () => {
    steps += 1;
    if (steps === killAt) {
      process.kill(process.pid, 'SIGKILL');
      // The signal is on its way; nothing more may happen until it is here.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }
  };
}
