/** The whole way of an event through the store: bus, hot store, journal, archive, and back by the queries. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bus } from '#src/bus.ts';
import type { LiveEvent } from '#src/events.ts';
import { openArchive } from '#src/store/archive.ts';
import { startIntake } from '#src/store/intake.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { openQueries } from '#src/store/queries.ts';
import { startSync } from '#src/store/sync.ts';
import {
  danmakuOf,
  gaugeOf,
  giftOf,
  guardOf,
  MASKED,
  ROOM,
  superChatOf,
  viewerOf,
} from '../contracts/live-events.ts';

const log = pino({ level: 'silent' });
const MINUTE = 60_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livelark-store-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function openStore() {
  const file = join(folder, 'livelark.db');
  const hotStore = openMemoryHotStore({ now: Date.now, journalEventsMax: 100_000 });
  const archive = await openArchive({
    ...{ file, log, pageChannel: true, giftMinMilli: 100_000 },
    ...{ endDelayMs: 60_000, resumeMs: 120_000, guardHoldMs: 5_000, onOutbox: () => {} },
  });
  const bus = new Bus((error) => {
    throw error;
  });
  const sync = startSync({ hotStore, archive, now: Date.now, log });
  const intake = startIntake({
    bus,
    hotStore,
    queueEventsMax: 100_000,
    onFlushed: sync.poke.bind(sync),
    log,
  });
  const queries = await openQueries({ file, hotStore, now: Date.now, threads: 2, log });
  const close = async () => {
    await intake.close();
    await sync.close();
    await queries.close();
    await archive.close();
  };
  const settle = () => expect.poll(async () => (await sync.state()).pending, { timeout: 10_000 }).toBe(0);
  return { bus, archive, sync, intake, queries, close, settle };
}

describe('the store as a whole', () => {
  it('answers with what was said on the bus, each event once, money and people exact', async () => {
    const store = await openStore();
    const startMs = Math.floor((Date.now() - 10 * MINUTE) / 1000) * 1000;
    const up: LiveEvent = { kind: 'observed', id: 'up', room: ROOM, atMs: startMs, up: true, reason: null };
    const live: LiveEvent = {
      ...{ kind: 'live-started', id: 'k1', room: ROOM, atMs: startMs, liveKey: 'k1' },
      startSecond: startMs / 1000,
    };
    const chat = Array.from({ length: 3_000 }, (_, at) =>
      danmakuOf(`d${at}`, startMs + at * 150, { viewer: at % 10 === 0 ? MASKED : viewerOf((at % 7) + 1) }),
    );
    const money = [
      giftOf('g1', startMs + 1_000, 52_000, { count: 10 }),
      giftOf('g2', startMs + 2_000, 0, { count: 3 }),
      superChatOf('s1', startMs + 3_000, 30_000),
      guardOf('u1', startMs + 4_000, 168_000),
    ];
    for (const event of [up, live, ...chat, ...money, gaugeOf('online', 77, startMs + 5_000)])
      store.bus.publish(event);
    await expect.poll(() => store.intake.state().queued, { timeout: 10_000 }).toBe(0);
    await store.settle();
    // A second connection says some of it again.
    for (const event of [...chat.slice(500, 900), ...money]) store.bus.publish(event);
    await expect.poll(() => store.intake.state().queued, { timeout: 10_000 }).toBe(0);
    await store.settle();

    const expected = {
      ...{ danmaku: 3_000, chatters: 7, gifts: 13, giftMilli: 52_000, superChats: 1, superChatMilli: 30_000 },
      ...{
        guards: 1,
        guardMilli: 168_000,
        revenueMilli: 250_000,
        payers: 3,
        maskedDanmaku: 300,
        maskedMilli: 0,
      },
    };
    const { queries } = store;
    expect(await queries.totals(ROOM)).toMatchObject(expected);
    expect(await queries.lastSession(ROOM)).toMatchObject({ ...expected, endedMs: null, peakOnline: 77 });
    const series = await queries.series(ROOM, { fromMs: startMs, toMs: startMs + 10 * MINUTE }, MINUTE);
    expect(series.points.reduce((sum, point) => sum + (point.danmaku ?? 0), 0)).toBe(3_000);
    expect((await queries.danmaku(ROOM, { limit: 1 })).items[0]?.id).toBe('d2999');
    expect((await queries.payments(ROOM, { limit: 9 })).items.map((row) => row.id)).toEqual([
      'u1',
      's1',
      'g2',
      'g1',
    ]);
    expect((await queries.top(ROOM, 'value', 1))[0]).toMatchObject({
      uid: 4,
      name: '观众4',
      valueMilli: 168_000,
    });
    expect((await queries.room(ROOM))?.liveSinceMs).toBe(startMs);
    expect((await queries.alerts(10)).map((row) => row.document.type).sort()).toEqual([
      'guard',
      'stream',
      'super-chat',
    ]);
    expect(await store.sync.state()).toMatchObject({ failures: 0, fault: null });
    await store.close();
  });

  it('keeps on closing what had only just been said', async () => {
    const store = await openStore();
    for (let at = 0; at < 1_500; at += 1) store.bus.publish(danmakuOf(`d${at}`, Date.now() + at));
    await store.close();
    const again = await openStore();
    expect((await again.queries.totals(ROOM)).danmaku).toBe(1_500);
    await again.close();
  });
});
