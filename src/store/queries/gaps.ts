/** Which time was not observed, and why. */
import type { Gap, Range } from '#src/shapes.ts';
import type { Reader } from '#src/store/queries/reader.ts';

const GAPS = `SELECT from_ms, to_ms, reason FROM gaps
  WHERE room = ? AND from_ms < ? AND (to_ms IS NULL OR to_ms > ?) ORDER BY from_ms, id`;

/** The later of two bounds; of an open gap the time of asking. */
function clip(fromMs: number, toMs: number, range: Range, reason: string): Gap[] {
  const gap = { fromMs: Math.max(fromMs, range.fromMs), toMs: Math.min(toMs, range.toMs), reason };
  return gap.fromMs < gap.toMs ? [gap] : [];
}

/**
 * The gaps of a room cut to the range, oldest first. One that still goes on ends at `nowMs`. All time before the
 * archive knew of the room is one gap `not-watched`, for a room that it does not know all time until now.
 */
export function readGaps(reader: Reader, room: number, range: Range, nowMs: number): Gap[] {
  const seen = reader.find<[number]>('SELECT first_seen_ms FROM rooms WHERE room = ?', room);
  const firstSeenMs = seen?.[0] ?? nowMs;
  const rows = reader.all<[number, number | null, string]>(GAPS, room, range.toMs, range.fromMs);
  return [
    ...clip(0, firstSeenMs, range, 'not-watched'),
    ...rows.flatMap(([fromMs, toMs, reason]) =>
      clip(Math.max(fromMs, firstSeenMs), toMs ?? nowMs, range, reason),
    ),
  ];
}

/** Everything that can be said of a room: from its first broadcast, or from when it was first seen, until now. */
export function readWholeRange(reader: Reader, room: number, nowMs: number): Range {
  const seen = reader.find<[number]>('SELECT first_seen_ms FROM rooms WHERE room = ?', room);
  if (seen === null) return { fromMs: 0, toMs: nowMs };
  const first = reader.find<[number | null]>('SELECT MIN(started_ms) FROM sessions WHERE room = ?', room);
  return { fromMs: Math.min(seen[0], first?.[0] ?? seen[0]), toMs: nowMs };
}

/** Gaps as stretches that do not touch each other, with the future as the last one. */
export function mergeUnobserved(gaps: readonly Gap[], nowMs: number): Range[] {
  const merged: { fromMs: number; toMs: number }[] = [];
  const future = { fromMs: nowMs, toMs: Number.POSITIVE_INFINITY };
  for (const gap of [...gaps, future].sort((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last !== undefined && gap.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, gap.toMs);
    else merged.push({ fromMs: gap.fromMs, toMs: gap.toMs });
  }
  return merged;
}
