import { randomUUID } from 'node:crypto';
import type { LearnerCommandOf } from '../../domain/learner/commands.js';
import type { LearnerEvent } from '../../domain/learner/events.js';
import { learner } from '../../domain/learner/learner.js';
import type { Uln } from '../../domain/values/uln.js';
import type { MergeOutcome } from '../../src/learners/merging.js';
import type { Ledger } from '../../src/ledger/ledger.js';
import { keeperRecording, type Request } from '../../src/request/request.js';
import { REGISTRY, requestOf } from './setting.js';

const REASON = 'One certificate names both.';

/** Makes one ULN the master of another. */
export function merge(
  ledger: Ledger,
  master: { readonly uln: Uln },
  superseded: { readonly uln: Uln },
  more: Partial<Request> = {},
): Promise<MergeOutcome> {
  const asked = { superseded: superseded.uln, reason: REASON };
  return ledger.merging.merge(master.uln, asked, requestOf(REGISTRY, 'registry', more));
}

/** Undoes a merge. */
export function unmerge(
  ledger: Ledger,
  master: { readonly uln: Uln },
  mergeId: string,
  more: Partial<Request> = {},
): Promise<MergeOutcome> {
  const asked = { mergeId, reason: 'They are twins.' };
  return ledger.merging.unmerge(master.uln, asked, requestOf(REGISTRY, 'registry', more));
}

/** Records the decision alone, as a process does that stops right after it. Returns the merge's id. */
export async function decideOnly(
  ledger: Ledger,
  master: { readonly stream: string },
  superseded: { readonly uln: Uln },
): Promise<string> {
  const mergeId = randomUUID();
  const data = { mergeId, superseded: superseded.uln, reason: REASON, evidenceReference: null };
  await recordOnly(ledger, master.stream, { type: 'MergeLearner', data });
  return mergeId;
}

/** Records alone that a merge is undone, as a process does that stops right after it. */
export async function undoOnly(
  ledger: Ledger,
  master: { readonly stream: string },
  mergeId: string,
): Promise<void> {
  const data = { mergeId, reason: 'They are twins.' };
  await recordOnly(ledger, master.stream, { type: 'UnmergeLearner', data });
}

/** Has a ULN superseded, as a process does that read of the merge before it was undone. */
export async function supersedeOnly(
  ledger: Ledger,
  superseded: { readonly stream: string },
  master: { readonly uln: Uln },
  mergeId: string,
): Promise<void> {
  const data = { mergeId, master: master.uln };
  await recordOnly(ledger, superseded.stream, { type: 'Supersede', data });
}

async function recordOnly(
  { parts: { journal, clock } }: Ledger,
  stream: string,
  asked: Pick<LearnerCommandOf<'MergeLearner' | 'UnmergeLearner' | 'Supersede'>, 'type' | 'data'>,
): Promise<void> {
  const { events, end } = await journal.read<LearnerEvent>(stream);
  const state = events.reduce((one, { event }) => learner.evolve(one, event), learner.initialState);
  const by = { kind: 'keeper' } as const;
  // Sound: type and data are of one command.
  const command = { ...asked, by, at: clock() } as LearnerCommandOf<'MergeLearner'>;
  const recording = keeperRecording(randomUUID(), randomUUID(), 'data-correction');
  const decided = learner.decide(command, state);
  if (decided.length > 0) {
    await journal.append(stream, end, decided, recording);
  }
}

/** Why a merge ended, by the master's stream; `null` while it stands. */
export async function causeOf(
  ledger: Ledger,
  master: { readonly uln: Uln },
  mergeId: string,
): Promise<string | null> {
  const ends = (await ledger.read(master.uln)).flatMap(({ event }) =>
    event.type === 'LearnersUnmerged' && event.data.mergeId === mergeId ? [event.data.cause] : [],
  );
  if (ends.length > 1) {
    throw new Error('a merge ended twice');
  }
  return ends[0] ?? null;
}
