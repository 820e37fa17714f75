import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';

/** A read request of the wire. */
export type ReadRequest = InstanceType<typeof streams.ReadReq>;
type Options = InstanceType<typeof streams.ReadReq.Options>;

/** What to read. Places are inclusive, as on the wire: revisions from 0 in a stream, positions in the log. */
export type ReadQuery = {
  readonly source:
    | { readonly kind: 'stream'; readonly name: string }
    /** The whole log, or only streams whose names begin with one of the prefixes. */
    | { readonly kind: 'log'; readonly prefixes: readonly string[] | 'any' };
  readonly from: number | 'start' | 'end';
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
};

/** How many events the server looks at, at a time, for a filtered read; it must be more than any limit. */
const SEARCH_WINDOW_EVENTS = 4_096;

/**
 * The request for one page. The client's own `readAll` takes no filter although the wire has one, so
 * requests are made here, of the client's own messages.
 */
export function readRequest({ source, from, limit, direction }: ReadQuery): ReadRequest {
  const options = new streams.ReadReq.Options();
  if (source.kind === 'stream') {
    options.setStream(streamPlace(source.name, from));
    options.setNoFilter(new shared.Empty());
  } else {
    options.setAll(logPlace(from));
    setFilter(options, source.prefixes);
  }
  const ids = new streams.ReadReq.Options.UUIDOption();
  ids.setString(new shared.Empty());
  options.setUuidOption(ids);
  options.setResolveLinks(false);
  options.setCount(String(limit));
  options.setReadDirection(direction === 'forward' ? 0 : 1);
  const request = new streams.ReadReq();
  request.setOptions(options);
  return request;
}

function streamPlace(name: string, from: ReadQuery['from']) {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name, 'utf8'));
  const place = new streams.ReadReq.Options.StreamOptions();
  place.setStreamIdentifier(identifier);
  if (from === 'start') {
    place.setStart(new shared.Empty());
  } else if (from === 'end') {
    place.setEnd(new shared.Empty());
  } else {
    place.setRevision(String(from));
  }
  return place;
}

function logPlace(from: ReadQuery['from']) {
  const place = new streams.ReadReq.Options.AllOptions();
  if (from === 'start') {
    place.setStart(new shared.Empty());
  } else if (from === 'end') {
    place.setEnd(new shared.Empty());
  } else {
    // Events that came over gRPC are committed by themselves: both positions are the event's own.
    const position = new streams.ReadReq.Options.Position();
    position.setCommitPosition(String(from));
    position.setPreparePosition(String(from));
    place.setPosition(position);
  }
  return place;
}

function setFilter(options: Options, prefixes: readonly string[] | 'any'): void {
  if (prefixes === 'any') {
    options.setNoFilter(new shared.Empty());
    return;
  }
  const names = new streams.ReadReq.Options.FilterOptions.Expression();
  names.setPrefixList([...prefixes]);
  const filter = new streams.ReadReq.Options.FilterOptions();
  filter.setStreamIdentifier(names);
  filter.setMax(SEARCH_WINDOW_EVENTS);
  filter.setCheckpointintervalmultiplier(1);
  options.setFilter(filter);
}
