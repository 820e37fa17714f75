import { headers, type MsgHdrs } from 'nats';
import {
  type Message,
  MessageKind,
  messageAttributes,
  messageData,
} from '../../domain/subscriber/message.js';

/** A message as JetStream carries it: CloudEvents' binary mode, every attribute a header. */
export type BinaryMessage = { readonly headers: MsgHdrs; readonly body: Uint8Array };

/** The names of a message's attributes. */
const ATTRIBUTES = Object.keys(messageAttributes.shape) as (keyof typeof messageAttributes.shape)[];

/** Writes a message in binary mode. */
export function toBinary({ kind: _, data, ...attributes }: Message): BinaryMessage {
  const written = headers();
  for (const name of ATTRIBUTES) {
    written.set(`ce-${name}`, attributes[name]);
  }
  return { headers: written, body: Buffer.from(JSON.stringify(data)) };
}

/** Reads a message of binary mode; `null` where it is none that this version knows. */
export function fromBinary(read: MsgHdrs | undefined, body: Uint8Array): Message | null {
  const attributes = messageAttributes.safeParse(
    Object.fromEntries(ATTRIBUTES.map((name) => [name, read?.get(`ce-${name}`)])),
  );
  if (!attributes.success) {
    return null;
  }
  const kind = MessageKind.parse(attributes.data.type.slice('plr.v1.'.length));
  const data = messageData[kind].safeParse(jsonOf(body));
  // Sound: the data was parsed by the schema of this very kind.
  return data.success ? ({ ...attributes.data, kind, data: data.data } as Message) : null;
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return null;
  }
}
