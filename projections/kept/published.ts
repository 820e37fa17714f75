import type Database from 'better-sqlite3';

/**
 * Through which position each subscriber was told of everything, and what else follows the log has come.
 * It can be lost: then it goes on after the last message that the bus holds, and some come twice.
 */
export type Published = {
  /** `null` where nothing is known of a subscriber, named by the event that registered it. */
  readonly positionOf: (registration: string) => string | null;
  /** Notes from where a subscriber is told; does nothing where that is known. */
  readonly begin: (registration: string, position: string) => void;
  /**
   * Moves a subscriber on. False where it does not stand at `from`: another process tells it too, and
   * nothing was changed.
   */
  readonly move: (
    registrations: readonly { readonly registration: string; readonly from: string | null }[],
    to: string,
  ) => boolean;
};

/** The table, made with the others of the file of views. */
export const PUBLISHED_SCHEMA = `
CREATE TABLE IF NOT EXISTS published (registration TEXT PRIMARY KEY, position TEXT NOT NULL)
STRICT, WITHOUT ROWID;
`;

/** Creates the subscribers' checkpoints in the file of views. */
export function createPublished(database: Database.Database): Published {
  const insert = database.prepare('INSERT OR IGNORE INTO published VALUES (?, ?)');
  const select = database.prepare('SELECT position FROM published WHERE registration = ?').pluck();
  const update = database.prepare(
    'UPDATE published SET position = :to WHERE registration = :registration AND position = :from',
  );
  const moveAll = database.transaction((moved: Parameters<Published['move']>[0], to: string) => {
    for (const { registration, from } of moved) {
      const { changes } =
        from === null ? insert.run(registration, to) : update.run({ registration, from, to });
      if (changes === 0) {
        // Thrown, so that nothing remains of the step.
        throw OVERTAKEN;
      }
    }
  });
  return {
    positionOf: (registration) => (select.get(registration) as string | undefined) ?? null,
    begin: (registration, position) => {
      insert.run(registration, position);
    },
    move: (moved, to) => {
      try {
        moveAll.immediate(moved, to);
        return true;
      } catch (error) {
        if (error === OVERTAKEN) {
          return false;
        }
        throw error;
      }
    },
  };
}

const OVERTAKEN = new Error('a subscriber stands elsewhere');
