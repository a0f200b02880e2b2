/** Labels under the buckets: few enough to be read, at round times of the time zone's own clock. */
import { wallClockMs } from '#src/charts/local-time.ts';
import type { Words } from '#src/charts/words.ts';
import type { SeriesPoint } from '#src/shapes.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances between labels; days from there on. */
const TICKS_MS = [
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 3, 5, 7, 14, 30, 60, 90, 180, 365, 730, 1825, 3650].map((days) => days * DAY_MS),
];
const LABELS_MAX = 12;

/** A label of one or two lines; empty where the axis says nothing. */
export type TickLabel = '' | string | readonly string[];

/** One label a point. The date stands under the first one and wherever a new day begins. */
export function labelTimes(
  points: readonly SeriesPoint[],
  stepMs: number,
  timeZone: string,
  words: Words,
): TickLabel[] {
  const spanMs = points.length * stepMs;
  const tickMs = Math.max(stepMs, TICKS_MS.find((ms) => spanMs / ms <= LABELS_MAX) ?? spanMs);
  let lastDay = '';
  return points.map(({ atMs }) => {
    const wallMs = wallClockMs(atMs, timeZone);
    const beforeMs = wallClockMs(atMs - stepMs, timeZone);
    if (Math.floor(wallMs / tickMs) === Math.floor(beforeMs / tickMs)) return '';
    const day = nameDay(wallMs, words.locale, tickMs);
    const isNewDay = day.at(-1) !== lastDay;
    lastDay = day.at(-1) ?? '';
    if (tickMs >= DAY_MS) return isNewDay ? day : day.slice(0, 1);
    const time = nameClock(wallMs);
    return isNewDay ? [time, ...day] : time;
  });
}

/** "18:00" of a wall clock. */
function nameClock(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 16);
}

/** ["Nov 20"], for labels days apart with the year as second line: it is shown where it changes. */
function nameDay(wallMs: number, locale: string, tickMs: number): string[] {
  const format = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'short', day: 'numeric' });
  const day = format.format(wallMs);
  return tickMs >= DAY_MS ? [day, String(new Date(wallMs).getUTCFullYear())] : [day];
}
