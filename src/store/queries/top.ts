/** Rankings of people. Masked ones are in none. */
import type { Range, TopRow } from '#src/shapes.ts';
import type { Reader } from '#src/store/queries/reader.ts';
import { END_OF_TIME_MS } from '#src/store/queries/totals.ts';

/** Who reached the sum first stands first; the uid settles what is left. */
export const TOP_SQL = {
  value: `SELECT viewer, SUM(paid_milli) AS sum_milli, MAX(at_ms) AS reached_ms FROM payments
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND viewer <> 0 AND paid_milli > 0
      AND (flags & 2) = 0
    GROUP BY viewer ORDER BY sum_milli DESC, reached_ms, viewer LIMIT ?`,
  danmaku: `SELECT viewer, COUNT(*) AS said, MAX(at_ms) AS reached_ms FROM danmaku
    WHERE room = ? AND at_ms >= ? AND at_ms < ? AND viewer <> 0
    GROUP BY viewer ORDER BY said DESC, reached_ms, viewer LIMIT ?`,
  /** Without bounds of time SQLite goes by the index of viewers, which is in the order of the groups. */
  allDanmaku: `SELECT viewer, COUNT(*) AS said, MAX(at_ms) AS reached_ms FROM danmaku
    WHERE room = ? AND viewer <> 0
    GROUP BY viewer ORDER BY said DESC, reached_ms, viewer LIMIT ?`,
  gave: `SELECT SUM(paid_milli), SUM(CASE WHEN kind = 'gift' THEN count ELSE 0 END) FROM payments
    WHERE room = ? AND viewer = ? AND at_ms >= ? AND at_ms < ? AND (flags & 2) = 0`,
  said: 'SELECT COUNT(*) FROM danmaku WHERE room = ? AND viewer = ? AND at_ms >= ? AND at_ms < ?',
  name: 'SELECT name FROM viewers WHERE viewer = ?',
} as const;

/** Web accounts are their uid; Open Platform viewers have a negative number, masked ones 0. */
export function uidOf(viewer: number): number | null {
  return viewer > 0 ? viewer : null;
}

/** The first `limit` by money paid (who paid nothing is left out) or by danmaku said; null: of all time. */
export function readTop(
  reader: Reader,
  room: number,
  by: 'value' | 'danmaku',
  limit: number,
  asked: Range | null,
): TopRow[] {
  const range = asked ?? { fromMs: 0, toMs: END_OF_TIME_MS };
  const leaders =
    asked === null && by === 'danmaku'
      ? reader.all<[number]>(TOP_SQL.allDanmaku, room, limit)
      : reader.all<[number]>(TOP_SQL[by], room, range.fromMs, range.toMs, limit);
  return leaders.map(([viewer], at) => {
    const bounds = [room, viewer, range.fromMs, range.toMs] as const;
    const gave = reader.find<[number | null, number | null]>(TOP_SQL.gave, ...bounds);
    return {
      rank: at + 1,
      uid: uidOf(viewer),
      name: reader.find<[string]>(TOP_SQL.name, viewer)?.[0] ?? '',
      valueMilli: gave?.[0] ?? 0,
      gifts: gave?.[1] ?? 0,
      danmaku: reader.find<[number]>(TOP_SQL.said, ...bounds)?.[0] ?? 0,
    };
  });
}
