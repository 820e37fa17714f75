#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { runCli } from './cli/program.js';
import { createSystemClock } from './clock.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => stop.abort());
}
// A reader such as "head" that has seen enough closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await runCli(process.argv.slice(2), {
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: createSystemClock(),
  newId: randomUUID,
  signal: stop.signal,
});
