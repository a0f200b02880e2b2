import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { startSync } from '#src/store/sync.ts';
import { danmakuOf } from '../contracts/live-events.ts';
import { log, openWorld } from './sync-ledger.ts';

beforeEach(() => void vi.useFakeTimers({ now: 0 }));
afterEach(() => void vi.useRealTimers());

/** Lets the first turn, which finds nothing, pass. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('sync: when it commits', () => {
  it('commits every 250 ms what is there, trims the journal, and commits nothing when nothing is', async () => {
    const { sync, say, ledger, hotStore } = openWorld();
    await settle();
    await say(3);
    await vi.advanceTimersByTimeAsync(249);
    expect(ledger.batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await say(2, false, false);
    await vi.advanceTimersByTimeAsync(250);
    expect(ledger.batches).toEqual([
      { atMs: 250, events: 3 },
      { atMs: 500, events: 2 },
    ]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(ledger.batches).toHaveLength(2);
    expect((await hotStore.journalDepth()).events).toBe(0);
    await sync.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('commits 1000 events before their time, and goes on at once while there are more', async () => {
    const { sync, say, ledger } = openWorld();
    await settle();
    await say(400);
    await say(400);
    await settle();
    expect(ledger.batches).toEqual([]);
    for (let at = 0; at < 10; at += 1) await say(300);
    await vi.advanceTimersByTimeAsync(5);
    expect(ledger.ids.length).toBeGreaterThan(3_000);
    expect(Math.max(...ledger.batches.map((batch) => batch.events))).toBeLessThan(2_000);
    await sync.close();
  });

  it('commits what people are told about at once, 20 ms apart', async () => {
    const { sync, say, ledger } = openWorld();
    await vi.advanceTimersByTimeAsync(100);
    await say(1, true);
    await settle();
    expect(ledger.batches).toEqual([{ atMs: 100, events: 1 }]);
    await vi.advanceTimersByTimeAsync(5);
    await say(1, true);
    await vi.advanceTimersByTimeAsync(5);
    await say(1, true);
    await vi.advanceTimersByTimeAsync(9);
    expect(ledger.batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(ledger.batches[1]).toEqual({ atMs: 120, events: 2 });
    await sync.close();
  });

  it('runs one commit at a time; what is told meanwhile goes right after', async () => {
    const { sync, say, ledger } = openWorld();
    await settle();
    ledger.takesMs = 100;
    await say(1, true);
    await vi.advanceTimersByTimeAsync(30);
    for (let at = 0; at < 5; at += 1) await say(1, at === 0);
    await vi.advanceTimersByTimeAsync(200);
    expect(ledger.batches.map((batch) => batch.events)).toEqual([1, 5]);
    expect(ledger.runningMax).toBe(1);
    await sync.close();
  });
});

describe('sync: when the archive fails', () => {
  it('tries the same batch again with growing pauses, says why, and loses nothing', async () => {
    const { sync, say, ledger, saidIds } = openWorld();
    await settle();
    let tries = 0;
    ledger.fails = () => {
      tries += 1;
      return true;
    };
    await say(3, true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await sync.state()).toMatchObject({ pending: 3, commits: 0, fault: 'database or disk is full' });
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(15);
    await say(2, true);
    ledger.fails = () => false;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(ledger.ids).toEqual(saidIds());
    expect(await sync.state()).toMatchObject({ pending: 0, inserted: 5, fault: null, failures: tries });
    await sync.close();
  });

  it('leaves out what can never be stored, after some tries, and stores all else', async () => {
    const { sync, say, ledger, saidIds } = openWorld();
    await settle();
    ledger.refuses = new Set(['d3', 'd7']);
    await say(9, true);
    await vi.advanceTimersByTimeAsync(30_000);
    await say(1, true);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(ledger.ids).toEqual(saidIds().filter((id) => !ledger.refuses.has(id)));
    expect(await sync.state()).toMatchObject({
      pending: 0,
      inserted: 8,
      refused: 2,
      failures: 3,
      fault: null,
    });
    await sync.close();
  });

  it('waits when all is refused: that is no fault of single events', async () => {
    const { sync, say, ledger, saidIds } = openWorld();
    await settle();
    await say(30);
    ledger.refuses = new Set(saidIds());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await sync.state()).toMatchObject({ pending: 30, refused: 0, fault: 'datatype mismatch' });
    ledger.refuses.clear();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(ledger.ids).toEqual(saidIds());
    await sync.close();
  });

  it('keeps a batch that failed even when the journal has to drop it', async () => {
    const hotStore = openMemoryHotStore({ now: Date.now, journalEventsMax: 2 });
    const { sync, ledger } = openWorld({ hotStore });
    ledger.fails = () => true;
    await hotStore.append([danmakuOf('a', 1), danmakuOf('b', 2)]);
    await vi.advanceTimersByTimeAsync(300);
    await hotStore.append([danmakuOf('c', 3), danmakuOf('d', 4)]);
    ledger.fails = () => false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ledger.ids).toEqual(['a', 'b', 'c', 'd']);
    await sync.close();
  });

  it('commits nothing twice when the journal could not be trimmed', async () => {
    const { sync, say, ledger, saidIds, hotStore } = openWorld();
    const trim = vi.spyOn(hotStore, 'trimJournal').mockRejectedValueOnce(new Error('hot store is away'));
    await say(2);
    await vi.advanceTimersByTimeAsync(1_000);
    await say(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(trim).toHaveBeenCalledTimes(2);
    expect(ledger.ids).toEqual(saidIds());
    expect((await hotStore.journalDepth()).events).toBe(0);
    await sync.close();
  });

  it('goes on from the cursor of the archive', async () => {
    const { hotStore, ledger, sync, say } = openWorld();
    await say(2);
    await sync.close();
    await hotStore.append([danmakuOf('later', 9)]);
    const again = startSync({
      hotStore,
      archive: { cursor: async () => ledger.stored, commit: async () => ({ inserted: 0, repeated: 0 }) },
      now: Date.now,
      log,
    });
    await again.close();
    expect(await again.state()).toMatchObject({ commits: 1, pending: 0 });
  });
});

describe('sync: closing', () => {
  it('commits all that is left, through a failure', async () => {
    const { sync, say, ledger, saidIds } = openWorld();
    await settle();
    await say(2_500);
    let fail = true;
    ledger.fails = () => {
      const now = fail;
      fail = false;
      return now;
    };
    const closed = sync.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
    expect(ledger.ids).toEqual(saidIds());
  });

  it('gives up in time on an archive that does not answer', async () => {
    const { sync, say, ledger } = openWorld({ closeMs: 2_000 });
    await settle();
    ledger.takesMs = 3_600_000;
    await say(2);
    let isClosed = false;
    const closed = sync.close().then(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(1_990);
    expect(isClosed).toBe(false);
    await vi.advanceTimersByTimeAsync(20);
    await closed;
    expect(ledger.ids).toEqual([]);
  });
});

describe('sync: once and in order', () => {
  it('commits every event exactly once, in order, in the face of random failures', async () => {
    const step = fc.record({
      events: fc.integer({ min: 0, max: 40 }),
      told: fc.boolean(),
      waitMs: fc.integer({ min: 0, max: 400 }),
      fails: fc.boolean(),
      takesMs: fc.constantFrom(0, 0, 5, 300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { sync, say, ledger, saidIds, hotStore } = openWorld({ commitEvents: 10 });
        for (const { events, told, waitMs, fails, takesMs } of steps) {
          ledger.fails = () => fails;
          ledger.takesMs = takesMs;
          await say(events, told);
          await vi.advanceTimersByTimeAsync(waitMs);
        }
        ledger.fails = () => false;
        ledger.takesMs = 0;
        const closed = sync.close();
        await vi.advanceTimersByTimeAsync(10_000);
        await closed;
        expect(ledger.ids).toEqual(saidIds());
        expect(ledger.runningMax).toBeLessThanOrEqual(1);
        expect(await hotStore.journalDepth()).toEqual({ events: 0, dropped: 0 });
      }),
      { numRuns: 60 },
    );
  });
});
