/** Danmaku and payments, newest first, a page at a time. */
import type { PaymentRow } from '#src/shapes.ts';
import type {
  DanmakuTuple,
  ListCursor,
  ListQuery,
  PaymentTuple,
  RawPage,
} from '#src/store/queries/protocol.ts';
import type { Reader } from '#src/store/queries/reader.ts';

type Value = number | string;

/** A piece of WHERE with the values of its question marks. */
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Rows that a search for text looks through between two moments at which the thread can be stopped. */
const SCAN_ROWS = 50_000;
const NEWEST_FIRST = 'ORDER BY at_ms DESC, id DESC LIMIT ?';
/** A masked person has the name in the row, everybody else the newest one that is known. */
const NAME = (table: string) =>
  `COALESCE((SELECT name FROM viewers WHERE viewers.viewer = ${table}.viewer), ${table}.name, '')`;

export const DANMAKU_COLUMNS = `event_id, viewer, ${NAME('danmaku')}, text, at_ms, medal_name, medal_level,
  guard_level, user_level, flags, id`;
export const PAYMENT_COLUMNS = `event_id, kind, viewer, ${NAME('payments')}, gift_id, gift_name, count, paid_milli,
  worth_milli, text, at_ms, flags, id`;

/** A stretch of a list: the index needs its bounds as one lower and one upper time, not as several of each. */
interface Stretch {
  readonly room: number;
  readonly fromMs: number;
  /** The last millisecond that belongs to it. */
  readonly untilMs: number;
  /** Of that millisecond only the rows below this id. */
  readonly belowId: number | null;
  /** Of the first millisecond only the rows from this id on. */
  readonly fromId: number | null;
}

/** What a page is a part of: the range, as far as the page before has left it. */
export function stretchOf(room: number, { range, before }: ListQuery): Stretch {
  const whole = { room, fromMs: range.fromMs, untilMs: range.toMs - 1, belowId: null, fromId: null };
  if (before === null || before.atMs > whole.untilMs) return whole;
  return { ...whole, untilMs: before.atMs, belowId: before.id };
}

export function within(stretch: Stretch): Condition[] {
  const { room, fromMs, untilMs, belowId, fromId } = stretch;
  const conditions: Condition[] = [
    { sql: 'room = ?', values: [room] },
    { sql: 'at_ms >= ?', values: [fromMs] },
    { sql: 'at_ms <= ?', values: [untilMs] },
  ];
  if (belowId !== null) conditions.push({ sql: '(at_ms < ? OR id < ?)', values: [untilMs, belowId] });
  if (fromId !== null) conditions.push({ sql: '(at_ms > ? OR id >= ?)', values: [fromMs, fromId] });
  return conditions;
}

export function ofViewer(viewer: number): Condition {
  return { sql: 'viewer = ?', values: [viewer] };
}

/** The empty text keeps SQLite from taking the index by (room, kind), which has no order by time. */
export function ofKind(kind: PaymentRow['kind']): Condition {
  return { sql: `kind || '' = ?`, values: [kind] };
}

export function listSql(columns: string, table: string, conditions: readonly Condition[]): string {
  const where = conditions.map((condition) => condition.sql).join(' AND ');
  return `SELECT ${columns} FROM ${table} WHERE ${where} ${NEWEST_FIRST}`;
}

function select<Row extends readonly (Value | null)[]>(
  reader: Reader,
  columns: string,
  table: string,
  conditions: readonly Condition[],
  limit: number,
): Row[] {
  const values = conditions.flatMap((condition) => condition.values);
  return reader.all<Row>(listSql(columns, table, conditions), ...values, limit);
}

/** One row more than asked for was read: it says whether there is a page after. */
function cutPage<Row>(rows: readonly Row[], limit: number, cursorOf: (row: Row) => ListCursor): RawPage<Row> {
  const last = rows[limit - 1];
  const next = rows.length > limit && last !== undefined ? cursorOf(last) : null;
  return { rows: rows.slice(0, limit), next };
}

/** Text as a LIKE pattern that finds it anywhere: what LIKE would read as a wildcard is escaped. */
function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Looks through the rows piece by piece, so that a search that takes too long can be stopped. */
function searchDanmaku(
  reader: Reader,
  whole: Stretch,
  viewer: readonly Condition[],
  q: string,
  limit: number,
): DanmakuTuple[] {
  const found: DanmakuTuple[] = [];
  const like = { sql: `text LIKE ? ESCAPE '\\'`, values: [likePattern(q)] };
  let left = whole;
  for (;;) {
    const all = [...within(left), ...viewer];
    const values = all.flatMap((condition) => condition.values);
    const edgeSql = `${listSql('at_ms, id', 'danmaku', all)} OFFSET ?`;
    const edge = reader.find<[number, number]>(edgeSql, ...values, 1, SCAN_ROWS - 1);
    const piece = edge === null ? left : { ...left, fromMs: edge[0], fromId: edge[1] };
    const conditions = [...within(piece), ...viewer, like];
    const wanted = limit - found.length;
    found.push(...select<DanmakuTuple>(reader, DANMAKU_COLUMNS, 'danmaku', conditions, wanted));
    if (edge === null || found.length >= limit) return found;
    left = { ...left, untilMs: edge[0], belowId: edge[1] };
  }
}

export function readDanmaku(
  reader: Reader,
  room: number,
  query: ListQuery,
  q: string | null,
  uid: number | null,
): RawPage<DanmakuTuple> {
  const stretch = stretchOf(room, query);
  const viewer = uid === null ? [] : [ofViewer(uid)];
  const limit = query.limit + 1;
  const rows =
    q === null
      ? select<DanmakuTuple>(reader, DANMAKU_COLUMNS, 'danmaku', [...within(stretch), ...viewer], limit)
      : searchDanmaku(reader, stretch, viewer, q, limit);
  return cutPage(rows, query.limit, (row) => ({ atMs: row[4], id: row[10] }));
}

export function readPayments(
  reader: Reader,
  room: number,
  query: ListQuery,
  kind: PaymentRow['kind'] | null,
  minMilli: number | null,
): RawPage<PaymentTuple> {
  // Free guard days that follow a purchase (flag 2) are none themselves: they are in no sum, so in no list.
  const conditions = [...within(stretchOf(room, query)), { sql: '(flags & 2) = 0', values: [] }];
  if (kind !== null) conditions.push(ofKind(kind));
  if (minMilli !== null) conditions.push({ sql: 'paid_milli >= ?', values: [minMilli] });
  const rows = select<PaymentTuple>(reader, PAYMENT_COLUMNS, 'payments', conditions, query.limit + 1);
  return cutPage(rows, query.limit, (row) => ({ atMs: row[10], id: row[12] }));
}
