/** How the bot itself is: loop delay, rates, sizes, last errors (shown in /status, on the page and in /metrics). */
import { createHistogram } from 'node:perf_hooks';
import type { Bus } from '#src/bus.ts';

const WINDOW_MS = 10_000;
const ERRORS_MAX = 20;
const PROBE_MS = 10;
/** A machine that slept is not a loop that was busy. */
const DELAY_MS_MAX = 10_000;

export interface Vitals {
  loopDelayP99Ms(): number;
  eventsTotal(): number;
  eventsPerSecond(): number;
  /** Keeps the newest errors, bounded. */
  noteError(message: string): void;
  lastErrors(): readonly { readonly atMs: number; readonly message: string }[];
  close(): void;
}

/**
 * How long something that came at any moment had to wait for the loop. Node's own monitor takes one sample of a
 * stop however long it was, so that 100 ms in every second were 3 ms at p99; here each step of it counts.
 */
function startLoopProbe() {
  const waits = createHistogram();
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const lateMs = Math.min(nowMs - lastMs - PROBE_MS, DELAY_MS_MAX);
    lastMs = nowMs;
    // In µs; the histogram takes whole numbers from 1.
    waits.record(Math.max(1, Math.round(lateMs * 1000)));
    for (let waitMs = lateMs - PROBE_MS; waitMs > 0; waitMs -= PROBE_MS)
      waits.record(Math.max(1, Math.round(waitMs * 1000)));
  }, PROBE_MS);
  timer.unref();
  return {
    p99Ms: () => (waits.count > 0 ? waits.percentile(99) / 1000 : 0),
    reset: () => waits.reset(),
    close: () => clearInterval(timer),
  };
}

/** Counts the bus's events and measures the loop in windows of 10 s. */
export function startVitals(bus: Bus, now: () => number): Vitals {
  const probe = startLoopProbe();
  const errors: { atMs: number; message: string }[] = [];
  let total = 0;
  let windowTotal = 0;
  let windowMs = now();
  let lastRate = 0;
  /** Null in the first window, which answers for itself. */
  let lastDelayMs: number | null = null;
  const unsubscribe = bus.subscribe(() => {
    total += 1;
  });
  const timer = setInterval(() => {
    lastRate = ((total - windowTotal) / Math.max(1, now() - windowMs)) * 1000;
    lastDelayMs = probe.p99Ms();
    windowTotal = total;
    windowMs = now();
    probe.reset();
  }, WINDOW_MS);
  timer.unref();

  return {
    loopDelayP99Ms: () => lastDelayMs ?? probe.p99Ms(),
    eventsTotal: () => total,
    eventsPerSecond: () =>
      lastRate === 0 ? ((total - windowTotal) / Math.max(1_000, now() - windowMs)) * 1000 : lastRate,
    noteError(message) {
      errors.unshift({ atMs: now(), message: message.slice(0, 300) });
      errors.length = Math.min(errors.length, ERRORS_MAX);
    },
    lastErrors: () => errors,
    close() {
      clearInterval(timer);
      probe.close();
      unsubscribe();
    },
  };
}
