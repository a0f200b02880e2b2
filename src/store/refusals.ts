/** An event that the archive can never store must not keep all that come after it from being stored. */
import type { LiveEvent } from '#src/events.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Archive, CommitResult } from '#src/store/archive.ts';
import type { Cursor } from '#src/store/hot-store.ts';

/** More of one batch are no fault of single events: then the whole batch waits. */
const REFUSED_MAX = 10;
const LOGGED_CHARS_MAX = 500;
/** What SQLite says of a value or a row, never of a disk, a lock or a file. */
const OF_ROWS = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR)/;

/** Whether the fault lies in what was to be stored, so that trying it again changes nothing. */
export function isRefusal(error: unknown): boolean {
  // Without a code it is an exception of our own code in the writer thread (calls.ts).
  if (!(error instanceof Error) || error.name !== 'ArchiveError' || !('code' in error)) return false;
  return error.code === null || OF_ROWS.test(String(error.code)) || String(error.code).startsWith('ERR_');
}

/**
 * Commits a batch that was refused in halves, down to single events, and leaves out those that are refused even
 * alone: they are logged and counted. The cursor is written last, so that a crash meanwhile loses nothing.
 * Throws what is no refusal, and the refusal itself when too many are refused.
 */
export async function commitApart(
  archive: Pick<Archive, 'commit'>,
  events: readonly LiveEvent[],
  cursor: Cursor,
  log: Log,
): Promise<CommitResult & { readonly refused: number }> {
  const sums = { inserted: 0, repeated: 0, refused: 0 };
  const commitSome = async (some: readonly LiveEvent[]): Promise<void> => {
    try {
      const { inserted, repeated } = await archive.commit(some, null);
      sums.inserted += inserted;
      sums.repeated += repeated;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (some.length > 1) {
        const middle = Math.floor(some.length / 2);
        await commitSome(some.slice(0, middle));
        await commitSome(some.slice(middle));
        return;
      }
      if (++sums.refused > REFUSED_MAX) throw error;
      const text = JSON.stringify(some[0]).slice(0, LOGGED_CHARS_MAX);
      log.error({ event: text }, `sync: an event cannot be stored and is left out: ${describeError(error)}`);
    }
  };
  await commitSome(events);
  await archive.commit([], cursor);
  return sums;
}
