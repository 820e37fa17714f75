import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { until } from './until.js';

/** True where no nats-server is installed: what needs one is skipped, and says so. */
export const isNatsMissing = spawnSync('nats-server', ['--version']).error !== undefined;

if (isNatsMissing) {
  process.stderr.write('NOT RUN: tests that need nats-server, which is not installed here.\n');
}

/** A real nats-server with JetStream, in a folder of its own. */
export type NatsServer = {
  readonly url: string;
  readonly port: number;
  /** Its files: what it wrote of every message. */
  readonly folder: string;
  /** Kills it with SIGKILL, as a power cut would. */
  readonly kill: () => Promise<void>;
  /** Starts it, also again on the same files. */
  readonly start: () => Promise<void>;
  /** Stops it from doing anything, or lets it go on, without ending it. */
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** Kills it and removes its files. */
  readonly remove: () => Promise<void>;
};

/** Starts a server; `config` is added to its configuration. It ends with the test. */
export async function startNatsServer(config = ''): Promise<NatsServer> {
  const server = await openNatsServer(config);
  onTestFinished(server.remove);
  return server;
}

/** Starts a server that its caller removes. */
export async function openNatsServer(config = ''): Promise<NatsServer> {
  const server = createNatsServer(await freePort(), config);
  await server.start();
  return server;
}

/** Starts three servers that are one cluster, which its caller removes. */
export async function openNatsCluster(): Promise<readonly NatsServer[]> {
  const routes = [await freePort(), await freePort(), await freePort()];
  const servers = await Promise.all(
    routes.map(async (route, index) =>
      createNatsServer(
        await freePort(),
        `server_name: n${index}\ncluster { name: tests, listen: "127.0.0.1:${route}", routes: [${routes
          .map((port) => `"nats://127.0.0.1:${port}"`)
          .join(', ')}] }`,
      ),
    ),
  );
  await Promise.all(servers.map((server) => server.start()));
  return servers;
}

/** The URL of several servers, for a ledger or a bus of a name. */
export function urlOf(servers: readonly NatsServer[], name: string, query = ''): string {
  return `nats://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${name}${query}`;
}

function createNatsServer(port: number, config: string): NatsServer {
  const folder = mkdtempSync(join(tmpdir(), 'plr-nats-'));
  const file = join(folder, 'nats.conf');
  const store = join(folder, 'jetstream');
  writeFileSync(
    file,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${store}" }\n${config}\n`,
  );
  let running: ChildProcess | null = null;
  const isRunning = () =>
    running !== null && running.exitCode === null && running.signalCode === null;

  async function kill(): Promise<void> {
    if (running !== null && isRunning()) {
      const ended = once(running, 'exit');
      running.kill('SIGKILL');
      await ended;
    }
  }

  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder: store,
    kill,
    start: async () => {
      running = spawn('nats-server', ['-c', file], { stdio: 'ignore' });
      await until(async () => {
        if (!isRunning()) {
          throw new Error('expected nats-server to run, found it ended');
        }
        return isOpen(port);
      });
    },
    freeze: () => running?.kill('SIGSTOP'),
    thaw: () => running?.kill('SIGCONT'),
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Below the ports that the system gives to clients, and a range of its own for every worker of the tests. */
const FIRST_PORT = 12_000;
const PORTS_PER_WORKER = 1_000;
/** Another run of the tests beside this one begins elsewhere in the range. */
let portsGiven = process.pid % PORTS_PER_WORKER;

/** A port of this machine that nobody listens on, and that no other test is given. */
export async function freePort(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % 16;
  for (let tries = 0; tries < PORTS_PER_WORKER; tries += 1) {
    portsGiven += 1;
    const port = FIRST_PORT + worker * PORTS_PER_WORKER + (portsGiven % PORTS_PER_WORKER);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) {
      server.close();
      await once(server, 'close');
      return port;
    }
  }
  throw new Error('expected a free port, found none');
}

async function isOpen(port: number): Promise<boolean> {
  const socket = connectTcp(port, '127.0.0.1');
  // A server that is up says who it is before it is asked.
  const isUp = await Promise.race([
    once(socket, 'data').then(() => true),
    once(socket, 'close').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return isUp;
}
