/** Sums over a range: whole minutes from the rollup, ragged ends and distinct people from the rows. */
import type { Range, Totals } from '#src/shapes.ts';
import { emptySums, type Sums } from '#src/stats/sums.ts';
import { readGaps, readWholeRange } from '#src/store/queries/gaps.ts';
import type { Reader } from '#src/store/queries/reader.ts';

export const MINUTE_MS = 60_000;
/** Later than any time: the largest that a Date can hold. */
export const END_OF_TIME_MS = 8_640_000_000_000_000;

/** `flags & 2` are bonus days: neither a purchase nor money (stats/sums.ts says the same). */
const PAYMENT_SUMS = `
  SUM(CASE WHEN kind = 'gift' THEN count ELSE 0 END),
  SUM(CASE WHEN kind = 'gift' THEN paid_milli ELSE 0 END),
  SUM(CASE WHEN kind = 'super-chat' THEN 1 ELSE 0 END),
  SUM(CASE WHEN kind = 'super-chat' THEN paid_milli ELSE 0 END),
  SUM(CASE WHEN kind = 'guard' THEN 1 ELSE 0 END),
  SUM(CASE WHEN kind = 'guard' THEN paid_milli ELSE 0 END),
  SUM(CASE WHEN viewer = 0 THEN paid_milli ELSE 0 END)`;

/** Every statement, by name, so that a test can look at its plan. */
export const TOTALS_SQL = {
  minutes: `SELECT SUM(danmaku), SUM(masked_danmaku), SUM(gifts), SUM(gift_milli), SUM(super_chats),
    SUM(super_chat_milli), SUM(guards), SUM(guard_milli), SUM(masked_milli)
    FROM minutes WHERE room = ? AND minute >= ? AND minute < ?`,
  danmaku: `SELECT COUNT(*), SUM(CASE WHEN viewer = 0 THEN 1 ELSE 0 END)
    FROM danmaku WHERE room = ? AND at_ms >= ? AND at_ms < ?`,
  payments: `SELECT ${PAYMENT_SUMS} FROM payments
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND (flags & 2) = 0`,
  chatters: `SELECT COUNT(DISTINCT viewer) FROM danmaku
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND viewer <> 0`,
  /** From one viewer to the next along the index: as many steps as people, not as danmaku. */
  allChatters: `WITH RECURSIVE known(viewer) AS (
      SELECT MIN(viewer) FROM danmaku WHERE room = ?
      UNION ALL
      SELECT (SELECT MIN(viewer) FROM danmaku WHERE room = ? AND viewer > known.viewer) FROM known
        WHERE known.viewer IS NOT NULL
    ) SELECT COUNT(*) FROM known WHERE viewer <> 0`,
  payers: `SELECT COUNT(DISTINCT viewer) FROM payments
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND viewer <> 0 AND paid_milli > 0
    AND (flags & 2) = 0`,
} as const;

type Nullable = (number | null)[];

/** In the order of the columns above. */
const NAMES = [
  'danmaku',
  'maskedDanmaku',
  'gifts',
  'giftMilli',
  'superChats',
  'superChatMilli',
  'guards',
  'guardMilli',
  'maskedMilli',
] as const satisfies readonly (keyof Sums)[];

/** A sum over no rows is null in SQL. */
function addSums(into: Sums, row: Nullable | null, names: readonly (keyof Sums)[]): void {
  for (const [at, name] of names.entries()) into[name] += row?.[at] ?? 0;
}

function readSums(reader: Reader, room: number, range: Range): Sums {
  const sums = emptySums();
  const firstMinute = Math.ceil(range.fromMs / MINUTE_MS);
  const endMinute = Math.floor(range.toMs / MINUTE_MS);
  const addRows = (fromMs: number, toMs: number) => {
    if (fromMs >= toMs) return;
    addSums(sums, reader.find<Nullable>(TOTALS_SQL.danmaku, room, fromMs, toMs), NAMES.slice(0, 2));
    addSums(sums, reader.find<Nullable>(TOTALS_SQL.payments, room, fromMs, toMs), NAMES.slice(2));
  };
  if (firstMinute >= endMinute) {
    addRows(range.fromMs, range.toMs);
    return sums;
  }
  addRows(range.fromMs, firstMinute * MINUTE_MS);
  addSums(sums, reader.find<Nullable>(TOTALS_SQL.minutes, room, firstMinute, endMinute), NAMES);
  addRows(endMinute * MINUTE_MS, range.toMs);
  return sums;
}

/** Sums of what happened in the range, and its gaps; null: everything. */
export function readTotals(reader: Reader, room: number, asked: Range | null, nowMs: number): Totals {
  // "Everything" reaches into the future: the server's clock may be ahead of ours.
  const range = asked ?? { fromMs: 0, toMs: END_OF_TIME_MS };
  const sums = readSums(reader, room, range);
  const bounds = [room, range.fromMs, range.toMs] as const;
  const chatters =
    asked === null
      ? reader.find<[number]>(TOTALS_SQL.allChatters, room, room)
      : reader.find<[number]>(TOTALS_SQL.chatters, ...bounds);
  return {
    ...sums,
    revenueMilli: sums.giftMilli + sums.superChatMilli + sums.guardMilli,
    chatters: chatters?.[0] ?? 0,
    payers: reader.find<[number]>(TOTALS_SQL.payers, ...bounds)?.[0] ?? 0,
    gaps: readGaps(reader, room, asked ?? readWholeRange(reader, room, nowMs), nowMs),
  };
}
