import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DANMAKU_COLUMNS,
  listSql,
  ofKind,
  ofViewer,
  PAYMENT_COLUMNS,
  stretchOf,
  within,
} from '#src/store/queries/lists.ts';
import { ROOMS_SQL } from '#src/store/queries/rooms.ts';
import { SERIES_SQL } from '#src/store/queries/series.ts';
import { SESSIONS_SQL } from '#src/store/queries/sessions.ts';
import { TOP_SQL } from '#src/store/queries/top.ts';
import { TOTALS_SQL } from '#src/store/queries/totals.ts';
import { openFile, type SeededFile } from './queries-file.ts';

let file: SeededFile;
beforeAll(async () => {
  file = await openFile();
});
afterAll(() => file.close());

function planOf(sql: string): string {
  const marks = sql.split('?').length - 1;
  const steps = file.db
    .prepare<number[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array(marks).fill(1));
  return steps.map((step) => step.detail).join('\n');
}

const first = { limit: 50, before: null, range: { fromMs: 1, toMs: 2 } };
const later = { ...first, before: { atMs: 1, id: 1 } };
const beyond = { ...first, before: { atMs: 99, id: 1 } };
const TIME_INDEX = 'danmaku_time (room=? AND at_ms>? AND at_ms<?)';
const VIEWER_INDEX = 'danmaku_viewer (room=?';

describe('plans', () => {
  it.each([
    [
      'totals: minutes',
      TOTALS_SQL.minutes,
      'INDEX sqlite_autoindex_minutes_1 (room=? AND minute>? AND minute<?)',
    ],
    ['totals: danmaku', TOTALS_SQL.danmaku, `COVERING INDEX ${TIME_INDEX}`],
    ['totals: payments', TOTALS_SQL.payments, 'INDEX payments_time (room=? AND at_ms>? AND at_ms<?)'],
    ['totals: chatters', TOTALS_SQL.chatters, `COVERING INDEX ${TIME_INDEX}`],
    ['totals: payers', TOTALS_SQL.payers, 'INDEX payments_time (room=? AND at_ms>? AND at_ms<?)'],
    [
      'series: minutes',
      SERIES_SQL.minutes,
      'INDEX sqlite_autoindex_minutes_1 (room=? AND minute>? AND minute<?)',
    ],
    ['series: danmaku', SERIES_SQL.danmaku, `COVERING INDEX ${TIME_INDEX}`],
    ['series: chatters', SERIES_SQL.chatters, `COVERING INDEX ${TIME_INDEX}`],
    ['series: payments', SERIES_SQL.payments, 'INDEX payments_time (room=? AND at_ms>? AND at_ms<?)'],
    ['totals: all chatters', TOTALS_SQL.allChatters, `COVERING INDEX ${VIEWER_INDEX} AND viewer>?)`],
    ['top: all danmaku', TOP_SQL.allDanmaku, `COVERING INDEX ${VIEWER_INDEX}`],
    ['top: value', TOP_SQL.value, 'INDEX payments_'],
    ['top: danmaku', TOP_SQL.danmaku, 'COVERING INDEX danmaku_'],
    [
      'top: said',
      TOP_SQL.said,
      'COVERING INDEX danmaku_viewer (room=? AND viewer=? AND at_ms>? AND at_ms<?)',
    ],
    ['top: gave', TOP_SQL.gave, 'INDEX payments_viewer (room=? AND viewer=? AND at_ms>? AND at_ms<?)'],
    ['sessions: page', SESSIONS_SQL.page, 'INDEX sessions_room_started (room=? AND started_ms<?)'],
    ['sessions: last', SESSIONS_SQL.last, 'INDEX sessions_room_started (room=?)'],
    ['sessions: open', SESSIONS_SQL.open, 'INDEX sessions_room_started (room=?)'],
    ['sessions: people', SESSIONS_SQL.people, 'INDEX sqlite_autoindex_session_viewers_1 (session=?'],
    ['rooms: live since', ROOMS_SQL.one, 'INDEX sessions_room_started (room=?)'],
    ['outbox: open', ROOMS_SQL.open, 'INDEX outbox_open'],
  ])('%s', (_name, sql, index) => {
    const plan = planOf(sql);
    expect(plan).toContain(index);
    expect(plan).not.toContain('SCAN danmaku');
    expect(plan).not.toContain('SCAN payments');
  });

  it.each([first, later, beyond])(
    'lists read as many rows as they show, in the order of the index',
    (query) => {
      const danmaku = planOf(listSql(DANMAKU_COLUMNS, 'danmaku', within(stretchOf(7, query))));
      expect(danmaku).toContain(`INDEX ${TIME_INDEX}`);
      // Sorted is only what shares a millisecond.
      expect(danmaku).not.toContain('USE TEMP B-TREE FOR ORDER BY');
      const ofOne = planOf(
        listSql(DANMAKU_COLUMNS, 'danmaku', [...within(stretchOf(7, query)), ofViewer(3)]),
      );
      expect(ofOne).toContain('INDEX danmaku_viewer (room=? AND viewer=? AND at_ms>? AND at_ms<?)');
      expect(ofOne).not.toContain('TEMP B-TREE');
      const payments = planOf(
        listSql(PAYMENT_COLUMNS, 'payments', [...within(stretchOf(7, query)), ofKind('guard')]),
      );
      expect(payments).toContain('INDEX payments_time (room=? AND at_ms>? AND at_ms<?)');
      expect(payments).not.toContain('TEMP B-TREE');
    },
  );

  it.each([first, later, beyond])(
    'a list has one lower and one upper bound: of two SQLite would take any',
    (query) => {
      const conditions = within({ ...stretchOf(7, query), fromId: 3 }).map((condition) => condition.sql);
      expect(conditions.filter((sql) => sql.startsWith('at_ms <'))).toHaveLength(1);
      expect(conditions.filter((sql) => sql.startsWith('at_ms >'))).toHaveLength(1);
    },
  );
});
