/** Invented rows of a room, as the store answers them. */
import { pino } from 'pino';
import type { ChartRequest } from '#src/charts/charts.ts';
import { asRoomId } from '#src/events.ts';
import type { Gap, SeriesPoint } from '#src/shapes.ts';

export const MINUTE_MS = 60_000;

export const silent = pino({ level: 'silent' });

export const at = (text: string): number => Date.parse(text);

const UNSEEN = {
  ...{ danmaku: null, chatters: null, revenueMilli: null, giftMilli: null },
  ...{ superChatMilli: null, guardMilli: null, watched: null, online: null },
};

/** A bucket with numbers, or one that was not observed. */
export function point(atMs: number, values: Partial<SeriesPoint> | null): SeriesPoint {
  const quiet = { danmaku: 0, chatters: 0, giftMilli: 0, superChatMilli: 0, guardMilli: 0 };
  if (values === null) return { atMs, ...UNSEEN };
  const all = { ...UNSEEN, ...quiet, ...values };
  const revenueMilli = (all.giftMilli ?? 0) + (all.superChatMilli ?? 0) + (all.guardMilli ?? 0);
  return { ...all, atMs, revenueMilli };
}

/** A request over buckets that follow each other from `fromMs`. */
export function requestOf(
  buckets: readonly (Partial<SeriesPoint> | null)[],
  more: Partial<Omit<ChartRequest, 'series'>> & { fromMs?: number; stepMs?: number; gaps?: Gap[] } = {},
): ChartRequest {
  const { fromMs = at('2026-11-20T10:00:00Z'), stepMs = MINUTE_MS, gaps = [], ...rest } = more;
  return {
    metric: 'activity',
    room: { room: asRoomId(9001), name: '海风电台', title: '夜班' },
    range: { fromMs, toMs: fromMs + buckets.length * stepMs },
    timeZone: 'Asia/Shanghai',
    language: 'en',
    series: { stepMs, points: buckets.map((values, index) => point(fromMs + index * stepMs, values)), gaps },
    ...rest,
  };
}
