/** When the periods of reports begin in a time zone, over daylight saving. */
import { knownTimeZone, wallClockMs } from '#src/charts/local-time.ts';
import type { ReportEvery } from '#src/shapes.ts';

/** Epoch milliseconds in, epoch milliseconds out. */
export interface ReportSchedule {
  /** Start of the period that `atMs` lies in. */
  startOf(atMs: number): number;
  /** Start of the period after it. */
  nextStart(atMs: number): number;
}

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Longer than any period of the kind, a change of the clock included. */
const SPAN_MS_MAX: Readonly<Record<ReportEvery, number>> = {
  hour: 3 * HOUR_MS,
  '6h': 9 * HOUR_MS,
  day: 50 * HOUR_MS,
  week: 9 * DAY_MS,
};

/**
 * A period is the time in which the wall clock stays within one hour, quarter of a day, day or week from Monday:
 * 23 or 25 hours for a day in which the clock changes, and from 01:00 where a day has no midnight. node-schedule
 * would skip such a day, so its boundaries are looked for here and given to it as dates.
 */
export function scheduleOf(every: ReportEvery, timeZone: string): ReportSchedule {
  const zone = knownTimeZone(timeZone);
  const isSame = (a: number, b: number) => periodAt(a, every, zone) === periodAt(b, every, zone);
  const nextStart = (atMs: number) => firstSecond(atMs, atMs + SPAN_MS_MAX[every], (ms) => !isSame(ms, atMs));
  return {
    nextStart,
    startOf: (atMs) => firstSecond(atMs - SPAN_MS_MAX[every], atMs, (ms) => isSame(ms, atMs)),
  };
}

/** A number that is the same within one period and another one in the next. */
function periodAt(atMs: number, every: ReportEvery, zone: string): number {
  const wallMs = wallClockMs(atMs, zone);
  switch (every) {
    case 'hour':
      // The hour that the clock shows twice in autumn is two hours: the offset tells them apart.
      return Math.floor(wallMs / HOUR_MS) * DAY_MS + (wallMs - atMs);
    case '6h':
      return Math.floor(wallMs / (6 * HOUR_MS));
    case 'day':
      return Math.floor(wallMs / DAY_MS);
    case 'week':
      // 1970-01-01 was a Thursday, three days after a Monday.
      return Math.floor((wallMs + 3 * DAY_MS) / (7 * DAY_MS));
  }
}

/** The first whole second in (fromMs, toMs] from which on `holds` is true: it does not at `fromMs`, and does at `toMs`. */
function firstSecond(fromMs: number, toMs: number, holds: (ms: number) => boolean): number {
  let [before, after] = [Math.floor(fromMs / SECOND_MS), Math.floor(toMs / SECOND_MS)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle * SECOND_MS)) after = middle;
    else before = middle;
  }
  return after * SECOND_MS;
}
