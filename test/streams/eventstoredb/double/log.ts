import { randomUUID } from 'node:crypto';

/** One event as a server has it. */
export type Recorded = {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Uint8Array;
  readonly data: Uint8Array;
  readonly position: number;
  readonly createdMs: number;
};

/** One event as a client proposes it. */
export type Proposed = Pick<Recorded, 'id' | 'type' | 'contentType' | 'metadata' | 'data'>;

/** What a client expects of the stream: a revision, or one of the words of the wire. */
export type Expected = number | 'no_stream' | 'any' | 'stream_exists';

/** What became of an append. */
export type Outcome =
  | { readonly kind: 'written' | 'repeated'; readonly last: Recorded }
  | { readonly kind: 'wrong'; readonly current: number }
  | { readonly kind: 'deleted' };

/** What a soft deletion sets `$tb` to. */
const DELETED_BEFORE = Number.MAX_SAFE_INTEGER;
/** Bytes that the server puts around an event, so that positions have gaps. */
const RECORD_BYTES = 97;

/** The state of a server or a cluster: one log, which outlives the nodes that serve it. */
export type Log = ReturnType<typeof createLog>;

/** An empty log, but for what a server writes for itself. */
export function createLog() {
  const events: Recorded[] = [];
  const streams = new Map<string, Recorded[]>();
  const tombstones = new Set<string>();
  const listeners = new Set<(event: Recorded) => void>();
  let end = 1_000;

  function record(stream: string, proposed: readonly Proposed[]): Recorded[] {
    const held = streams.get(stream) ?? [];
    const added = proposed.map((event, index) => {
      const position = end;
      end += RECORD_BYTES + event.data.length + event.metadata.length;
      return {
        ...event,
        stream,
        revision: held.length + index,
        position,
        createdMs: Date.now(),
      };
    });
    streams.set(stream, [...held, ...added]);
    events.push(...added);
    for (const event of added) {
      for (const listener of listeners) {
        listener(event);
      }
    }
    return added;
  }

  function metadataOf(stream: string): Readonly<Record<string, unknown>> {
    const last = streams.get(`$$${stream}`)?.at(-1);
    return last === undefined ? {} : JSON.parse(Buffer.from(last.data).toString('utf8'));
  }

  function setMetadata(stream: string, metadata: Readonly<Record<string, unknown>>): void {
    record(`$$${stream}`, [json('$metadata', metadata)]);
  }

  function isSoftDeleted(stream: string): boolean {
    return metadataOf(stream)['$tb'] === DELETED_BEFORE;
  }

  /** What the server decides before it writes. */
  function decide(stream: string, expected: Expected, ids: readonly string[]): 'write' | Outcome {
    const held = streams.get(stream) ?? [];
    const current = held.length - 1;
    if (tombstones.has(stream)) {
      return { kind: 'deleted' };
    }
    if (expected === 'any' || expected === 'stream_exists') {
      return decideLoosely(stream, expected, ids, held);
    }
    const revision = expected === 'no_stream' ? -1 : expected;
    if (revision === current) {
      return 'write';
    }
    if (revision > current) {
      return { kind: 'wrong', current };
    }
    const place = held.slice(revision + 1, revision + 1 + ids.length);
    const last = place.at(-1);
    if (last !== undefined && place.map(({ id }) => id).join() === ids.join()) {
      return { kind: 'repeated', last };
    }
    return expected === 'no_stream' && isSoftDeleted(stream) ? 'write' : { kind: 'wrong', current };
  }

  function decideLoosely(
    stream: string,
    expected: 'any' | 'stream_exists',
    ids: readonly string[],
    held: readonly Recorded[],
  ): 'write' | Outcome {
    const known = ids.map((id) => held.find((event) => event.id === id));
    const last = known.at(-1);
    if (known.every((event) => event !== undefined) && last !== undefined) {
      return { kind: 'repeated', last };
    }
    if (known[0] !== undefined || (expected === 'stream_exists' && held.length === 0)) {
      return { kind: 'wrong', current: held.length - 1 };
    }
    return expected === 'stream_exists' && isSoftDeleted(stream) ? { kind: 'deleted' } : 'write';
  }

  function append(stream: string, expected: Expected, proposed: readonly Proposed[]): Outcome {
    const decision = decide(
      stream,
      expected,
      proposed.map(({ id }) => id),
    );
    if (decision !== 'write') {
      return decision;
    }
    if (isSoftDeleted(stream)) {
      setMetadata(stream, { ...metadataOf(stream), $tb: streams.get(stream)?.length ?? 0 });
    }
    const last = record(stream, proposed).at(-1);
    if (last === undefined) {
      throw new RangeError('an append has at least one event');
    }
    return { kind: 'written', last };
  }

  /** What readers are given of a stream; `null` where there is none for them. */
  function visible(stream: string): readonly Recorded[] | null {
    const held = streams.get(stream);
    if (held === undefined || isSoftDeleted(stream)) {
      return null;
    }
    const { $tb = 0, $maxCount = held.length } = metadataOf(stream) as Record<string, number>;
    return held.slice(-$maxCount).filter(({ revision }) => revision >= $tb);
  }

  function remove(stream: string, expected: Expected, forEver: boolean): Outcome {
    const held = streams.get(stream) ?? [];
    const current = held.length - 1;
    if (tombstones.has(stream)) {
      return { kind: 'deleted' };
    }
    const wanted = expected === 'no_stream' ? -1 : expected;
    if (typeof wanted === 'number' && wanted !== current) {
      return { kind: 'wrong', current };
    }
    if (forEver) {
      tombstones.add(stream);
      const [last] = record(stream, [json('$streamDeleted', {})]);
      return last === undefined ? { kind: 'deleted' } : { kind: 'written', last };
    }
    setMetadata(stream, { ...metadataOf(stream), $tb: DELETED_BEFORE });
    const last = events.at(-1);
    return last === undefined ? { kind: 'deleted' } : { kind: 'written', last };
  }

  record('$users', [json('$UserCreated', { loginName: 'admin' })]);
  return {
    events: events as readonly Recorded[],
    append,
    visible,
    isTombstoned: (stream: string) => tombstones.has(stream),
    setMetadata,
    remove,
    /** Where the next event will be. */
    end: () => end,
    listen: (listener: (event: Recorded) => void): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function json(type: string, value: unknown): Proposed {
  return {
    id: randomUUID(),
    type,
    contentType: 'application/json',
    metadata: new Uint8Array(),
    data: Buffer.from(JSON.stringify(value)),
  };
}
