import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected, Log, Outcome, Proposed } from './log.js';
import { identifierOf, nameIn } from './reads.js';

/** The largest append that a server takes, unless it is configured otherwise. */
export const MAX_APPEND_BYTES = 1_048_576;

type Choice = {
  readonly hasNoStream: () => boolean;
  readonly hasAny: () => boolean;
  readonly hasStreamExists: () => boolean;
};

/** What the wire says is expected of the stream. */
export function expectedIn(options: Choice, revision: string): Expected {
  if (options.hasNoStream()) {
    return 'no_stream';
  }
  if (options.hasAny()) {
    return 'any';
  }
  return options.hasStreamExists() ? 'stream_exists' : Number(revision);
}

type Message = {
  readonly getId: () => { getString: () => string } | undefined;
  readonly getMetadataMap: () => { get: (key: string) => string | undefined };
  readonly getCustomMetadata_asU8: () => Uint8Array;
  readonly getData_asU8: () => Uint8Array;
};

/** One event as it is proposed; `null` when what the server needs to know of it is missing. */
export function proposedIn(message: Message): Proposed | null {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  if (type === undefined || contentType === undefined) {
    return null;
  }
  return {
    id: message.getId()?.getString() ?? '',
    type,
    contentType,
    metadata: Uint8Array.from(message.getCustomMetadata_asU8()),
    data: Uint8Array.from(message.getData_asU8()),
  };
}

/** How many bytes the server counts for an append. */
export function bytesOf(proposed: readonly Proposed[]): number {
  return proposed.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0);
}

/** The stream that an append is for. */
export function streamIn(options: AppendReq.Options | undefined): string {
  return nameIn(options?.getStreamIdentifier());
}

/** What a single append is answered with; a wrong version is an answer like another. */
export function appendResponse(
  outcome: Exclude<Outcome, { readonly kind: 'deleted' }>,
  expected: Expected,
): AppendResp {
  const response = new streams.AppendResp();
  if (outcome.kind === 'wrong') {
    response.setWrongExpectedVersion(wrongVersionIn(outcome.current, expected));
    return response;
  }
  const position = new streams.AppendResp.Position();
  position.setCommitPosition(String(outcome.last.position));
  position.setPreparePosition(String(outcome.last.position));
  const success = new streams.AppendResp.Success();
  success.setCurrentRevision(String(outcome.last.revision));
  success.setPosition(position);
  response.setSuccess(success);
  return response;
}

function wrongVersionIn(current: number, expected: Expected) {
  const wrong = new streams.AppendResp.WrongExpectedVersion();
  if (current < 0) {
    wrong.setCurrentNoStream(new shared.Empty());
  } else {
    wrong.setCurrentRevision(String(current));
  }
  if (typeof expected === 'number') {
    wrong.setExpectedRevision(String(expected));
  } else if (expected === 'no_stream') {
    wrong.setExpectedNoStream(new shared.Empty());
  } else if (expected === 'any') {
    wrong.setExpectedAny(new shared.Empty());
  } else {
    wrong.setExpectedStreamExists(new shared.Empty());
  }
  return wrong;
}

/** An append in a batch, as far as it has come in. */
type Gathering = { options: BatchAppendReq.Options | undefined; proposed: Proposed[] };

/** Gathers the chunks of appends until one is whole, and answers it. */
export function createBatches(log: Log) {
  const gathered = new Map<string, Gathering>();
  return (request: BatchAppendReq): BatchAppendResp | null => {
    const id = request.getCorrelationId()?.getString() ?? '';
    const batch = gathered.get(id) ?? { options: undefined, proposed: [] };
    batch.options = request.getOptions() ?? batch.options;
    batch.proposed.push(
      ...request.getProposedMessagesList().flatMap((message) => proposedIn(message) ?? []),
    );
    gathered.set(id, batch);
    if (!request.getIsFinal() || batch.options === undefined) {
      return null;
    }
    gathered.delete(id);
    const stream = nameIn(batch.options.getStreamIdentifier());
    const expected = expectedIn(batch.options, batch.options.getStreamPosition());
    return batchResponse(id, stream, log.append(stream, expected, batch.proposed));
  };
}

function batchResponse(id: string, stream: string, outcome: Outcome): BatchAppendResp {
  const response = addressed(id, stream);
  switch (outcome.kind) {
    case 'deleted':
      response.setError(failure(5, 'Stream deleted', new shared.StreamDeleted(), 'StreamDeleted'));
      return response;
    case 'wrong': {
      const wrong = new shared.WrongExpectedVersion();
      if (outcome.current < 0) {
        wrong.setCurrentNoStream(new empty.Empty());
      } else {
        wrong.setCurrentStreamRevision(String(outcome.current));
      }
      response.setError(failure(6, 'Wrong expected version', wrong, 'WrongExpectedVersion'));
      return response;
    }
    case 'written':
    case 'repeated': {
      const success = new streams.BatchAppendResp.Success();
      success.setCurrentRevision(String(outcome.last.revision));
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(outcome.last.position));
      position.setPreparePosition(String(outcome.last.position));
      success.setPosition(position);
      response.setSuccess(success);
      return response;
    }
  }
}

/** How a batch append is answered by a node that is not ready: in band, with details that say nothing. */
export function batchNotReady(request: BatchAppendReq): BatchAppendResp {
  const id = request.getCorrelationId()?.getString() ?? '';
  const response = addressed(id, nameIn(request.getOptions()?.getStreamIdentifier()));
  const details = new any.Any();
  details.pack(new empty.Empty().serializeBinary(), 'google.protobuf.Empty');
  const error = new status.Status();
  error.setCode(2);
  error.setMessage('Server Is Not Ready');
  error.setDetails(details);
  response.setError(error);
  return response;
}

function addressed(id: string, stream: string): BatchAppendResp {
  const response = new streams.BatchAppendResp();
  const correlation = new shared.UUID();
  correlation.setString(id);
  response.setCorrelationId(correlation);
  response.setStreamIdentifier(identifierOf(stream));
  return response;
}

function failure(
  code: 5 | 6,
  message: string,
  details: { readonly serializeBinary: () => Uint8Array },
  type: string,
) {
  const packed = new any.Any();
  packed.pack(details.serializeBinary(), `event_store.client.${type}`);
  const error = new status.Status();
  error.setCode(code);
  error.setMessage(message);
  error.setDetails(packed);
  return error;
}
