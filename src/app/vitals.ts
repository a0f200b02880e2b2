/** How the bot itself is: loop delay, rates, sizes, last errors (shown in /status, on the page and in /metrics). */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Bus } from '#src/bus.ts';

const WINDOW_MS = 10_000;
const ERRORS_MAX = 20;
/** The histogram's resolution is part of every sample. */
const RESOLUTION_MS = 10;

export interface Vitals {
  loopDelayP99Ms(): number;
  eventsTotal(): number;
  eventsPerSecond(): number;
  /** Keeps the newest errors, bounded. */
  noteError(message: string): void;
  lastErrors(): readonly { readonly atMs: number; readonly message: string }[];
  close(): void;
}

/** Counts the bus's events and measures the loop in windows of 10 s. */
export function startVitals(bus: Bus, now: () => number): Vitals {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const errors: { atMs: number; message: string }[] = [];
  let total = 0;
  let windowTotal = 0;
  let windowMs = now();
  let lastRate = 0;
  let lastDelayMs = 0;
  const unsubscribe = bus.subscribe(() => {
    total += 1;
  });
  const readDelay = () => Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
  const timer = setInterval(() => {
    lastRate = ((total - windowTotal) / Math.max(1, now() - windowMs)) * 1000;
    lastDelayMs = readDelay();
    windowTotal = total;
    windowMs = now();
    delay.reset();
  }, WINDOW_MS);
  timer.unref();

  return {
    loopDelayP99Ms: () => Math.max(lastDelayMs, delay.count > 0 ? readDelay() : 0),
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
      delay.disable();
      unsubscribe();
    },
  };
}
