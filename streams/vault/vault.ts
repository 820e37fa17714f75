import type { Activation } from './epoch.js';
import type { VaultState } from './file.js';
import type { MasterDriver } from './master.js';

/** A sealed event's place: enough to find its key. */
export type SealedEvent = {
  readonly stream: string;
  readonly version: number;
  readonly key: number;
  readonly id: string;
};

/**
 * The key of an event, or why there is none any more: it was sealed anew at a later version, dropped for
 * good, or disposed of with everything else that its stream held then.
 */
export type EventKey =
  | { readonly state: 'live'; readonly key: Buffer }
  | { readonly state: 'resealed'; readonly version: number }
  | { readonly state: 'dropped' }
  | { readonly state: 'disposed' };

/** What an erasure does to one stream: every key below `below` goes. */
export type Shred = {
  readonly order: string;
  readonly stream: string;
  readonly below: number;
  /** The version of the last event of the reseal. */
  readonly resealedVersion: number;
  /** The events under those keys that stay readable, each with its own key. */
  readonly kept: readonly { readonly version: number; readonly key: Buffer }[];
  /** The targets, each with the version that now holds its remaining fields. */
  readonly resealed: readonly { readonly version: number; readonly at: number }[];
  readonly dropped: readonly number[];
};

/** What the disposal of a whole stream does: every key below `below` goes, and every event key of the stream. */
export type WholeShred = Pick<Shred, 'order' | 'stream' | 'below'>;

/**
 * The keys of sealed streams, apart from the ledger, so that destroying a key here makes data there
 * unreadable for good. A key the vault does not know is `ERR_VAULT_BEHIND`: a vault that was restored
 * from a backup, never an erased learner. With a copy, minting and shredding count when both have it.
 */
export type Vault = {
  readonly origin: string;
  /** Index key generations, newest first. */
  readonly indexGenerations: () => readonly number[];
  /** HMAC-SHA256 of a text under one generation of the index key. */
  readonly indexHmac: (generation: number, ...parts: readonly (string | Uint8Array)[]) => Buffer;
  /** Makes sure that the keys exist and are durable. Get-or-create; one commit for all. */
  readonly mint: (
    keys: readonly { readonly stream: string; readonly key: number }[],
  ) => Promise<void>;
  readonly eventKey: (event: SealedEvent) => Promise<EventKey>;
  readonly shred: (shred: Shred | WholeShred) => Promise<void>;
  readonly isShredded: (order: string) => boolean;
  /** Empties the write-ahead logs; false when a reader kept one from it. */
  readonly forget: () => boolean;
  /** Through which event an erasure stream is known to be completed; `null` where nothing is known. */
  readonly checkpoint: (stream: string) => Checkpoint | null;
  readonly moveCheckpoint: (stream: string, checkpoint: Checkpoint) => Promise<void>;
  readonly state: () => VaultState;
  /** Throws `ERR_SUPERSEDED` where another process has taken over since the vault was opened. */
  readonly requireActive: () => void;
  /** Becomes the one active process. Throws `ERR_ALREADY_ACTIVE`. */
  readonly activate: () => Promise<Activation>;
  /** Takes over from whoever is active, without becoming it: to be called when that one is silent. */
  readonly takeOver: () => Promise<void>;
  /** New master and vault key, everything wrapped anew, the old master destroyed. */
  readonly rotate: (at: string) => Promise<void>;
  /** To be called when the end of a replaced master is recorded in the ledger. */
  readonly rotationRecorded: (master: string) => Promise<void>;
  readonly close: () => void;
};

/** An event of a stream by version and hash: a restored ledger that has gone another way is told by the hash. */
export type Checkpoint = { readonly version: number; readonly hash: Uint8Array };

/** Where a vault is: its file, a second copy on another volume if there is one, and its masters. */
export type VaultPlace = {
  readonly path: string;
  readonly copyPath: string | null;
  readonly masters: MasterDriver;
};
