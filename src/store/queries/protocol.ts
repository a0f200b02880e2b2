/** What the main thread asks a reader thread, and how the answers cross: lists as arrays of arrays, a series as columns of numbers. */
import type { Gap, PaymentRow, Range, RoomRow, SessionRow, TopRow, Totals } from '#src/shapes.ts';
import type { AlertRow, OutboxState } from '#src/store/queries.ts';

/** A page to read: all bounds are filled in and checked. */
export interface ListQuery {
  readonly limit: number;
  readonly before: ListCursor | null;
  readonly range: Range;
}

/** The last row of the page before. */
export interface ListCursor {
  readonly atMs: number;
  readonly id: number;
}

export interface RawPage<Row> {
  readonly rows: readonly Row[];
  readonly next: ListCursor | null;
}

/** event_id, viewer, name, text, at_ms, medal_name, medal_level, guard_level, user_level, flags, id. */
export type DanmakuTuple = readonly [
  eventId: string,
  viewer: number,
  name: string,
  text: string,
  atMs: number,
  medalName: string | null,
  medalLevel: number | null,
  guardLevel: number,
  userLevel: number,
  flags: number,
  id: number,
];

export type PaymentTuple = readonly [
  eventId: string,
  kind: PaymentRow['kind'],
  viewer: number,
  name: string,
  giftId: number | null,
  giftName: string,
  count: number,
  paidMilli: number,
  worthMilli: number,
  text: string | null,
  atMs: number,
  flags: number,
  id: number,
];

/** What a bucket has besides its time. */
export const SERIES_COLUMNS = [
  'danmaku',
  'chatters',
  'revenueMilli',
  'giftMilli',
  'superChatMilli',
  'guardMilli',
  'watched',
  'online',
] as const;
export type SeriesColumns = Record<(typeof SERIES_COLUMNS)[number], Float64Array>;

export interface RawSeries {
  /** Number of the first bucket: it starts at `first * stepMs`. */
  readonly first: number;
  /** One number a bucket; NaN stands for null. */
  readonly columns: SeriesColumns;
  readonly gaps: readonly Gap[];
}

/** Every question. A range of null is everything. */
export interface Ops {
  rooms(): RoomRow[];
  room(room: number): RoomRow | null;
  totals(room: number, range: Range | null, nowMs: number): Totals;
  top(room: number, by: 'value' | 'danmaku', limit: number, range: Range | null): TopRow[];
  series(room: number, range: Range, stepMs: number, nowMs: number): RawSeries;
  danmaku(room: number, query: ListQuery, q: string | null, uid: number | null): RawPage<DanmakuTuple>;
  payments(
    room: number,
    query: ListQuery,
    kind: PaymentRow['kind'] | null,
    minMilli: number | null,
  ): RawPage<PaymentTuple>;
  sessions(room: number, query: ListQuery, nowMs: number): RawPage<SessionRow>;
  lastSession(room: number, nowMs: number): SessionRow | null;
  gaps(room: number, range: Range, nowMs: number): Gap[];
  alerts(limit: number): AlertRow[];
  outbox(nowMs: number): OutboxState;
}

export type OpName = keyof Ops;

export interface Request {
  readonly id: number;
  readonly op: OpName;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly fault: { readonly isUserError: boolean; readonly message: string } };

/** Sent once, when the thread can answer. */
export const READY = 'ready';
