/** A range in buckets of equal length. */
import type { Range } from '#src/shapes.ts';
import { mergeUnobserved, readGaps } from '#src/store/queries/gaps.ts';
import { type RawSeries, SERIES_COLUMNS, type SeriesColumns } from '#src/store/queries/protocol.ts';
import type { Reader } from '#src/store/queries/reader.ts';
import { MINUTE_MS } from '#src/store/queries/totals.ts';

/** `CAST`: a step beyond 2^31 would be bound as a float, and the division with it. */
export const SERIES_SQL = {
  minutes: `SELECT minute, danmaku, gift_milli, super_chat_milli, guard_milli, watched, online
    FROM minutes WHERE room = ? AND minute >= ? AND minute < ? ORDER BY minute`,
  danmaku: `SELECT at_ms / CAST(? AS INTEGER) AS bucket, COUNT(*) FROM danmaku
    WHERE room = ? AND at_ms >= ? AND at_ms < ? GROUP BY bucket`,
  chatters: `SELECT at_ms / CAST(? AS INTEGER) AS bucket, COUNT(DISTINCT viewer) FROM danmaku
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND viewer <> 0 GROUP BY bucket`,
  payments: `SELECT at_ms / CAST(? AS INTEGER) AS bucket,
    SUM(CASE WHEN kind = 'gift' THEN paid_milli ELSE 0 END),
    SUM(CASE WHEN kind = 'super-chat' THEN paid_milli ELSE 0 END),
    SUM(CASE WHEN kind = 'guard' THEN paid_milli ELSE 0 END)
    FROM payments WHERE room = ? AND at_ms >= ? AND at_ms < ? AND (flags & 2) = 0 GROUP BY bucket`,
} as const;

type MinuteTuple = [
  minute: number,
  danmaku: number,
  giftMilli: number,
  superChatMilli: number,
  guardMilli: number,
  watched: number | null,
  online: number | null,
];

/** The buckets of a range, filled by one pass over each source. */
class Buckets {
  readonly first: number;
  readonly count: number;
  readonly columns: SeriesColumns;
  /** 1 where something was stored: that was observed, whatever the gaps say. */
  readonly #stored: Uint8Array;

  constructor(range: Range, stepMs: number) {
    this.first = Math.floor(range.fromMs / stepMs);
    this.count = Math.max(Math.ceil(range.toMs / stepMs) - this.first, 0);
    this.#stored = new Uint8Array(this.count);
    const column = () => new Float64Array(this.count);
    this.columns = {
      danmaku: column(),
      chatters: column(),
      revenueMilli: column(),
      giftMilli: column(),
      superChatMilli: column(),
      guardMilli: column(),
      watched: column().fill(Number.NaN),
      online: column().fill(Number.NaN),
    };
  }

  add(column: keyof SeriesColumns, bucket: number, value: number): void {
    const at = bucket - this.first;
    this.columns[column][at] = (this.columns[column][at] ?? 0) + value;
    this.#stored[at] = 1;
  }

  /** A later gauge of the bucket takes the place of an earlier one. */
  setGauge(column: 'watched' | 'online', bucket: number, value: number | null): void {
    if (value !== null) this.columns[column][bucket - this.first] = value;
  }

  /** Empties what was neither observed nor stored, and sums up the rest. */
  finish(unobserved: readonly Range[], range: Range, stepMs: number): void {
    let next = 0;
    for (let at = 0; at < this.count; at += 1) {
      const fromMs = Math.max((this.first + at) * stepMs, range.fromMs);
      const toMs = Math.min((this.first + at + 1) * stepMs, range.toMs);
      while ((unobserved[next]?.toMs ?? Number.POSITIVE_INFINITY) < toMs) next += 1;
      const isDark = (unobserved[next]?.fromMs ?? Number.POSITIVE_INFINITY) <= fromMs;
      if (isDark && this.#stored[at] === 0) {
        for (const column of SERIES_COLUMNS) this.columns[column][at] = Number.NaN;
      } else {
        const { giftMilli, superChatMilli, guardMilli } = this.columns;
        this.columns.revenueMilli[at] =
          (giftMilli[at] ?? 0) + (superChatMilli[at] ?? 0) + (guardMilli[at] ?? 0);
      }
    }
  }
}

function addRows(reader: Reader, room: number, buckets: Buckets, part: Range, stepMs: number): void {
  if (part.fromMs >= part.toMs) return;
  const bounds = [stepMs, room, part.fromMs, part.toMs] as const;
  for (const [bucket, said] of reader.each<[number, number]>(SERIES_SQL.danmaku, ...bounds))
    buckets.add('danmaku', bucket, said);
  const payments = reader.each<[number, number, number, number]>(SERIES_SQL.payments, ...bounds);
  for (const [bucket, giftMilli, superChatMilli, guardMilli] of payments) {
    buckets.add('giftMilli', bucket, giftMilli);
    buckets.add('superChatMilli', bucket, superChatMilli);
    buckets.add('guardMilli', bucket, guardMilli);
  }
}

/**
 * Sums of the whole minutes `whole` (none when a bucket is no multiple of a minute), and the gauges of all minutes
 * that the range touches: a gauge is the last of its minute, so it belongs where the minute ends.
 */
function addMinutes(
  reader: Reader,
  room: number,
  buckets: Buckets,
  range: Range,
  whole: Range | null,
  stepMs: number,
  nowMs: number,
): void {
  const first = Math.floor(range.fromMs / MINUTE_MS);
  const end = Math.ceil(range.toMs / MINUTE_MS);
  for (const row of reader.each<MinuteTuple>(SERIES_SQL.minutes, room, first, end)) {
    const [minute, danmaku, giftMilli, superChatMilli, guardMilli, watched, online] = row;
    const fromMs = minute * MINUTE_MS;
    // The minute that goes on ends now.
    const endMs = Math.min(fromMs + MINUTE_MS, range.toMs, Math.max(nowMs, fromMs + 1, range.fromMs + 1));
    const bucket = Math.floor((endMs - 1) / stepMs);
    buckets.setGauge('watched', bucket, watched);
    buckets.setGauge('online', bucket, online);
    if (whole === null || fromMs < whole.fromMs || fromMs >= whole.toMs) continue;
    buckets.add('danmaku', bucket, danmaku);
    buckets.add('giftMilli', bucket, giftMilli);
    buckets.add('superChatMilli', bucket, superChatMilli);
    buckets.add('guardMilli', bucket, guardMilli);
  }
}

/**
 * Buckets at multiples of `stepMs`; the first and the last hold only what lies in the range, so that they add up
 * to its totals. One that lies in gaps or in the future is empty (NaN), unless something of it was stored.
 */
export function readSeries(
  reader: Reader,
  room: number,
  range: Range,
  stepMs: number,
  nowMs: number,
): RawSeries {
  const buckets = new Buckets(range, stepMs);
  const gaps = readGaps(reader, room, range, nowMs);
  if (buckets.count > 0) {
    const isWhole = stepMs % MINUTE_MS === 0;
    const fromMs = isWhole ? Math.ceil(range.fromMs / MINUTE_MS) * MINUTE_MS : range.toMs;
    const toMs = isWhole ? Math.floor(range.toMs / MINUTE_MS) * MINUTE_MS : range.toMs;
    const whole = fromMs < toMs ? { fromMs, toMs } : null;
    addMinutes(reader, room, buckets, range, whole, stepMs, nowMs);
    addRows(reader, room, buckets, { fromMs: range.fromMs, toMs: whole?.fromMs ?? range.toMs }, stepMs);
    if (whole !== null) addRows(reader, room, buckets, { fromMs: whole.toMs, toMs: range.toMs }, stepMs);
    const chatters = reader.each<[number, number]>(
      SERIES_SQL.chatters,
      stepMs,
      room,
      range.fromMs,
      range.toMs,
    );
    for (const [bucket, count] of chatters) buckets.add('chatters', bucket, count);
    buckets.finish(mergeUnobserved(gaps, nowMs), range, stepMs);
  }
  return { first: buckets.first, columns: buckets.columns, gaps };
}
