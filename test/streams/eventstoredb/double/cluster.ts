import { createLog } from './log.js';
import { type DoubleNode, type NodeOptions, startNode } from './node.js';

const FOLLOWER = 6;
const LEADER = 8;

/** Some nodes of EventStoreDB on one log, in this process. They speak the wire; see `docs/decisions/0024`. */
export type Double = Awaited<ReturnType<typeof startDouble>>;

/** Starts so many nodes, the first of them the leader. */
export async function startDouble(nodeCount = 1, options: NodeOptions = {}) {
  const log = createLog();
  const nodes: DoubleNode[] = [];
  let leader: number | null = 0;
  let aheadMs = 0;
  const cluster = {
    members: () =>
      nodes.map((node, index) => ({
        port: node.port(),
        state: index === leader ? LEADER : FOLLOWER,
        isAlive: node.isUp(),
        clockMs: Date.now() + aheadMs,
      })),
    leaderPort: () => (leader === null ? null : (nodes[leader]?.port() ?? null)),
  };
  for (let index = 0; index < nodeCount; index += 1) {
    nodes.push(await startNode(log, cluster, options));
  }
  const [first] = nodes;
  if (first === undefined) {
    throw new RangeError('a double has at least one node');
  }
  const scheme = options.tls === undefined ? 'tls=false' : 'tls=true';
  return {
    log,
    nodes,
    /** The first node, and the only one of a single server. */
    node: first,
    /** Makes another node the leader, or none. */
    elect: (index: number | null): void => {
      leader = index;
    },
    /** Sets the clocks of the nodes so far ahead. */
    setAhead: (ms: number): void => {
      aheadMs = ms;
    },
    /** A URL of all nodes, or of some of them. */
    url: (name: string, parameters = '', some: readonly DoubleNode[] = nodes): string =>
      `esdb://${some.map((node) => `127.0.0.1:${node.port()}`).join(',')}/${name}?${scheme}${parameters}`,
    stop: (): void => {
      for (const node of nodes) {
        node.kill();
      }
    },
  };
}
