/** People by number: a web uid, minus a row number for the Open Platform, 0 for a masked person. */
import { LRUCache } from 'lru-cache';
import type { Viewer, ViewerKey } from '#src/events.ts';
import type { Db } from './migrate.ts';

const CACHED_MAX = 50_000;
/** `seen_ms` of a person who keeps their name is written at most this often: one write per person, not per message. */
const SEEN_STEP_MS = 60_000;

interface Seen {
  key: ViewerKey;
  name: string;
  seenMs: number;
}

export interface Viewers {
  /** The viewer's number; keeps name and time for `flush`. */
  number(viewer: Viewer, atMs: number): number;
  find(key: ViewerKey): number | null;
  flush(): void;
  /** Forgets what was cached: after a rollback it may be untrue. */
  clear(): void;
}

export function openViewers(db: Db): Viewers {
  const known = new LRUCache<number, { name: string; seenMs: number }>({ max: CACHED_MAX });
  const openIds = new LRUCache<string, number>({ max: CACHED_MAX });
  const pending = new Map<number, Seen>();
  const byKey = db.prepare<[string], number>('SELECT viewer FROM viewers WHERE key = ?').pluck();
  const lowest = db.prepare<[], number>('SELECT min(ifnull(min(viewer), 0), 0) FROM viewers').pluck();
  const upsert = db.prepare<[number, string, string, number]>(
    `INSERT INTO viewers (viewer, key, name, seen_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT (viewer) DO UPDATE SET
       name = CASE WHEN excluded.seen_ms >= seen_ms AND excluded.name <> '' THEN excluded.name ELSE name END,
       seen_ms = max(seen_ms, excluded.seen_ms)`,
  );

  function find(key: ViewerKey): number | null {
    if (key.startsWith('u:')) return Number(key.slice(2));
    const number = openIds.get(key) ?? byKey.get(key) ?? null;
    if (number !== null) openIds.set(key, number);
    return number;
  }

  function add(key: ViewerKey, name: string, atMs: number): number {
    const number = (lowest.get() ?? 0) - 1;
    upsert.run(number, key, name, atMs);
    openIds.set(key, number);
    return number;
  }

  return {
    find,
    number(viewer, atMs) {
      const { key, name } = viewer;
      if (key === null) return 0;
      const number = viewer.uid !== null && key.startsWith('u:') ? viewer.uid : find(key);
      if (number === null) return add(key, name, atMs);
      const seen = pending.get(number);
      if (seen === undefined) pending.set(number, { key, name, seenMs: atMs });
      else if (atMs >= seen.seenMs) {
        seen.name = name;
        seen.seenMs = atMs;
      }
      return number;
    },
    flush() {
      for (const [number, seen] of pending) {
        const before = known.get(number);
        const isKnown = before !== undefined && before.name === seen.name;
        if (isKnown && seen.seenMs < before.seenMs + SEEN_STEP_MS) continue;
        upsert.run(number, seen.key, seen.name, seen.seenMs);
        known.set(number, { name: seen.name, seenMs: Math.max(seen.seenMs, before?.seenMs ?? 0) });
      }
      pending.clear();
    },
    clear() {
      known.clear();
      openIds.clear();
      pending.clear();
    },
  };
}
