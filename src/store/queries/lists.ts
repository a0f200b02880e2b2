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
import { END_OF_TIME_MS } from '#src/store/queries/totals.ts';

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

/** Rows of a room in the range, after the page before. */
export function everyOf(room: number, query: ListQuery): Condition[] {
  const { range, before } = query;
  const conditions: Condition[] = [
    { sql: 'room = ?', values: [room] },
    { sql: 'at_ms >= ?', values: [range.fromMs] },
    { sql: 'at_ms < ?', values: [range.toMs] },
  ];
  // The first half is what the index can use, the second tells apart rows of the same millisecond.
  if (before !== null)
    conditions.push({
      sql: 'at_ms <= ? AND (at_ms < ? OR id < ?)',
      values: [before.atMs, before.atMs, before.id],
    });
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
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/** Looks through the rows in stretches, so that a search that takes too long can be stopped. */
function searchDanmaku(reader: Reader, conditions: Condition[], q: string, limit: number): DanmakuTuple[] {
  const found: DanmakuTuple[] = [];
  const like = { sql: `text LIKE ? ESCAPE '\\'`, values: [likePattern(q)] };
  let below: Condition[] = [];
  for (;;) {
    const stretch = [...conditions, ...below];
    const edgeSql = `${listSql('at_ms, id', 'danmaku', stretch)} OFFSET ?`;
    const edgeValues = stretch.flatMap((condition) => condition.values);
    const edge = reader.find<[number, number]>(edgeSql, ...edgeValues, 1, SCAN_ROWS - 1);
    const above: Condition[] =
      edge === null
        ? []
        : [{ sql: 'at_ms >= ? AND (at_ms > ? OR id >= ?)', values: [edge[0], edge[0], edge[1]] }];
    const rows = select<DanmakuTuple>(
      reader,
      DANMAKU_COLUMNS,
      'danmaku',
      [...stretch, ...above, like],
      limit - found.length,
    );
    found.push(...rows);
    if (edge === null || found.length >= limit) return found;
    below = [{ sql: 'at_ms <= ? AND (at_ms < ? OR id < ?)', values: [edge[0], edge[0], edge[1]] }];
  }
}

export function readDanmaku(
  reader: Reader,
  room: number,
  query: ListQuery,
  q: string | null,
  uid: number | null,
): RawPage<DanmakuTuple> {
  const conditions = everyOf(room, query);
  if (uid !== null) conditions.push(ofViewer(uid));
  const limit = query.limit + 1;
  const rows =
    q === null
      ? select<DanmakuTuple>(reader, DANMAKU_COLUMNS, 'danmaku', conditions, limit)
      : searchDanmaku(reader, conditions, q, limit);
  return cutPage(rows, query.limit, (row) => ({ atMs: row[4], id: row[10] }));
}

export function readPayments(
  reader: Reader,
  room: number,
  query: ListQuery,
  kind: PaymentRow['kind'] | null,
  minMilli: number | null,
): RawPage<PaymentTuple> {
  const conditions = everyOf(room, query);
  if (kind !== null) conditions.push(ofKind(kind));
  if (minMilli !== null) conditions.push({ sql: 'paid_milli >= ?', values: [minMilli] });
  const rows = select<PaymentTuple>(reader, PAYMENT_COLUMNS, 'payments', conditions, query.limit + 1);
  return cutPage(rows, query.limit, (row) => ({ atMs: row[10], id: row[12] }));
}

/** Bounds of a list that has none. */
export const ALL_TIME = { fromMs: 0, toMs: END_OF_TIME_MS } as const;
