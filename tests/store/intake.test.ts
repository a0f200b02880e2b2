import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Bus } from '#src/bus.ts';
import type { LiveEvent } from '#src/events.ts';
import type { HotStore } from '#src/store/hot-store.ts';
import { type IntakeOptions, startIntake } from '#src/store/intake.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { danmakuOf, gaugeOf, giftOf } from '../contracts/live-events.ts';

const log = pino({ level: 'silent' });

/** A hot store whose appends are seen, and can be held up or made to fail. */
function openWatched() {
  const inner = openMemoryHotStore({ now: () => 0, journalEventsMax: 100_000 });
  const seen = { batches: [] as string[][], running: 0, runningMax: 0, failNext: 0 };
  let gate: Promise<void> | null = null;
  const store: HotStore = Object.assign(Object.create(inner) as HotStore, {
    async append(events: readonly LiveEvent[]) {
      seen.running += 1;
      seen.runningMax = Math.max(seen.runningMax, seen.running);
      const batch = events.map((event) => event.id);
      try {
        if (gate !== null) await gate;
        if (seen.failNext > 0) {
          seen.failNext -= 1;
          throw new Error('hot store is away');
        }
        await inner.append(events);
        seen.batches.push(batch);
      } finally {
        seen.running -= 1;
      }
    },
  });
  const hold = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    gate = promise;
    return () => {
      gate = null;
      resolve();
    };
  };
  return { store, seen, hold };
}

function openWorld(changes: Partial<IntakeOptions> = {}) {
  const bus = new Bus((error) => {
    throw error;
  });
  const watched = openWatched();
  const flushed: { told: boolean; events: number }[] = [];
  const intake = startIntake({
    bus,
    hotStore: watched.store,
    queueEventsMax: 10_000,
    onFlushed: (told, events) => flushed.push({ told, events }),
    log,
    ...changes,
  });
  const say = (from: number, to: number) => {
    for (let at = from; at < to; at += 1) bus.publish(danmakuOf(`d${at}`, at));
  };
  return { bus, intake, flushed, say, ...watched };
}

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => `d${from + at}`);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('intake: when it flushes', () => {
  it('brings what was said within 50 ms as one batch, in order', async () => {
    const { say, seen, flushed, intake, bus } = openWorld();
    say(0, 3);
    await vi.advanceTimersByTimeAsync(40);
    say(3, 5);
    expect(seen.batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(seen.batches).toEqual([ids(0, 5)]);
    bus.publish(gaugeOf('online', 3, 1));
    await vi.advanceTimersByTimeAsync(50);
    expect(seen.batches).toHaveLength(2);
    expect(flushed).toEqual([
      { told: false, events: 5 },
      { told: false, events: 1 },
    ]);
    await intake.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('brings 500 at once, without waiting', async () => {
    const { say, seen, intake } = openWorld();
    say(0, 1201);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.batches).toEqual([ids(0, 500), ids(500, 1000)]);
    await vi.advanceTimersByTimeAsync(50);
    expect(seen.batches[2]).toEqual(ids(1000, 1201));
    await intake.close();
  });

  it('brings what people are told about at once, with the rest of its frame, and says so', async () => {
    const { say, seen, flushed, bus, intake } = openWorld();
    say(0, 2);
    bus.publish(giftOf('paid', 2, 52_000));
    say(2, 3);
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.batches).toEqual([['d0', 'd1', 'paid', 'd2']]);
    expect(flushed).toEqual([{ told: true, events: 4 }]);
    bus.publish(giftOf('free', 3, 0));
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.batches).toHaveLength(1);
    await intake.close();
    expect(flushed[1]).toEqual({ told: false, events: 1 });
  });
});

describe('intake: when the hot store is slow or away', () => {
  it('never appends twice at once; what came meanwhile follows in order', async () => {
    const { say, seen, hold, bus, intake } = openWorld();
    const release = hold();
    say(0, 600);
    bus.publish(giftOf('paid', 1, 1000));
    await vi.advanceTimersByTimeAsync(500);
    expect(seen.running).toBe(1);
    release();
    await vi.advanceTimersByTimeAsync(0);
    expect(seen.batches.flat()).toEqual([...ids(0, 600), 'paid']);
    expect(seen.runningMax).toBe(1);
    await intake.close();
  });

  it('tries a failed batch again, counts it, and loses nothing', async () => {
    const { say, seen, bus, flushed, intake } = openWorld();
    seen.failNext = 3;
    say(0, 2);
    bus.publish(giftOf('paid', 1, 1000));
    await vi.advanceTimersByTimeAsync(50);
    say(2, 4);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(seen.batches.flat()).toEqual(['d0', 'd1', 'paid', 'd2', 'd3']);
    expect(intake.state()).toEqual({ queued: 0, appended: 5, dropped: 0, failures: 3 });
    expect(flushed.some((flush) => flush.told)).toBe(true);
    await intake.close();
  });

  it('holds no more than its limit; what is dropped is counted', async () => {
    const { say, seen, hold, intake } = openWorld({ queueEventsMax: 10 });
    const release = hold();
    say(0, 25);
    await vi.advanceTimersByTimeAsync(100);
    expect(intake.state()).toMatchObject({ queued: 10, dropped: 15 });
    release();
    await vi.advanceTimersByTimeAsync(100);
    expect(seen.batches.flat()).toEqual(ids(0, 10));
    await intake.close();
  });
});

describe('intake: closing', () => {
  it('flushes what waits and hears nothing afterwards', async () => {
    const { say, seen, intake } = openWorld();
    say(0, 700);
    const closed = intake.close();
    say(700, 701);
    await closed;
    expect(seen.batches.flat()).toEqual(ids(0, 700));
    await intake.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the append that runs, and retries one that fails', async () => {
    const { say, seen, hold, intake } = openWorld();
    const release = hold();
    say(0, 3);
    await vi.advanceTimersByTimeAsync(60);
    seen.failNext = 1;
    say(3, 5);
    const closed = intake.close();
    release();
    await vi.advanceTimersByTimeAsync(200);
    await closed;
    expect(seen.batches.flat()).toEqual(ids(0, 5));
  });

  it('gives up on a hot store that does not answer', async () => {
    const { say, hold, intake } = openWorld({ closeMs: 1_000 });
    hold();
    say(0, 3);
    const closed = intake.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
    expect(intake.state().queued).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});
