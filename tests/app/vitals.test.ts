import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startVitals } from '#src/app/vitals.ts';
import { Bus } from '#src/bus.ts';

let clockMs = 0;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs);
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The loop comes round every 10 ms, as it should, and once after `lateMs` more. */
function runLoop(turns: number, lateMs: number): void {
  for (let turn = 0; turn < turns; turn += 1) {
    clockMs += 10;
    vi.advanceTimersByTime(10);
  }
  clockMs += lateMs + 10;
  vi.advanceTimersByTime(10);
}

it('counts a stop of the loop for as long as it was, not once', () => {
  const vitals = startVitals(new Bus(() => {}), Date.now);
  runLoop(300, 0);
  expect(vitals.loopDelayP99Ms()).toBeLessThan(1);
  runLoop(100, 100);
  // One sample in four hundred would not be seen at p99; a fiftieth of the time is.
  expect(vitals.loopDelayP99Ms()).toBeGreaterThan(50);
  vitals.close();
});
