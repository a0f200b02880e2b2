/** The state of each room's broadcasts between commits, read from the rows when it is not remembered. */
import { LRUCache } from 'lru-cache';
import type { RoomId } from '#src/events.ts';
import type { Db } from './migrate.ts';
import type { SessionRecord, SessionRows } from './session-rows.ts';

const CACHED_MAX = 10_000;

/** All but `offlineSinceMs` can be read from the rows again. */
export interface RoomState {
  readonly last: SessionRecord | null;
  readonly floorMs: number;
  readonly lastEventMs: number | null;
  readonly offlineSinceMs: number | null;
}

export interface RoomStates {
  get(room: RoomId): RoomState;
  /** The newest broadcast; asked for every row. */
  last(room: RoomId): SessionRecord | null;
  set(room: RoomId, change: Partial<RoomState>): void;
  /** Something came through the room's socket. */
  seen(room: RoomId, atMs: number): void;
  forget(room: RoomId): void;
  clear(): void;
}

export function openRoomStates(db: Db, rows: SessionRows): RoomStates {
  const states = new LRUCache<number, RoomState>({ max: CACHED_MAX });
  const seenMs = new LRUCache<number, number>({ max: CACHED_MAX });
  const lastEvent = db
    .prepare<[number, number, number], number | null>(
      `SELECT max(at_ms) FROM (SELECT max(at_ms) AS at_ms FROM danmaku WHERE room = ?
       UNION ALL SELECT max(at_ms) FROM payments WHERE room = ?
       UNION ALL SELECT max(minute) * 60000 FROM minutes WHERE room = ?)`,
    )
    .pluck();

  function read(room: RoomId): RoomState {
    const last = rows.newest(room);
    const floorMs = last === null ? 0 : rows.floorMs(last);
    const lastEventMs = lastEvent.get(room, room, room) ?? null;
    return { last, floorMs, lastEventMs, offlineSinceMs: null };
  }

  function get(room: RoomId): RoomState {
    let state = states.get(room);
    if (state === undefined) {
      state = read(room);
      states.set(room, state);
    }
    return state;
  }

  return {
    get(room) {
      const state = get(room);
      const seen = seenMs.get(room) ?? null;
      return seen === null || seen <= (state.lastEventMs ?? 0) ? state : { ...state, lastEventMs: seen };
    },
    last: (room) => get(room).last,
    set: (room, change) => void states.set(room, { ...get(room), ...change }),
    seen(room, atMs) {
      if (atMs > (seenMs.get(room) ?? 0)) seenMs.set(room, atMs);
    },
    forget: (room) => void states.delete(room),
    clear() {
      states.clear();
      seenMs.clear();
    },
  };
}
