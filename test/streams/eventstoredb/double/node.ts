import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  DeleteReq,
  DeleteResp,
  ReadReq,
  ReadResp,
  TombstoneReq,
  TombstoneResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from '@grpc/grpc-js';
import {
  accessDenied,
  appendTooLarge,
  commitTimeout,
  connectionLost,
  noLeader,
  notLeader,
  notReady,
  streamDeleted,
  tooSlow,
  wrongVersion,
} from './errors.js';
import type { Expected, Log, Proposed } from './log.js';
import { answerRead, answerSubscription, nameIn, type ReadHabits } from './reads.js';
import {
  appendResponse,
  batchNotReady,
  bytesOf,
  createBatches,
  expectedIn,
  MAX_APPEND_BYTES,
  proposedIn,
  streamIn,
} from './writes.js';

/** The calls that a node is asked to make. */
export type Rpc =
  | 'read'
  | 'subscribe'
  | 'append'
  | 'batchAppend'
  | 'delete'
  | 'gossip'
  | 'features';

/**
 * What goes wrong with one call. `silent`: nothing is done and nothing answered. `lost` and
 * `lost-silently`: it is done, and the answer does not come back. `timeout`: it is done, and the server
 * says that it does not know.
 */
export type Fault = 'none' | 'silent' | 'not-ready' | 'lost' | 'lost-silently' | 'timeout';

/** How a node is run. */
export type NodeOptions = {
  readonly tls?: { readonly key: Buffer; readonly certificate: Buffer };
  /** Whether callers must show a certificate, which must be the node's own. */
  readonly asksForCertificate?: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
};

/** The address of a node, and its place in the cluster. */
export type Member = {
  readonly port: number;
  readonly state: number;
  readonly isAlive: boolean;
  readonly clockMs: number;
};

/** One server. It may be stopped and started again on the same port; the log is the cluster's. */
export type DoubleNode = Awaited<ReturnType<typeof startNode>>;

const HOST = '127.0.0.1';

/** Starts a node on a free port. */
export async function startNode(
  log: Log,
  cluster: {
    readonly members: () => readonly Member[];
    /** The leader's port, `null` while there is none. */
    readonly leaderPort: () => number | null;
  },
  options: NodeOptions = {},
) {
  const calls = new Map<Rpc, number>();
  const subscriptions = new Set<ServerWritableStream<ReadReq, ReadResp>>();
  const batches = new Set<ServerDuplexStream<BatchAppendReq, BatchAppendResp>>();
  const habits: ReadHabits = {
    refusesOddPositions: false,
    endsAtEmptyWindow: false,
    readableAfterMs: () => 0,
  };
  const faults: { next: (rpc: Rpc) => Fault } = { next: () => 'none' };
  let server: Server | null = null;
  let port = 0;

  type Admission = { readonly fault: Fault; readonly error: Error | null };

  /** Counts a call and says how it is to go wrong. */
  function admit(rpc: Rpc, metadata: Metadata): Admission {
    calls.set(rpc, (calls.get(rpc) ?? 0) + 1);
    const fault = faults.next(rpc);
    const leader = cluster.leaderPort();
    const needsLeader = metadata.get('requires-leader')[0] === 'true' && rpc !== 'gossip';
    if (fault === 'not-ready') {
      return { fault, error: notReady() };
    }
    if (needsLeader && leader === null) {
      return { fault, error: noLeader() };
    }
    if (options.credentials !== undefined && !isKnown(metadata, options.credentials)) {
      return { fault, error: accessDenied() };
    }
    const isElsewhere = needsLeader && leader !== null && leader !== port;
    return { fault, error: isElsewhere ? notLeader(HOST, leader) : null };
  }

  function read(call: ServerWritableStream<ReadReq, ReadResp>): void {
    const isSubscription = call.request.getOptions()?.hasSubscription() === true;
    const { fault, error } = admit(isSubscription ? 'subscribe' : 'read', call.metadata);
    if (error !== null) {
      call.emit('error', error);
    } else if (fault === 'lost' || fault === 'timeout') {
      call.emit('error', fault === 'lost' ? connectionLost() : commitTimeout());
    } else if (fault === 'none' && isSubscription) {
      subscriptions.add(call);
      call.on('close', () => subscriptions.delete(call));
      answerSubscription(log, call);
    } else if (fault === 'none') {
      answerRead(log, call, habits);
    }
  }

  function append(
    call: ServerReadableStream<AppendReq, AppendResp>,
    callback: sendUnaryData<AppendResp>,
  ): void {
    const { fault, error } = admit('append', call.metadata);
    let target: AppendReq.Options | undefined;
    const proposed: Proposed[] = [];
    call.on('data', (request: AppendReq) => {
      target = request.getOptions() ?? target;
      const message = request.getProposedMessage();
      const event = message === undefined ? null : proposedIn(message);
      proposed.push(...(event === null ? [] : [event]));
    });
    call.on('error', () => undefined);
    call.on('end', () => {
      if (error !== null) {
        callback(error);
      } else if (target !== undefined && !call.cancelled && fault !== 'silent') {
        answerAppend(target, proposed, fault, callback);
      }
    });
  }

  function answerAppend(
    target: AppendReq.Options,
    proposed: readonly Proposed[],
    fault: Fault,
    callback: sendUnaryData<AppendResp>,
  ): void {
    if (bytesOf(proposed) > MAX_APPEND_BYTES) {
      callback(appendTooLarge(MAX_APPEND_BYTES));
      return;
    }
    const stream = streamIn(target);
    const expected = expectedIn(target, target.getRevision());
    const outcome = log.append(stream, expected, proposed);
    if (fault === 'lost' || fault === 'timeout') {
      callback(fault === 'lost' ? connectionLost() : commitTimeout());
    } else if (fault !== 'lost-silently' && outcome.kind === 'deleted') {
      callback(streamDeleted(stream));
    } else if (fault !== 'lost-silently' && outcome.kind !== 'deleted') {
      callback(null, appendResponse(outcome, expected));
    }
  }

  function batchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
    const answer = createBatches(log);
    batches.add(call);
    call.on('close', () => batches.delete(call));
    call.on('error', () => undefined);
    call.on('data', (request: BatchAppendReq) => {
      const { fault, error } = admit('batchAppend', call.metadata);
      if (fault === 'not-ready') {
        call.write(batchNotReady(request));
      } else if (error !== null) {
        call.emit('error', error);
      } else if (fault !== 'silent') {
        const response = answer(request);
        if (response !== null && fault === 'none') {
          call.write(response);
        }
      }
    });
    call.on('end', () => call.end());
  }

  function remove(
    forEver: boolean,
    stream: string,
    expected: Expected,
    metadata: Metadata,
  ): Error | null {
    const { error } = admit('delete', metadata);
    if (error !== null) {
      return error;
    }
    const outcome = log.remove(stream, expected, forEver);
    if (outcome.kind === 'wrong') {
      return wrongVersion(stream, String(expected), outcome.current);
    }
    return outcome.kind === 'deleted' ? streamDeleted(stream) : null;
  }

  const service = {
    read,
    append,
    batchAppend,
    delete: (call: ServerUnaryCall<DeleteReq, DeleteResp>, callback: sendUnaryData<DeleteResp>) => {
      const options = call.request.getOptions();
      const stream = nameIn(options?.getStreamIdentifier());
      const expected = options === undefined ? 'any' : expectedIn(options, options.getRevision());
      const error = remove(false, stream, expected, call.metadata);
      const response = new streams.DeleteResp();
      response.setNoPosition(new shared.Empty());
      callback(error, response);
    },
    tombstone: (
      call: ServerUnaryCall<TombstoneReq, TombstoneResp>,
      callback: sendUnaryData<TombstoneResp>,
    ) => {
      const options = call.request.getOptions();
      const stream = nameIn(options?.getStreamIdentifier());
      const expected = options === undefined ? 'any' : expectedIn(options, options.getRevision());
      const error = remove(true, stream, expected, call.metadata);
      const response = new streams.TombstoneResp();
      response.setNoPosition(new shared.Empty());
      callback(error, response);
    },
  };

  async function start(): Promise<void> {
    const started = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    started.addService(StreamsService, service);
    started.addService(GossipService, {
      read: (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => {
        const { fault, error } = admit('gossip', call.metadata);
        if (fault !== 'silent') {
          callback(error, clusterInfo(cluster.members()));
        }
      },
    });
    started.addService(ServerFeaturesService, {
      getSupportedMethods: (
        call: ServerUnaryCall<unknown, unknown>,
        callback: sendUnaryData<unknown>,
      ) => {
        const { fault, error } = admit('features', call.metadata);
        if (fault !== 'silent') {
          callback(error, supportedMethods());
        }
      },
    });
    port = await bind(started, port, options);
    server = started;
  }

  await start();
  return {
    port: () => port,
    isUp: () => server !== null,
    start,
    /** Ends it at once, with every call. */
    kill: (): void => {
      server?.forceShutdown();
      server = null;
    },
    faults,
    /** How its reads behave from now on. */
    habits,
    /** How often a call was made of this node. */
    count: (rpc: Rpc): number => calls.get(rpc) ?? 0,
    endSubscriptions: (): void => {
      for (const call of subscriptions) {
        call.end();
      }
    },
    abortSubscriptions: (): void => {
      for (const call of subscriptions) {
        call.emit('error', tooSlow());
      }
    },
    endBatches: (): void => {
      for (const call of batches) {
        call.end();
      }
    },
    subscriberCount: (): number => subscriptions.size,
  };
}

function bind(server: Server, port: number, options: NodeOptions): Promise<number> {
  const { tls, asksForCertificate = false } = options;
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          asksForCertificate ? tls.certificate : null,
          [{ private_key: tls.key, cert_chain: tls.certificate }],
          asksForCertificate,
        );
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
}

function isKnown(
  metadata: Metadata,
  { username, password }: { readonly username: string; readonly password: string },
): boolean {
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return metadata.get('authorization')[0] === expected;
}

function clusterInfo(members: readonly Member[]) {
  const info = new gossip.ClusterInfo();
  info.setMembersList(
    members.map(({ port, state, isAlive, clockMs }) => {
      const endPoint = new gossip.EndPoint();
      endPoint.setAddress(HOST);
      endPoint.setPort(port);
      const id = new shared.UUID();
      id.setString('00000000-0000-4000-8000-000000000000');
      const member = new gossip.MemberInfo();
      member.setInstanceId(id);
      member.setTimeStamp(String(BigInt(clockMs) * 10_000n));
      // Sound: the numbers are those of the wire, written down in cluster.ts.
      member.setState(state as ReturnType<typeof member.getState>);
      member.setIsAlive(isAlive);
      member.setHttpEndPoint(endPoint);
      return member;
    }),
  );
  return info;
}

function supportedMethods() {
  const append = new features.SupportedMethod();
  append.setServiceName('event_store.client.streams.streams');
  append.setMethodName('batchappend');
  const methods = new features.SupportedMethods();
  methods.setEventStoreServerVersion('23.10.8');
  methods.setMethodsList([append]);
  return methods;
}
