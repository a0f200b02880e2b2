/** Stretches in which a room's socket was not up: no invented zero (design §2, promise 3). */
import type { GapReason, Observed, RoomId } from '#src/events.ts';
import type { Gap } from '#src/shapes.ts';
import type { Db } from './migrate.ts';
import type { Rooms } from './rooms.ts';

interface Row {
  id: number;
  from_ms: number;
  reason: string;
}

export interface Gaps {
  /** `observed`: up closes, down opens; saying it twice changes nothing. */
  observe(event: Observed): void;
  /** Something came through the socket of a room that nobody said was up. */
  seen(room: RoomId, atMs: number): void;
  /** A new room is not observed until its socket is up. */
  startUnobserved(room: RoomId, atMs: number): void;
  /** The process was down since `aliveMs`: every room that was observed until then has a gap. */
  openAll(aliveMs: number): void;
  within(room: RoomId, fromMs: number, toMs: number): Gap[];
}

export function openGaps(db: Db, rooms: Rooms): Gaps {
  const current = db.prepare<[number], Row>(
    'SELECT id, from_ms, reason FROM gaps WHERE room = ? AND to_ms IS NULL ORDER BY from_ms DESC LIMIT 1',
  );
  const later = db
    .prepare<[number, number, number], number>(
      'SELECT count(*) FROM gaps WHERE room = ? AND (to_ms > ? OR from_ms >= ?)',
    )
    .pluck();
  const insert = db.prepare<[number, number, string]>(
    'INSERT INTO gaps (room, from_ms, reason) VALUES (?, ?, ?)',
  );
  const end = db.prepare<[number, number]>('UPDATE gaps SET to_ms = ? WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM gaps WHERE id = ?');
  const removeAll = db.prepare<[number]>('DELETE FROM gaps WHERE room = ?');
  const insertAll = db.prepare<[number, string]>(
    `INSERT INTO gaps (room, from_ms, reason)
     SELECT room, max(?, first_seen_ms), ? FROM rooms WHERE observed = 1
       AND room NOT IN (SELECT room FROM gaps WHERE to_ms IS NULL)`,
  );
  const overlapping = db.prepare<
    [number, number, number],
    { from_ms: number; to_ms: number | null; reason: string }
  >(
    `SELECT from_ms, to_ms, reason FROM gaps
     WHERE room = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms`,
  );

  function close(gap: Row, atMs: number): void {
    if (atMs === gap.from_ms) remove.run(gap.id);
    else end.run(atMs, gap.id);
  }

  function firstUp(room: RoomId, atMs: number): void {
    // Before `first_seen_ms` everything is a gap anyway.
    removeAll.run(room);
    rooms.setObserved(room, atMs);
  }

  function down(room: RoomId, atMs: number, reason: GapReason): void {
    const gap = current.get(room);
    if (gap === undefined) {
      // A late copy of a gap that is over already.
      if ((later.get(room, atMs, atMs) ?? 0) > 0) return;
      insert.run(room, atMs, reason);
    } else if (gap.reason !== reason && atMs >= gap.from_ms) {
      close(gap, atMs);
      insert.run(room, atMs, reason);
    }
  }

  return {
    observe(event) {
      const { room, atMs } = event;
      if (rooms.ensure(room, atMs) && !event.up) {
        insert.run(room, atMs, event.reason ?? 'disconnected');
      } else if (!event.up) down(room, atMs, event.reason ?? 'disconnected');
      else if (!rooms.isObserved(room)) firstUp(room, atMs);
      else {
        const gap = current.get(room);
        if (gap !== undefined && atMs >= gap.from_ms) close(gap, atMs);
      }
    },
    seen(room, atMs) {
      rooms.ensure(room, atMs);
      if (!rooms.isObserved(room)) firstUp(room, atMs);
    },
    startUnobserved(room, atMs) {
      insert.run(room, atMs, 'waiting' satisfies GapReason);
    },
    openAll(aliveMs) {
      insertAll.run(aliveMs, 'process-down' satisfies GapReason);
    },
    within(room, fromMs, toMs) {
      const found = overlapping.all(room, toMs, fromMs).map((gap) => ({
        fromMs: Math.max(gap.from_ms, fromMs),
        toMs: Math.min(gap.to_ms ?? toMs, toMs),
        reason: gap.reason,
      }));
      const firstSeenMs = Math.min(rooms.firstSeenMs(room), toMs);
      if (firstSeenMs <= fromMs || (found[0] !== undefined && found[0].fromMs < firstSeenMs)) return found;
      return [{ fromMs, toMs: firstSeenMs, reason: 'not-watched' satisfies GapReason }, ...found];
    },
  };
}
