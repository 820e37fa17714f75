import type { MessageKind } from '../../domain/subscriber/message.js';

/** The JetStream stream of all messages. */
export const MESSAGE_STREAM = 'plr-messages';
/** What it holds: messages, and what a subscriber could not deal with. */
export const MESSAGE_SUBJECTS = ['plr.v1.*.*.*', 'plr.v1.*.dead.*.*'];

/** Where a message is sent. The broker's own permissions keep subscribers apart by it. */
export function subjectOf(subscriber: string, kind: MessageKind): string {
  return `plr.v1.${subscriber}.${kind}`;
}

/** Where a subscriber leaves a message that it could not deal with. */
export function deadSubjectOf(subscriber: string, kind: string): string {
  return `plr.v1.${subscriber}.dead.${kind}`;
}

/** Every message of a subscriber. */
export function messagesOf(subscriber: string): string {
  return `plr.v1.${subscriber}.*.*`;
}

/** Every message that a subscriber could not deal with. */
export function deadLettersOf(subscriber: string): string {
  return `plr.v1.${subscriber}.dead.*.*`;
}
