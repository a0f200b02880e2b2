/** From the arrays that cross threads to the rows that everybody reads. */
import type { DanmakuRow, PaymentRow, Series, SeriesPoint } from '#src/shapes.ts';
import type { DanmakuTuple, PaymentTuple, RawSeries, SeriesColumns } from '#src/store/queries/protocol.ts';
import { uidOf } from '#src/store/queries/top.ts';

/** Bits of `danmaku.flags` and `payments.flags` (schema.ts). */
const ADMIN = 1;
const RECALLED = 2;
const LIST_PRICE = 1;

export function danmakuOf(tuple: DanmakuTuple): DanmakuRow {
  const [id, viewer, name, text, atMs, medalName, medalLevel, guardLevel, userLevel, flags] = tuple;
  return {
    id,
    uid: uidOf(viewer),
    name,
    text,
    atMs,
    medal: medalName === null ? null : { name: medalName, level: medalLevel ?? 0 },
    guardLevel,
    userLevel,
    isAdmin: (flags & ADMIN) !== 0,
    recalled: (flags & RECALLED) !== 0,
  };
}

export function paymentOf(tuple: PaymentTuple): PaymentRow {
  const [id, kind, viewer, name, giftId, giftName, count, paidMilli, worthMilli, text, atMs, flags] = tuple;
  return {
    id,
    kind,
    uid: uidOf(viewer),
    name,
    giftId,
    giftName,
    count,
    valueMilli: paidMilli,
    worthMilli,
    text,
    atMs,
    isListPrice: (flags & LIST_PRICE) !== 0,
  };
}

export function seriesOf(raw: RawSeries, stepMs: number): Series {
  const { columns } = raw;
  const value = (column: keyof SeriesColumns, at: number) => {
    const found = columns[column][at];
    return found === undefined || Number.isNaN(found) ? null : found;
  };
  const points = Array.from(
    columns.danmaku,
    (_, at): SeriesPoint => ({
      atMs: (raw.first + at) * stepMs,
      danmaku: value('danmaku', at),
      chatters: value('chatters', at),
      revenueMilli: value('revenueMilli', at),
      giftMilli: value('giftMilli', at),
      superChatMilli: value('superChatMilli', at),
      guardMilli: value('guardMilli', at),
      watched: value('watched', at),
      online: value('online', at),
    }),
  );
  return { stepMs, points, gaps: raw.gaps };
}
