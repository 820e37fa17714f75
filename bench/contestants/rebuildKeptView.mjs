import { ACHIEVEMENTS_PER_LEARNER } from '../data.mjs';

/**
 * Rebuilds a kept view through the ledger's own rebuild, written to its database of views with its
 * checkpoints and switched to; returns how many of the learners' events it went
 * through, and of how many learners the sums are. The view is
 * the one that sums achievements: it opens every event but the issuing of each ULN.
 */
export async function rebuildKeptView(ledger) {
  let events = 0;
  await ledger.projections.rebuild('statistics', {
    onProgress: ({ done }) => {
      events = done;
    },
  });
  const sums = await ledger.statistics({ subjectCode: null, submittedBy: null, year: null });
  const counted = sums.reduce((total, { final, provisional }) => total + final + provisional, 0);
  // The first event of a ledger is its own.
  return { events: events - 1, learners: counted / ACHIEVEMENTS_PER_LEARNER };
}
