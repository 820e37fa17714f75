import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePort } from './natsServer.js';

/** A way to a server of this machine on which something can get lost. It ends with the test. */
export type Proxy = {
  readonly port: number;
  /** From now on the server's answers, or what both say, arrive nowhere. */
  readonly swallow: (what: 'answers' | 'everything') => void;
  /** Breaks every connection; those made from now on lose nothing. */
  readonly pass: () => void;
};

/** Opens a way to the server at a port. */
export async function openProxy(serverPort: number): Promise<Proxy> {
  let swallowed: 'nothing' | 'answers' | 'everything' = 'nothing';
  const sockets = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    sockets.add(client).add(server);
    client.on('data', (bytes) => swallowed === 'everything' || server.write(bytes));
    server.on('data', (bytes) => swallowed !== 'nothing' || client.write(bytes));
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  const port = await freePort();
  proxy.listen(port, '127.0.0.1');
  await once(proxy, 'listening');
  const breakAll = () => {
    for (const socket of sockets) {
      socket.destroy();
    }
    sockets.clear();
  };
  onTestFinished(() => {
    breakAll();
    proxy.close();
  });
  return {
    port,
    swallow: (what) => {
      swallowed = what;
    },
    pass: () => {
      swallowed = 'nothing';
      breakAll();
    },
  };
}
