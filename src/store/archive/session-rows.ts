/** Broadcasts as rows: reading and writing them, and their sums when their bounds move. */
import type { RoomId } from '#src/events.ts';
import type { Totals } from '#src/shapes.ts';
import type { Span } from '#src/stats/session.ts';
import type { Db } from './migrate.ts';

export interface SessionRecord extends Span {
  readonly session: number;
  readonly room: RoomId;
  readonly card: number;
  readonly endTold: boolean;
}

interface Row {
  session: number;
  room: RoomId;
  live_key: string | null;
  start_second: number | null;
  started_ms: number;
  ended_ms: number | null;
  live_ms: number | null;
  end_told: number;
  card: number | null;
}

function fromRow(row: Row): SessionRecord {
  return {
    session: row.session,
    room: row.room,
    liveKey: row.live_key,
    startSecond: row.start_second,
    startedMs: row.started_ms,
    endedMs: row.ended_ms,
    liveMs: row.live_ms ?? row.started_ms,
    endTold: row.end_told === 1,
    card: row.card ?? row.session,
  };
}

const SELECT = `SELECT session, room, live_key, start_second, started_ms, ended_ms, live_ms, end_told, card
  FROM sessions`;

/** All broadcasts of one card together: what its report tells. */
interface CardSums extends Omit<Totals, 'gaps' | 'revenueMilli'> {
  readonly startedMs: number;
  readonly peakOnline: number | null;
  readonly peakWatched: number | null;
}

export type SessionRows = ReturnType<typeof openSessionRows>;

export function openSessionRows(db: Db) {
  const newest = db.prepare<[number], Row>(
    `${SELECT} WHERE room = ? ORDER BY started_ms DESC, session DESC LIMIT 1`,
  );
  const before = db
    .prepare<[number, number, number], number>(
      'SELECT max(ifnull(ended_ms, started_ms)) FROM sessions WHERE room = ? AND started_ms <= ? AND session <> ?',
    )
    .pluck();
  const at = db.prepare<[number, number], Row>(
    `${SELECT} WHERE room = ? AND started_ms <= ? ORDER BY started_ms DESC, session DESC LIMIT 1`,
  );
  const byKey = db
    .prepare<[number, string], number>('SELECT session FROM sessions WHERE room = ? AND live_key = ?')
    .pluck();
  const due = db.prepare<[number], Row>(
    `${SELECT} WHERE ended_ms IS NOT NULL AND end_told = 0 AND ended_ms <= ?`,
  );
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO sessions (room, live_key, start_second, started_ms, live_ms, card, title, area)
     SELECT room, ?, ?, ?, ?, ?, title, area FROM rooms WHERE room = ?`,
  );
  const ownCard = db.prepare<[number]>(
    'UPDATE sessions SET card = session WHERE session = ? AND card IS NULL',
  );
  const update = db.prepare<(string | number | null)[]>(
    `UPDATE sessions SET live_key = ?, start_second = ?, started_ms = ?, ended_ms = ?, live_ms = ?, end_told = ?
     WHERE session = ?`,
  );
  const titles = db.prepare<[number]>(
    `UPDATE sessions SET title = (SELECT title FROM rooms WHERE rooms.room = sessions.room),
       area = (SELECT area FROM rooms WHERE rooms.room = sessions.room) WHERE session = ?`,
  );
  const cardSums = db.prepare<[number, number], CardSums>(
    `SELECT min(started_ms) AS startedMs, max(peak_online) AS peakOnline, max(peak_watched) AS peakWatched,
       sum(danmaku) AS danmaku, sum(masked_danmaku) AS maskedDanmaku, sum(gifts) AS gifts,
       sum(gift_milli) AS giftMilli, sum(super_chats) AS superChats, sum(super_chat_milli) AS superChatMilli,
       sum(guards) AS guards, sum(guard_milli) AS guardMilli, sum(masked_milli) AS maskedMilli,
       chatters, payers
     FROM sessions, (SELECT count(DISTINCT CASE WHEN v.danmaku > 0 THEN viewer END) AS chatters,
       count(DISTINCT CASE WHEN v.paid_milli > 0 THEN viewer END) AS payers
       FROM session_viewers v JOIN sessions s USING (session) WHERE s.card = ?) WHERE card = ?`,
  );
  const sums = openRangeSums(db);

  return {
    newest: (room: RoomId) => mapRow(newest.get(room)),
    at: (room: RoomId, atMs: number) => mapRow(at.get(room, atMs)),
    /** Sessions whose end is dated up to `beforeMs` and not told. */
    due: (beforeMs: number) => due.all(beforeMs).map(fromRow),
    floorMs: (last: SessionRecord) => before.get(last.room, last.startedMs, last.session) ?? 0,
    findByKey: (room: RoomId, liveKey: string) => byKey.get(room, liveKey) ?? null,
    /** Adds one that is live; rows of its time that are stored already count. `card` null: its own. */
    add(room: RoomId, span: Span, card: number | null): SessionRecord {
      const { liveKey, startSecond, startedMs, liveMs } = span;
      const added = insert.run(liveKey, startSecond, startedMs, liveMs, card, room);
      const session = Number(added.lastInsertRowid);
      ownCard.run(session);
      const record = { ...span, session, room, card: card ?? session, endTold: false };
      sums.add(record, span.startedMs, null, 1);
      return record;
    },
    /** Writes what changed; where the bounds moved, the rows between move in or out of its sums. */
    change(old: SessionRecord, next: SessionRecord): void {
      const { session, liveKey, startSecond, startedMs, endedMs, liveMs, endTold } = next;
      update.run(liveKey, startSecond, startedMs, endedMs, liveMs, endTold ? 1 : 0, session);
      if (startedMs < old.startedMs) sums.add(next, startedMs, old.startedMs, 1);
      if (endedMs === old.endedMs) return;
      if (old.endedMs !== null) sums.add(next, old.endedMs, null, 1);
      if (endedMs !== null) sums.add(next, endedMs, null, -1);
    },
    takeTitle: (session: number) => void titles.run(session),
    cardSums(card: number): CardSums {
      const found = cardSums.get(card, card);
      if (found === undefined) throw new Error(`no session has the card ${card}`);
      return found;
    },
  };
}

function mapRow(row: Row | undefined): SessionRecord | null {
  return row === undefined ? null : fromRow(row);
}

/** Far beyond any time: an end that is open. */
const OPEN_END_MS = Number.MAX_SAFE_INTEGER;

/** Adds the rows of a stretch of time to a broadcast, or takes them out. Bonus days (flag 2) never count. */
function openRangeSums(db: Db) {
  const danmaku = db.prepare<number[]>(
    `UPDATE sessions SET danmaku = danmaku + ? * n, masked_danmaku = masked_danmaku + ? * masked
     FROM (SELECT count(*) AS n, total(viewer = 0) AS masked FROM danmaku
       WHERE room = ? AND at_ms >= ? AND at_ms < ?) WHERE session = ?`,
  );
  const payments = db.prepare<number[]>(
    `UPDATE sessions SET gifts = gifts + ? * gift_n, gift_milli = gift_milli + ? * gift_sum,
       super_chats = super_chats + ? * chat_n, super_chat_milli = super_chat_milli + ? * chat_sum,
       guards = guards + ? * guard_n, guard_milli = guard_milli + ? * guard_sum,
       masked_milli = masked_milli + ? * masked_sum
     FROM (SELECT total((kind = 'gift') * count) AS gift_n, total((kind = 'gift') * paid_milli) AS gift_sum,
       total(kind = 'super-chat') AS chat_n, total((kind = 'super-chat') * paid_milli) AS chat_sum,
       total(kind = 'guard') AS guard_n, total((kind = 'guard') * paid_milli) AS guard_sum,
       total((viewer = 0) * paid_milli) AS masked_sum
       FROM payments WHERE room = ? AND at_ms >= ? AND at_ms < ? AND flags & 2 = 0) WHERE session = ?`,
  );
  const viewers = db.prepare<number[]>(
    `INSERT INTO session_viewers (session, viewer, danmaku, gifts, paid_milli)
     SELECT ?, viewer, ? * sum(d), ? * sum(g), ? * sum(p) FROM (
       SELECT viewer, 1 AS d, 0 AS g, 0 AS p FROM danmaku WHERE room = ? AND at_ms >= ? AND at_ms < ?
       UNION ALL SELECT viewer, 0, (kind = 'gift') * count, paid_milli FROM payments
         WHERE room = ? AND at_ms >= ? AND at_ms < ? AND flags & 2 = 0)
     WHERE viewer <> 0 GROUP BY viewer
     ON CONFLICT (session, viewer) DO UPDATE SET danmaku = danmaku + excluded.danmaku,
       gifts = gifts + excluded.gifts, paid_milli = paid_milli + excluded.paid_milli`,
  );
  const peaks = db.prepare<number[]>(
    `UPDATE sessions SET peak_online = nullif(max(ifnull(peak_online, -1), online), -1),
       peak_watched = nullif(max(ifnull(peak_watched, -1), watched), -1)
     FROM (SELECT ifnull(max(online), -1) AS online, ifnull(max(watched), -1) AS watched FROM minutes
       WHERE room = ? AND minute >= ? AND minute < ?) WHERE session = ?`,
  );
  return {
    /** `toMs` null: everything after `fromMs`. */
    add(of: { session: number; room: RoomId }, fromMs: number, toMs: number | null, sign: 1 | -1): void {
      const { session, room } = of;
      const range = [room, fromMs, toMs ?? OPEN_END_MS] as const;
      danmaku.run(sign, sign, ...range, session);
      payments.run(...Array<number>(7).fill(sign), ...range, session);
      viewers.run(session, sign, sign, sign, ...range, ...range);
      // Only whole minutes: a minute's gauge may be of the time before the start.
      if (sign === 1)
        peaks.run(room, Math.ceil(fromMs / 60_000), Math.ceil((toMs ?? OPEN_END_MS) / 60_000), session);
    },
  };
}
