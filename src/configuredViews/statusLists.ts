import { strict as assert } from 'node:assert';
import { deflateSync } from 'node:zlib';
import type { CredentialEvent } from '../../domain/credential/events.js';
import {
  decideStatusList,
  STATUS_LIST_SIZE,
  type StatusListCommand,
  statusListOf,
} from '../../domain/credential/statusList.js';
import type { Instant } from '../../domain/values/date.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { keyedCommandId } from '../journal/identifiers.js';
import { createQueues } from '../journal/inOrder.js';
import type { Journal } from '../journal/journal.js';
import { keeperRecording } from '../request/request.js';

/** A credential's place: the year of its status list, and its index there. */
type CredentialPlace = { readonly list: string; readonly index: number };

/** A place that was given, and until when. */
type GivenPlace = CredentialPlace & { readonly expiresAt: Instant };

/** The status lists of credentials, a stream in clear for each year. */
export type StatusLists = {
  /** Gives a credential its place; asked again under the same name, the same until the same instant. */
  readonly issue: (name: string, expiresAt: Instant) => Promise<GivenPlace>;
  /** Makes sure that a credential is no longer good. */
  readonly revoke: (place: CredentialPlace) => Promise<void>;
  /** The list of a year as deflated bits, in base64url; 1 where a credential was revoked. Source: IETF Token Status List, 4.1 and 4.2. */
  readonly deflated: (list: string) => Promise<string>;
};

const MAX_CONFLICTS = 10;
const MAX_CANDIDATES = 64;

/** Creates the status lists over a journal. */
export function createStatusLists(journal: Journal, vault: Vault, clock: Clock): StatusLists {
  const inOrder = createQueues();

  async function record(
    list: string,
    commandId: string,
    commandAt: (at: Instant) => StatusListCommand,
  ): Promise<CredentialEvent | null> {
    const stream = `credential-${list}`;
    for (let conflicts = 1; ; conflicts += 1) {
      const { events: recorded, end } = await journal.read<CredentialEvent>(stream);
      const earlier = recorded.find((one) => one.commandId === commandId);
      if (earlier !== undefined) {
        return earlier.event;
      }
      const state = statusListOf(recorded.map(({ event }) => event));
      const events = decideStatusList(commandAt(clock()), state);
      try {
        if (events.length > 0) {
          const recording = keeperRecording(commandId, commandId, 'service-operation');
          await journal.append(stream, end, events, recording);
        }
        return events[0] ?? null;
      } catch (error) {
        if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
          throw error;
        }
      }
    }
  }

  /** Those of one process wait for each other; only other processes are conflicts. */
  const queued: typeof record = (list, ...rest) => inOrder(list, () => record(list, ...rest));

  return {
    issue: async (name, expiresAt) => {
      const list = clock().slice(0, 4);
      const candidates = candidateIndices(vault, name);
      // Keyed: command ids stand in clear, and must not tell whose view a credential came from.
      const commandId = keyedCommandId(vault, 'credential/v1\n', name);
      const issued = await queued(list, commandId, () => ({
        type: 'IssueCredential',
        data: { candidates, expiresAt },
      }));
      assert(
        issued?.type === 'CredentialIssued',
        'issuing records its event, or finds it, or throws',
      );
      return { list, ...issued.data };
    },
    revoke: async ({ list, index }) => {
      const commandId = keyedCommandId(vault, 'credential-revoked/v1\n', `${list}\n${index}`);
      await queued(list, commandId, (at) => ({ type: 'RevokeCredential', data: { index, at } }));
    },
    deflated: async (list) => {
      const { events } = await journal.read<CredentialEvent>(`credential-${list}`);
      const bits = new Uint8Array(STATUS_LIST_SIZE / 8);
      for (const [index, { isRevoked }] of statusListOf(events.map(({ event }) => event))) {
        bits[index >> 3] = (bits[index >> 3] ?? 0) | (Number(isRevoked) << (index & 7));
      }
      return deflateSync(bits, { level: 9 }).toString('base64url');
    },
  };
}

/** Where a credential may stand: at random places, the same for the same name. */
function candidateIndices(vault: Vault, name: string): readonly number[] {
  const [generation = 1] = vault.indexGenerations();
  return Array.from({ length: MAX_CANDIDATES }, (_, attempt) => {
    const hmac = vault.indexHmac(generation, `credential-index/v1\n${attempt}\n`, name);
    return hmac.readUInt32BE() % STATUS_LIST_SIZE;
  });
}
