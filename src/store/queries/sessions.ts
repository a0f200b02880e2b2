/** Broadcasts with their totals. */
import { asRoomId } from '#src/events.ts';
import type { SessionRow } from '#src/shapes.ts';
import { readGaps } from '#src/store/queries/gaps.ts';
import { stretchOf } from '#src/store/queries/lists.ts';
import type { ListQuery, RawPage } from '#src/store/queries/protocol.ts';
import type { Reader } from '#src/store/queries/reader.ts';

const COLUMNS = `session, room, title, area, started_ms, ended_ms, peak_online, peak_watched, danmaku,
  masked_danmaku, gifts, gift_milli, super_chats, super_chat_milli, guards, guard_milli, masked_milli`;

type SessionTuple = readonly [
  session: number,
  room: number,
  title: string,
  area: string,
  startedMs: number,
  endedMs: number | null,
  peakOnline: number | null,
  peakWatched: number | null,
  danmaku: number,
  maskedDanmaku: number,
  gifts: number,
  giftMilli: number,
  superChats: number,
  superChatMilli: number,
  guards: number,
  guardMilli: number,
  maskedMilli: number,
];

/** In `page`, the last time that fits and, of that time, the ids below one. */
export const SESSIONS_SQL = {
  page: `SELECT ${COLUMNS} FROM sessions WHERE room = ? AND started_ms <= ? AND (started_ms < ? OR session < ?)
    AND (ended_ms IS NULL OR ended_ms > ?) ORDER BY started_ms DESC, session DESC LIMIT ?`,
  last: `SELECT ${COLUMNS} FROM sessions WHERE room = ? ORDER BY started_ms DESC, session DESC LIMIT 1`,
  open: `SELECT ${COLUMNS} FROM sessions WHERE room = ? AND ended_ms IS NULL
    ORDER BY started_ms DESC, session DESC LIMIT 1`,
  people: `SELECT SUM(CASE WHEN danmaku > 0 THEN 1 ELSE 0 END), SUM(CASE WHEN paid_milli > 0 THEN 1 ELSE 0 END)
    FROM session_viewers WHERE session = ? AND viewer <> 0`,
} as const;

function rowOf(reader: Reader, tuple: SessionTuple, nowMs: number): SessionRow {
  const [session, room, title, area, startedMs, endedMs, peakOnline, peakWatched] = tuple;
  const [, , , , , , , , danmaku, maskedDanmaku, gifts, giftMilli, superChats, superChatMilli] = tuple;
  const [guards, guardMilli, maskedMilli] = [tuple[14], tuple[15], tuple[16]];
  const people = reader.find<[number | null, number | null]>(SESSIONS_SQL.people, session);
  return {
    id: String(session),
    room: asRoomId(room),
    title,
    area,
    startedMs,
    endedMs,
    peakOnline,
    peakWatched,
    danmaku,
    chatters: people?.[0] ?? 0,
    gifts,
    giftMilli,
    superChats,
    superChatMilli,
    guards,
    guardMilli,
    revenueMilli: giftMilli + superChatMilli + guardMilli,
    payers: people?.[1] ?? 0,
    gaps: readGaps(reader, room, { fromMs: startedMs, toMs: endedMs ?? nowMs }, nowMs),
    maskedDanmaku,
    maskedMilli,
  };
}

/** Broadcasts that overlap the range, newest first. */
export function readSessions(
  reader: Reader,
  room: number,
  query: ListQuery,
  nowMs: number,
): RawPage<SessionRow> {
  const { range, limit } = query;
  const { untilMs, belowId } = stretchOf(room, query);
  const tuples = reader.all<SessionTuple>(
    SESSIONS_SQL.page,
    room,
    untilMs,
    untilMs,
    belowId ?? Number.MAX_SAFE_INTEGER,
    range.fromMs,
    limit + 1,
  );
  const last = tuples[limit - 1];
  return {
    rows: tuples.slice(0, limit).map((tuple) => rowOf(reader, tuple, nowMs)),
    next: tuples.length > limit && last !== undefined ? { atMs: last[4], id: last[0] } : null,
  };
}

/** The broadcast that goes on, else the last one; null when none was seen. */
export function findLastSession(reader: Reader, room: number, nowMs: number): SessionRow | null {
  const tuple =
    reader.find<SessionTuple>(SESSIONS_SQL.open, room) ?? reader.find<SessionTuple>(SESSIONS_SQL.last, room);
  return tuple === null ? null : rowOf(reader, tuple, nowMs);
}
