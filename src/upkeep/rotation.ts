import type { ErasureEvent } from '../../domain/erasure/events.js';
import { isConflict } from '../../streams/errors.js';
import type { Vault } from '../../streams/vault/vault.js';
import type { Clock } from '../clock.js';
import { rotationCommandId } from '../journal/identifiers.js';
import type { Journal } from '../journal/journal.js';
import { erasureStream } from '../journal/orders.js';
import { keeperRecording } from '../request/request.js';

const MAX_CONFLICTS = 10;

/** Records the end of a replaced master, once, also where a crash or another process came between. */
export async function recordRotation(journal: Journal, vault: Vault, clock: Clock): Promise<void> {
  const { previousMaster, master } = vault.state();
  if (previousMaster === null) {
    return;
  }
  const commandId = rotationCommandId(previousMaster);
  const data = { master: previousMaster, replacedBy: master };
  const event = { type: 'MasterKeyDestroyed', data } as const;
  for (let conflicts = 0; ; conflicts += 1) {
    const stream = erasureStream(clock());
    const { events, end } = await journal.read<ErasureEvent>(stream);
    const isRecorded = events.some((recorded) => recorded.commandId === commandId);
    try {
      if (!isRecorded) {
        const recording = keeperRecording(commandId, commandId, 'service-operation');
        await journal.append(stream, end, [event], recording);
      }
      await vault.rotationRecorded(previousMaster);
      return;
    } catch (error) {
      if (!isConflict(error) || conflicts === MAX_CONFLICTS) {
        throw error;
      }
    }
  }
}
