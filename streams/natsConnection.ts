import { connect, type NatsConnection } from 'nats';
/** Connects to the NATS servers that a URL names; `replicas` is for what is made there. */
export async function connectNats(
  url: string,
  inboxPrefix?: string,
): Promise<{ connection: NatsConnection; options: { replicas: number } }> {
  const { username, password, host } = new URL(url);
  const connection = await connect({
    servers: host,
    ...(username === '' ? {} : { user: username, pass: password }),
    maxReconnectAttempts: -1,
    waitOnFirstConnect: inboxPrefix !== undefined,
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
  });
  return { connection, options: { replicas: 1 } };
}
