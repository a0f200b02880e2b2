import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POINTS_MAX, stepFor } from '#src/charts/step.ts';

const HOUR_MS = 3_600_000;

describe('stepFor', () => {
  it.each([
    [1, 1 / 60],
    [6, 2 / 60],
    [24, 10 / 60],
    [24 * 7, 1],
    [24 * 30, 6],
    [24 * 365, 48],
  ])('a range of %d hours is counted in steps of %d hours', (hours, stepHours) => {
    expect(stepFor({ fromMs: 5, toMs: 5 + hours * HOUR_MS })).toBe(Math.round(stepHours * HOUR_MS));
  });

  it('keeps every range within the points of a picture', () => {
    const ms = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(ms, ms, (a, b) => {
        const range = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
        const stepMs = stepFor(range);
        const buckets = Math.ceil(range.toMs / stepMs) - Math.floor(range.fromMs / stepMs);
        expect(stepMs % 60_000).toBe(0);
        expect(buckets).toBeLessThanOrEqual(POINTS_MAX);
      }),
    );
  });
});
