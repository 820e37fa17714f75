import shared from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { invalid, oddPosition, streamDeleted } from './errors.js';
import type { Log, Recorded } from './log.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;
type Options = ReadReq.Options;

/** How many events of a filtered read the server looks at, at a time. */
const DEFAULT_WINDOW = 32;
const BACKWARD = 1;

/** How a server's reads behave where versions of it differ. */
export type ReadHabits = {
  /** Whether it refuses a log position at which no event begins, or reads on from there. */
  refusesOddPositions: boolean;
  /** Whether a filtered read backwards ends at the first window without a match, as before version 24. */
  endsAtEmptyWindow: boolean;
  /** How long after its writer was answered an event can be read, by its revision. */
  readableAfterMs: (revision: number) => number;
};

/** Answers a read of a count of events. */
export function answerRead(log: Log, call: Call, habits: Readonly<ReadHabits>): void {
  const options = call.request.getOptions();
  if (options === undefined || Number(options.getCount()) <= 0) {
    call.emit('error', invalid('Exception was thrown by handler.'));
    return;
  }
  const error = options.hasStream()
    ? readStream(log, call, options, habits)
    : readLog(log, call, options, habits);
  if (error === null) {
    call.end();
  } else {
    call.emit('error', error);
  }
}

function readStream(
  log: Log,
  call: Call,
  options: Options,
  habits: Readonly<ReadHabits>,
): Error | null {
  const place = options.getStream();
  const name = nameIn(place?.getStreamIdentifier());
  if (log.isTombstoned(name)) {
    return streamDeleted(name);
  }
  const held = log
    .visible(name)
    ?.filter(
      ({ createdMs, revision }) => Date.now() >= createdMs + habits.readableAfterMs(revision),
    );
  if (held === undefined) {
    call.write(notFound(name));
    return null;
  }
  const isBackward = options.getReadDirection() === BACKWARD;
  if (place?.hasEnd() === true && !isBackward) {
    return invalid('Unexpected ReadStreamResult: Error');
  }
  const revision = place?.hasRevision() === true ? Number(place.getRevision()) : null;
  // A server looks through the versions that do not exist, 32 at a time: far past the end it never comes back.
  if (isBackward && revision !== null && revision > held.length + 10_000) {
    return null;
  }
  const range = held.filter(
    (event) =>
      revision === null || (isBackward ? event.revision <= revision : event.revision >= revision),
  );
  send(call, isBackward ? range.toReversed() : range, Number(options.getCount()));
  return null;
}

function readLog(
  log: Log,
  call: Call,
  options: Options,
  habits: Readonly<ReadHabits>,
): Error | null {
  const place = options.getAll();
  const position = place?.getPosition();
  const from = position === undefined ? null : Number(position.getCommitPosition());
  const known = from === null || log.events.some((event) => event.position === from);
  if (!known && (habits.refusesOddPositions || from > log.end())) {
    return oddPosition();
  }
  const isBackward = options.getReadDirection() === BACKWARD;
  const count = Number(options.getCount());
  const filter = options.getFilter();
  if (filter?.hasMax() === true && filter.getMax() <= count) {
    return invalid('Exception was thrown by handler.');
  }
  // Backwards the place is not among the events that are given; forwards it is.
  const range = log.events.filter(
    (event) => from === null || (isBackward ? event.position < from : event.position >= from),
  );
  if (!isBackward) {
    send(call, place?.hasEnd() === true ? [] : range.filter(matcher(options)), count);
    return null;
  }
  const backwards = place?.hasStart() === true ? [] : range.toReversed();
  const window = filter?.hasMax() === true ? filter.getMax() : count;
  const looked =
    filter !== undefined && habits.endsAtEmptyWindow ? backwards.slice(0, window) : backwards;
  send(call, looked.filter(matcher(options)), count);
  return null;
}

/** Answers a subscription: history, the news that it is over, and what is recorded from then on. */
export function answerSubscription(log: Log, call: Call): { readonly stop: () => void } {
  const options = call.request.getOptions();
  if (options === undefined) {
    call.emit('error', invalid('Exception was thrown by handler.'));
    return { stop: () => undefined };
  }
  const multiplier = options.getFilter()?.getCheckpointintervalmultiplier();
  if (multiplier === 0) {
    call.emit('error', invalid('Exception was thrown by handler.'));
    return { stop: () => undefined };
  }
  const filter = options.getFilter();
  const window = filter?.hasMax() === true ? filter.getMax() : DEFAULT_WINDOW;
  const matches = matcher(options);
  let considered = 0;
  const give = (event: Recorded): void => {
    if (matches(event)) {
      call.write(eventResponse(event));
    }
    considered += 1;
    if (multiplier !== undefined && considered % (multiplier * window) === 0) {
      call.write(checkpoint(event.position));
    }
  };
  call.write(confirmation());
  for (const event of history(log, options)) {
    give(event);
  }
  call.write(caughtUp());
  const stop = log.listen((event) => {
    give(event);
    if (options.hasStream() && event.type === '$streamDeleted' && matches(event)) {
      call.emit('error', streamDeleted(event.stream));
    }
  });
  call.on('close', stop).on('cancelled', stop).on('finish', stop);
  return { stop };
}

// Subscriptions begin after their place, reads at it.
function history(log: Log, options: Options): readonly Recorded[] {
  const place = options.hasStream() ? options.getStream() : options.getAll();
  if (place === undefined || place.hasEnd()) {
    return [];
  }
  const stream = options.getStream();
  if (stream !== undefined) {
    const after = stream.hasRevision() ? Number(stream.getRevision()) : -1;
    const held = log.visible(nameIn(stream.getStreamIdentifier())) ?? [];
    return held.filter(({ revision }) => revision > after);
  }
  const after = Number(options.getAll()?.getPosition()?.getCommitPosition() ?? -1);
  return log.events.filter(({ position }) => position > after);
}

function matcher(options: Options): (event: Recorded) => boolean {
  const stream = options.getStream();
  if (stream !== undefined) {
    const name = nameIn(stream.getStreamIdentifier());
    return (event) => event.stream === name;
  }
  const filter = options.getFilter();
  if (filter === undefined) {
    return () => true;
  }
  const isByName = filter.hasStreamIdentifier();
  const expression = isByName ? filter.getStreamIdentifier() : filter.getEventType();
  const prefixes = expression?.getPrefixList() ?? [];
  const pattern = expression?.getRegex();
  return (event) => {
    const text = isByName ? event.stream : event.type;
    return pattern
      ? new RegExp(pattern).test(text)
      : prefixes.some((prefix) => text.startsWith(prefix));
  };
}

function send(call: Call, events: readonly Recorded[], count: number): void {
  for (const event of events.slice(0, count)) {
    call.write(eventResponse(event));
  }
}

/** The name in a stream's identifier. */
export function nameIn(identifier: { getStreamName_asU8: () => Uint8Array } | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

/** The identifier of a stream. */
export function identifierOf(name: string) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8'));
  return identifier;
}

function eventResponse(event: Recorded): ReadResp {
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  const id = new shared.UUID();
  id.setString(event.id);
  recorded.setId(id);
  recorded.setStreamIdentifier(identifierOf(event.stream));
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', String(BigInt(event.createdMs) * 10_000n));
  recorded.setCustomMetadata(event.metadata);
  recorded.setData(event.data);
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const response = new streams.ReadResp();
  response.setEvent(read);
  return response;
}

function notFound(name: string): ReadResp {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(identifierOf(name));
  const response = new streams.ReadResp();
  response.setStreamNotFound(missing);
  return response;
}

function confirmation(): ReadResp {
  const confirmed = new streams.ReadResp.SubscriptionConfirmation();
  confirmed.setSubscriptionId('subscription');
  const response = new streams.ReadResp();
  response.setConfirmation(confirmed);
  return response;
}

function caughtUp(): ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

function checkpoint(position: number): ReadResp {
  const reached = new streams.ReadResp.Checkpoint();
  reached.setCommitPosition(String(position));
  reached.setPreparePosition(String(position));
  const response = new streams.ReadResp();
  response.setCheckpoint(reached);
  return response;
}
