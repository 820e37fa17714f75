import type { JetStreamManager, NatsConnection, StreamInfo } from 'nats';
import type { Finding } from './eventStore.js';
import { MAX_APPENDS, settingFindings } from './jetstreamStream.js';
import type { NatsPlace } from './jetstreamUrl.js';

/** What the servers say of themselves, and what they make of the ledger's stream. */
export async function inspectJetStream(
  connection: NatsConnection,
  manager: JetStreamManager,
  { name, replicas }: NatsPlace,
): Promise<readonly Finding[]> {
  const info = await manager.streams.info(name);
  const { state } = info;
  const missing = state.last_seq === 0 ? 0 : state.last_seq - state.first_seq + 1 - state.messages;
  return [
    { check: 'NATS server', isGood: true, found: connection.info?.version ?? 'of no version' },
    ...settingFindings(info, name, replicas),
    {
      check: 'every message is there (messages missing)',
      isGood: missing === 0 && state.first_seq <= 1,
      found: String(missing + Math.max(state.first_seq - 1, 0)),
    },
    {
      check: `at most ${MAX_APPENDS} appends, each of which has a subject in the server's memory`,
      isGood: state.messages <= MAX_APPENDS,
      found: String(state.messages),
    },
    replicaFinding(info),
  ];
}

function replicaFinding({ config, cluster }: StreamInfo): Finding {
  const others = cluster?.replicas ?? [];
  const current = others.filter(({ current: isCurrent, offline }) => isCurrent && !offline);
  return {
    check: `the stream is kept by ${config.num_replicas} servers, all of them up to date`,
    isGood: current.length === config.num_replicas - 1,
    found: `${current.length + 1} of ${config.num_replicas}`,
  };
}
