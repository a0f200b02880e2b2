/** Bucket widths that read well on an axis. */
import type { Range } from '#src/shapes.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS_MS = [
  10 * SECOND,
  30 * SECOND,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  7 * DAY,
  30 * DAY,
];
/** More points than this are closer than the eye tells apart on a picture. */
const POINTS_MAX = 200;

/** The smallest nice bucket in ms that cuts the range into at most 200. */
export function stepFor(range: Range): number {
  const span = range.toMs - range.fromMs;
  return STEPS_MS.find((step) => span / step <= POINTS_MAX) ?? Math.ceil(span / POINTS_MAX / DAY) * DAY;
}
