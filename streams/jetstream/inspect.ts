import type { JetStreamManager, NatsConnection, StreamInfo } from 'nats';
import { parseHeader } from '../envelope.js';
import type { Finding } from '../eventStore.js';
import { unpackEvents } from './envelope.js';
import { MAX_APPENDS, settingFindings, subjectPlace } from './stream.js';
import type { NatsPlace } from './url.js';

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
    ...(await clockFinding(manager, info)),
  ];
}

/** How far the server's clock was from the ledger's when the last append was stored. */
async function clockFinding(
  manager: JetStreamManager,
  { config, state }: StreamInfo,
): Promise<readonly Finding[]> {
  const last = await manager.streams.getMessage(config.name, { seq: state.last_seq });
  if (subjectPlace(last.subject) === null) {
    return [];
  }
  const [event] = unpackEvents(last.data);
  const at = event === undefined ? Number.NaN : Date.parse(parseHeader(event.header).at);
  return [
    {
      check: 'the server’s clock less the ledger’s, at the last append',
      isGood: true,
      found: `${((last.time.getTime() - at) / 1000).toFixed(1)} s`,
    },
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
