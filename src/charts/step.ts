import type { Range } from '#src/shapes.ts';

const MINUTE_MS = 60_000;

/** Lengths that people count in, so that buckets begin where a clock or a calendar shows a round number. */
const STEPS_MS = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  180,
  360,
  720,
  1440,
  2880,
  7 * 1440,
  14 * 1440,
  30 * 1440,
].map((minutes) => minutes * MINUTE_MS);

/** More buckets than this cannot be told apart in a picture. */
export const POINTS_MAX = 200;

/** The bucket length, in milliseconds, for a chart of this range: a nice one that gives at most `POINTS_MAX` buckets. */
export function stepFor({ fromMs, toMs }: Range): number {
  // One bucket is kept for a range that does not begin at a multiple of the step.
  const atLeastMs = (toMs - fromMs) / (POINTS_MAX - 1);
  const step = STEPS_MS.find((stepMs) => stepMs >= atLeastMs);
  if (step !== undefined) return step;
  const yearMs = 365 * 1440 * MINUTE_MS;
  return Math.ceil(atLeastMs / yearMs) * yearMs;
}
