import type { LearnerEvent, LearnerEventData } from '../../domain/learner/events.js';

/** A direct link with an organisation as the record shows it. */
export type PlrConnection = LearnerEventData<'ConnectionEstablished'>;

type WithConnections = { readonly connections: ReadonlyMap<string, PlrConnection> };

/** For projections that keep a learner's connections among other things. */
export const connectionsKept = {
  ConnectionEstablished: <State extends WithConnections>(
    state: State,
    {
      event: { data },
    }: { readonly event: Extract<LearnerEvent, { type: 'ConnectionEstablished' }> },
  ): State => ({ ...state, connections: new Map(state.connections).set(data.connectionId, data) }),
  ConnectionEnded: <State extends WithConnections>(
    state: State,
    { event: { data } }: { readonly event: Extract<LearnerEvent, { type: 'ConnectionEnded' }> },
  ): State => {
    const { connectionId, endDate } = data;
    const connection = state.connections.get(connectionId);
    return connection === undefined
      ? state
      : {
          ...state,
          connections: new Map(state.connections).set(connectionId, { ...connection, endDate }),
        };
  },
} as const;
