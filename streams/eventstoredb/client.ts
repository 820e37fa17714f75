import {
  convertToCommandError,
  EventStoreDBClient,
  type SingleNodeOptions,
} from '@eventstore/db-client';
import { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossipMessages from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { cancelled, timedOut } from './errors.js';
import type { EventStoreDbPlace } from './url.js';

/** One event as the wire has it. */
export type RawEvent = ReadResp.ReadEvent.RecordedEvent;

/** One node as the gossip has it. */
export type Member = {
  readonly state: string;
  readonly isAlive: boolean;
  /** What its clock said when it gossiped last. */
  readonly clockMs: number;
};

type Call = { readonly cancel: () => void };

/**
 * The client with what its public calls leave out: filtered pages of `$all`, gossip and the server's
 * version, each within a time-out. The client gives its connection to subclasses alone, which is why
 * this is a class.
 */
export class LedgerClient extends EventStoreDBClient {
  private readonly place: EventStoreDbPlace;
  private readonly calls = new Set<Call>();
  private channel: ReturnType<typeof this.getChannel> | null = null;
  private isEnded = false;

  constructor(place: EventStoreDbPlace) {
    // Sound: the constructor takes any of the three kinds of connection; only its overloads take one each.
    super(
      place.connection as SingleNodeOptions,
      place.channel,
      ...(place.credentials === null ? [] : [place.credentials]),
    );
    this.place = place;
    // Nobody waits for it, and it rejects when the cluster cannot be discovered.
    const handleError = this.handleError;
    this.handleError = (client, error) => handleError(client, error).catch(() => undefined);
    const getChannel = this.getChannel;
    this.getChannel = () => {
      this.channel = getChannel();
      return this.channel;
    };
    // The answer "yes" would lead to BatchAppend, and a failed question is remembered for ever.
    this.supports = async () => false;
  }

  /** What every call is sent with: to the leader, since a follower's answer may be old. */
  callOptions(timeoutMs = this.place.timeoutMs) {
    const { credentials } = this.place;
    return {
      requiresLeader: true,
      deadline: timeoutMs,
      ...(credentials === null ? {} : { credentials }),
    };
  }

  /** Connects, which in a cluster may take many steps, so that what is sent next is sent at once. */
  async connect(): Promise<void> {
    await this.within(this.place.timeoutMs, this.getChannel());
  }

  /** The events that one read request is answered with; none for a stream that does not exist. */
  readEvents(request: ReadReq): Promise<readonly RawEvent[]> {
    const reading = this.execute(
      StreamsClient,
      'read',
      (client) =>
        new Promise<readonly RawEvent[]>((resolve, reject) => {
          const events: RawEvent[] = [];
          const call = client.read(request, ...this.callArguments(this.callOptions()));
          this.track(call, reject);
          call.on('data', (response: ReadResp) => {
            const event = response.getEvent()?.getEvent();
            if (event !== undefined) {
              events.push(event);
            }
          });
          call.on('error', reject);
          call.on('end', () => resolve(events));
          call.on('close', () => this.calls.delete(call));
        }),
    );
    return this.within(this.place.timeoutMs, reading);
  }

  /** The nodes that the server knows of, itself included. */
  members(): Promise<readonly Member[]> {
    const asking = this.execute(
      GossipClient,
      'gossip',
      (client) =>
        new Promise<readonly Member[]>((resolve, reject) => {
          const [metadata, options] = this.callArguments(this.callOptions());
          const call = client.read(new sharedMessages.Empty(), metadata, options, (error, info) => {
            this.calls.delete(call);
            if (error === null) {
              resolve(info.getMembersList().map(toMember));
            } else {
              reject(error);
            }
          });
          this.track(call, reject);
        }),
    );
    return this.within(this.place.timeoutMs, asking);
  }

  /** The server's version, as it states it. */
  serverVersion(): Promise<string> {
    const asking = this.execute(
      ServerFeaturesClient,
      'serverFeatures',
      (client) =>
        new Promise<string>((resolve, reject) => {
          const [metadata, options] = this.callArguments(this.callOptions());
          const call = client.getSupportedMethods(
            new sharedMessages.Empty(),
            metadata,
            options,
            (error, methods) => {
              this.calls.delete(call);
              if (error === null) {
                resolve(methods.getEventStoreServerVersion());
              } else {
                reject(error);
              }
            },
          );
          this.track(call, reject);
        }),
    );
    return this.within(this.place.timeoutMs, asking);
  }

  /** Ends every call and closes the connection, one that is still being made when it comes. */
  async end(): Promise<void> {
    this.isEnded = true;
    for (const call of this.calls) {
      call.cancel();
    }
    // It waits for every stream to finish, and one that the server ended first may never do so.
    await this.within(CLOSE_MS, this.dispose()).catch(() => undefined);
    this.channel?.then(
      (channel) => channel.close(),
      () => undefined,
    );
  }

  private track(call: Call, reject: (error: Error) => void): void {
    this.calls.add(call);
    if (this.isEnded) {
      call.cancel();
      reject(cancelled());
    }
  }

  private async within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const timeOut = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(timedOut()), timeoutMs + GRACE_MS);
    });
    try {
      return await Promise.race([work, timeOut]);
    } catch (error) {
      throw error instanceof Error ? convertToCommandError(error) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** How much later than gRPC's own deadline a call is given up. */
const GRACE_MS = 250;
/** How long closing waits for calls to end. */
const CLOSE_MS = 250;

/** The wire counts time in units of 100 ns. */
const TICKS_PER_MS = 10_000;

function toMember(member: InstanceType<typeof gossipMessages.MemberInfo>): Member {
  const states = Object.entries(gossipMessages.MemberInfo.VNodeState);
  const [name = 'UNKNOWN'] = states.find(([, number]) => number === member.getState()) ?? [];
  const clockMs = Number(member.getTimeStamp()) / TICKS_PER_MS;
  return { state: name, isAlive: member.getIsAlive(), clockMs };
}
