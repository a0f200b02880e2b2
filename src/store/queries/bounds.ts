/** What a question may ask: checked before it reaches a reader thread. */
import { UserError } from '#src/lib/errors.ts';
import type { Range } from '#src/shapes.ts';
import type { ListCursor, ListQuery } from '#src/store/queries/protocol.ts';
import { END_OF_TIME_MS } from '#src/store/queries/totals.ts';
import type { PageQuery } from '#src/store/queries.ts';

const LIMIT_MAX = 500;
const BUCKETS_MAX = 2000;
const TEXT_LENGTH_MAX = 200;
const CURSOR = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/;

/** Whole milliseconds: a half-open bound between two of them is the later one. Left out: all time. */
export function readRange(range: Range | undefined): Range {
  if (range === undefined) return { fromMs: 0, toMs: END_OF_TIME_MS };
  if (Number.isNaN(range.fromMs) || Number.isNaN(range.toMs))
    throw new UserError('from and to must be numbers');
  const bound = (ms: number) => Math.min(Math.max(Math.ceil(ms), 0), END_OF_TIME_MS);
  return { fromMs: bound(range.fromMs), toMs: bound(range.toMs) };
}

/** 1 to 500. */
export function readLimit(limit: number): number {
  return Math.min(Math.max(Math.trunc(limit) || 1, 1), LIMIT_MAX);
}

/** Throws UserError for a step that is no whole number of milliseconds, or too short for the range. */
export function checkBuckets(range: Range, stepMs: number): void {
  if (!Number.isSafeInteger(stepMs) || stepMs < 1)
    throw new UserError('stepMs must be a whole number of milliseconds, at least 1');
  const buckets = Math.ceil(range.toMs / stepMs) - Math.floor(range.fromMs / stepMs);
  if (buckets <= BUCKETS_MAX) return;
  const least = Math.ceil((range.toMs - range.fromMs) / (BUCKETS_MAX - 1));
  throw new UserError(
    `stepMs ${stepMs} makes ${buckets} points of this time, at most ${BUCKETS_MAX} are allowed: use at least ${least}`,
  );
}

/** Null for a text that asks for nothing. */
export function readText(q: string | undefined): string | null {
  if (q === undefined || q === '') return null;
  if (q.length > TEXT_LENGTH_MAX)
    throw new UserError(`The text may have at most ${TEXT_LENGTH_MAX} characters.`);
  return q;
}

function readCursor(before: string | undefined): ListCursor | null {
  if (before === undefined) return null;
  const [, at, id] = CURSOR.exec(before) ?? [];
  const cursor = { atMs: Number.parseInt(at ?? '', 36), id: Number.parseInt(id ?? '', 36) };
  if (!Number.isSafeInteger(cursor.atMs) || !Number.isSafeInteger(cursor.id))
    throw new UserError('before must be the "next" of the page before');
  return cursor;
}

/** Throws UserError when `before` is none of ours. */
export function readPage(query: PageQuery): ListQuery {
  return { limit: readLimit(query.limit), before: readCursor(query.before), range: readRange(query.range) };
}

export function writeCursor(cursor: ListCursor | null): string | null {
  return cursor === null ? null : `${cursor.atMs.toString(36)}.${cursor.id.toString(36)}`;
}
