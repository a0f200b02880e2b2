/** Rooms as the archive knows them, and what is on its way to Discord. */
import type { AlertDocument } from '#src/alerts/document.ts';
import { asRoomId, type LiveStatus } from '#src/events.ts';
import type { RoomRow } from '#src/shapes.ts';
import type { Reader } from '#src/store/queries/reader.ts';
import type { AlertRow, OutboxState } from '#src/store/queries.ts';

const ROOMS = `SELECT room, short_id, uid, name, title, area, cover_url, live_status, first_seen_ms, on_page,
  (SELECT MAX(started_ms) FROM sessions WHERE sessions.room = rooms.room AND ended_ms IS NULL) FROM rooms`;

export const ROOMS_SQL = {
  all: `${ROOMS} ORDER BY room`,
  one: `${ROOMS} WHERE room = ?`,
  alerts: `SELECT id, channel_id, document, delivered_version, version, state, error, created_ms, updated_ms
    FROM outbox ORDER BY id DESC LIMIT ?`,
  open: `SELECT COUNT(*), MIN(CASE WHEN delivered_version = 0 THEN created_ms ELSE updated_ms END)
    FROM outbox WHERE state = 'open' AND delivered_version < version AND channel_id <> 'page'`,
  failed: `SELECT COUNT(*) FROM outbox WHERE state = 'failed'`,
} as const;

type RoomTuple = [
  room: number,
  shortId: number | null,
  uid: number,
  name: string,
  title: string,
  area: string,
  coverUrl: string | null,
  liveStatus: LiveStatus,
  firstSeenMs: number,
  onPage: number,
  openSinceMs: number | null,
];

function rowOf(tuple: RoomTuple): RoomRow {
  const [room, shortId, uid, name, title, area, coverUrl, liveStatus, firstSeenMs, onPage, openSinceMs] =
    tuple;
  return {
    room: asRoomId(room),
    shortId,
    uid,
    name,
    title,
    area,
    coverUrl,
    liveStatus,
    liveSinceMs: openSinceMs,
    firstSeenMs,
    onPage: onPage !== 0,
  };
}

export function readRooms(reader: Reader): RoomRow[] {
  return reader.all<RoomTuple>(ROOMS_SQL.all).map(rowOf);
}

export function findRoom(reader: Reader, room: number): RoomRow | null {
  const tuple = reader.find<RoomTuple>(ROOMS_SQL.one, room);
  return tuple === null ? null : rowOf(tuple);
}

type AlertTuple = [
  id: number,
  channelId: string,
  document: string,
  deliveredVersion: number,
  version: number,
  state: 'open' | 'folded' | 'failed',
  error: string | null,
  createdMs: number,
  updatedMs: number,
];

/** The newest messages, whether they were delivered or not. */
export function readAlerts(reader: Reader, limit: number): AlertRow[] {
  return reader.all<AlertTuple>(ROOMS_SQL.alerts, limit).map((tuple) => {
    const [id, channelId, document, deliveredVersion, version, state, error, createdMs, updatedMs] = tuple;
    return {
      id,
      channelId,
      // Written by the archive itself, from this very type.
      document: JSON.parse(document) as AlertDocument,
      delivered: deliveredVersion >= version,
      folded: state === 'folded',
      error,
      createdMs,
      updatedMs,
    };
  });
}

/** What waits for Discord (nothing of the channel `page` ever does), and since when. */
export function readOutbox(reader: Reader, nowMs: number): OutboxState {
  const open = reader.find<[number, number | null]>(ROOMS_SQL.open);
  const sinceMs = open?.[1] ?? null;
  return {
    open: open?.[0] ?? 0,
    oldestMs: sinceMs === null ? null : Math.max(nowMs - sinceMs, 0),
    failed: reader.find<[number]>(ROOMS_SQL.failed)?.[0] ?? 0,
  };
}
