import { SingleBar } from 'cli-progress';
import { type CliContext, isTerminal } from './context.js';

/** A bar with rate and remaining time on a terminal, or a count where the total is not known; nothing elsewhere. */
export type ProgressBar = {
  readonly show: (done: number, total?: number) => void;
  readonly stop: () => void;
};

/** Creates a bar that counts things of one kind: `Importing … 5 of 10 rows`. */
export function createProgressBar(context: CliContext, doing: string, things: string): ProgressBar {
  const bar = new SingleBar({
    stream: context.stderr,
    format: `${doing} {bar} {percentage}% | {value} of {total} ${things} | {rate} ${things}/s | {eta_formatted} left`,
    etaBuffer: 200,
  });
  const isShown = isTerminal(context.stderr);
  // What was done before is not what this run does in its time.
  let started: { readonly atMs: number; readonly done: number } | null = null;
  return {
    show: (done, total) => {
      if (!isShown) {
        return;
      }
      if (started === null) {
        started = { atMs: performance.now(), done };
        bar.start(total ?? done, done, { rate: 0 });
      }
      const seconds = (performance.now() - started.atMs) / 1000;
      const rate = seconds > 0 ? Math.round((done - started.done) / seconds) : 0;
      bar.setTotal(total ?? done);
      bar.update(done, { rate });
    },
    stop: () => {
      if (started !== null) {
        bar.stop();
      }
    },
  };
}
