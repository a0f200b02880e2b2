/** What is known of each room, and since when. */
import { LRUCache } from 'lru-cache';
import type { RoomFace } from '#src/alerts/document.ts';
import type { LiveStatus, RoomId } from '#src/events.ts';
import type { RoomRow } from '#src/shapes.ts';
import type { Db } from './migrate.ts';

const CACHED_MAX = 10_000;

type KnownRoom = Pick<RoomRow, 'room' | 'shortId' | 'uid' | 'name' | 'title' | 'area' | 'coverUrl'>;

interface Row {
  name: string;
  title: string;
  area: string;
  cover_url: string | null;
  live_status: LiveStatus;
  first_seen_ms: number;
  on_page: number;
  observed: number;
}

export interface Rooms {
  /** Adds the room when it is new. True when it was. */
  ensure(room: RoomId, atMs: number): boolean;
  /** Fills in what a message said; null leaves what stands. */
  change(room: RoomId, known: { [K in keyof Omit<KnownRoom, 'room'>]?: KnownRoom[K] | null }): void;
  setStatus(room: RoomId, status: LiveStatus): void;
  setOnPage(room: RoomId, onPage: boolean): void;
  isObserved(room: RoomId): boolean;
  /** Its socket is up for the first time: from now on what is not seen was not there. */
  setObserved(room: RoomId, firstSeenMs: number): void;
  firstSeenMs(room: RoomId): number;
  face(room: RoomId): RoomFace;
  clear(): void;
}

export function openRooms(db: Db): Rooms {
  const cache = new LRUCache<number, Row>({ max: CACHED_MAX });
  const select = db.prepare<[number], Row>(
    'SELECT name, title, area, cover_url, live_status, first_seen_ms, on_page, observed FROM rooms WHERE room = ?',
  );
  const insert = db.prepare<[number, number]>(
    'INSERT INTO rooms (room, first_seen_ms) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const update = db.prepare<(string | number | null)[]>(
    `UPDATE rooms SET short_id = ifnull(?, short_id), uid = ifnull(?, uid), name = ifnull(?, name),
       title = ifnull(?, title), area = ifnull(?, area), cover_url = ifnull(?, cover_url) WHERE room = ?`,
  );
  const status = db.prepare<[string, number]>('UPDATE rooms SET live_status = ? WHERE room = ?');
  const onPage = db.prepare<[number, number]>('UPDATE rooms SET on_page = ? WHERE room = ?');
  const observed = db.prepare<[number, number]>(
    'UPDATE rooms SET observed = 1, first_seen_ms = ? WHERE room = ?',
  );

  function row(room: number): Row | null {
    const cached = cache.get(room);
    if (cached !== undefined) return cached;
    const found = select.get(room);
    if (found !== undefined) cache.set(room, found);
    return found ?? null;
  }

  return {
    ensure(room, atMs) {
      if (row(room) !== null) return false;
      insert.run(room, atMs);
      return true;
    },
    change(room, known) {
      const { shortId = null, uid = null, name = null, title = null, area = null, coverUrl = null } = known;
      update.run(shortId, uid, name, title, area, coverUrl, room);
      cache.delete(room);
    },
    setStatus(room, next) {
      if (row(room)?.live_status === next) return;
      status.run(next, room);
      cache.delete(room);
    },
    setOnPage(room, next) {
      onPage.run(next ? 1 : 0, room);
      cache.delete(room);
    },
    isObserved: (room) => row(room)?.observed === 1,
    setObserved(room, firstSeenMs) {
      observed.run(firstSeenMs, room);
      cache.delete(room);
    },
    firstSeenMs: (room) => row(room)?.first_seen_ms ?? 0,
    face(room) {
      const found = row(room);
      const { name = '', title = '', area = '', cover_url = null } = found ?? {};
      return { room, name, title, area, coverUrl: cover_url };
    },
    clear: () => cache.clear(),
  };
}
