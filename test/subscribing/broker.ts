import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/ledger.js';

/** True where no nats-server is installed: what needs one is skipped, and says so. */
export const isBrokerMissing = spawnSync('nats-server', ['--version']).error !== undefined;

/** A real nats-server with JetStream, in a folder of its own. */
export type Broker = {
  readonly url: string;
  /** Its files: what it wrote of every message. */
  readonly folder: string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
};

/** Starts a broker; `config` is added to its configuration. It is killed when the test ends. */
export async function startBroker(config = ''): Promise<Broker> {
  const folder = temporaryFolder();
  const port = await freePort();
  const file = join(folder, 'nats.conf');
  const store = join(folder, 'jetstream');
  writeFileSync(
    file,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${store}" }\n${config}\n`,
  );
  let running: ChildProcess | null = null;
  const broker: Broker = {
    url: `nats://127.0.0.1:${port}`,
    folder: store,
    kill: async () => {
      if (running !== null && running.exitCode === null && running.signalCode === null) {
        const ended = once(running, 'exit');
        running.kill('SIGKILL');
        await ended;
      }
    },
    start: async () => {
      running = spawn('nats-server', ['-c', file], { stdio: 'ignore' });
      await untilOpen(port);
    },
  };
  await broker.start();
  onTestFinished(broker.kill);
  return broker;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilOpen(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connectTcp(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'data').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) {
      return;
    }
    await sleep(25);
  }
  throw new Error('expected nats-server to answer within 5 s');
}
