import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleOf } from '#src/discord/report-periods.ts';

const at = (text: string) => Date.parse(text);

/** Starts of the periods from the one that holds `from` on. */
function starts(
  every: Parameters<typeof scheduleOf>[0],
  zone: string,
  from: string,
  count: number,
): string[] {
  const schedule = scheduleOf(every, zone);
  let ms = schedule.startOf(at(from));
  return Array.from({ length: count }, () => {
    const start = new Date(ms).toISOString().slice(0, 16);
    ms = schedule.nextStart(ms);
    return start;
  });
}

describe('the periods of reports', () => {
  it('are days of 23 and 25 hours where the clock changes', () => {
    expect(starts('day', 'Europe/Berlin', '2026-03-28T12:00:00Z', 3)).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ]);
    expect(starts('day', 'Europe/Berlin', '2026-10-24T23:00:00Z', 2)).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T23:00',
    ]);
  });

  it('begin at 01:00 on a day without a midnight', () => {
    expect(starts('day', 'Africa/Cairo', '2026-04-23T12:00:00Z', 3)).toEqual([
      '2026-04-22T22:00',
      '2026-04-23T22:00',
      '2026-04-24T21:00',
    ]);
  });

  it('keep both hours that the clock shows twice', () => {
    expect(starts('hour', 'Europe/Berlin', '2026-10-25T00:30:00Z', 3)).toEqual([
      '2026-10-25T00:00',
      '2026-10-25T01:00',
      '2026-10-25T02:00',
    ]);
    expect(starts('6h', 'Europe/Berlin', '2026-10-24T22:30:00Z', 3)).toEqual([
      '2026-10-24T22:00',
      '2026-10-25T05:00',
      '2026-10-25T11:00',
    ]);
  });

  it('are weeks from Monday', () => {
    expect(starts('week', 'Asia/Shanghai', '2026-11-21T00:00:00Z', 2)).toEqual([
      '2026-11-15T16:00',
      '2026-11-22T16:00',
    ]);
  });

  it('take UTC for a time zone that does not exist', () => {
    expect(starts('day', 'Mars/Phobos', '2026-11-21T05:00:00Z', 1)).toEqual(['2026-11-21T00:00']);
  });

  it('hold every moment exactly once, in any zone', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Asia/Kolkata',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Havana',
    );
    const every = fc.constantFrom('hour' as const, '6h' as const, 'day' as const, 'week' as const);
    const ms = fc.integer({ min: at('2024-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') });
    fc.assert(
      fc.property(zone, every, ms, (zone, every, ms) => {
        const { startOf, nextStart } = scheduleOf(every, zone);
        const [start, next] = [startOf(ms), nextStart(ms)];
        expect(start).toBeLessThanOrEqual(ms);
        expect(next).toBeGreaterThan(ms);
        expect(startOf(start)).toBe(start);
        expect(startOf(next - 1)).toBe(start);
        expect(startOf(next)).toBe(next);
        expect(nextStart(start)).toBe(next);
      }),
      { numRuns: 200 },
    );
  });
});
