/** Sync with an archive that is a list, for its tests. */
import { pino } from 'pino';
import type { LiveEvent } from '#src/events.ts';
import type { Cursor } from '#src/store/hot-store.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { type SyncOptions, startSync } from '#src/store/sync.ts';
import { danmakuOf } from '../contracts/live-events.ts';

export const log = pino({ level: 'silent' });

/** Stands for the archive: what was committed, all or nothing, and when. */
function openLedger() {
  const ledger = {
    ids: [] as string[],
    batches: [] as { atMs: number; events: number }[],
    stored: null as Cursor | null,
    running: 0,
    runningMax: 0,
    /** Answers whether this commit fails. */
    fails: () => false,
    takesMs: 0,
    /** Ids that no commit may hold. */
    refuses: new Set<string>(),
  };
  const archive: SyncOptions['archive'] = {
    cursor: async () => ledger.stored,
    async commit(events: readonly LiveEvent[], cursor: Cursor | null) {
      ledger.running += 1;
      ledger.runningMax = Math.max(ledger.runningMax, ledger.running);
      const fails = ledger.fails();
      if (ledger.takesMs > 0) await new Promise((resolve) => setTimeout(resolve, ledger.takesMs));
      else await Promise.resolve();
      ledger.running -= 1;
      if (fails) throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
      if (events.some((event) => ledger.refuses.has(event.id)))
        throw Object.assign(new Error('datatype mismatch'), {
          name: 'ArchiveError',
          code: 'SQLITE_MISMATCH',
        });
      ledger.ids.push(...events.map((event) => event.id));
      ledger.batches.push({ atMs: Date.now(), events: events.length });
      ledger.stored = cursor ?? ledger.stored;
      return { inserted: events.length, repeated: 0 };
    },
  };
  return { ledger, archive };
}

/** A journal, a ledger and the sync between them; `say` puts events of rising numbers into the journal. */
export function openWorld(changes: Partial<SyncOptions> = {}) {
  const hotStore = openMemoryHotStore({ now: Date.now, journalEventsMax: 100_000 });
  const { ledger, archive } = openLedger();
  const sync = startSync({ hotStore, archive, now: Date.now, log, ...changes });
  let said = 0;
  const say = async (count: number, told = false, poke = true) => {
    const events = Array.from({ length: count }, () => danmakuOf(`d${said++}`, said));
    await hotStore.append(events);
    if (poke) sync.poke(told, count);
  };
  const saidIds = () => Array.from({ length: said }, (_, at) => `d${at}`);
  return { hotStore, ledger, sync, say, saidIds };
}
