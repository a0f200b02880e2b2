/** What every implementation of HotStore does. Run by the tests of each of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveEvent } from '#src/events.ts';
import type { HotStore, JournalEntry } from '#src/store/hot-store.ts';
import {
  danmakuOf,
  gaugeOf,
  giftOf,
  guardOf,
  MASKED,
  OTHER_ROOM,
  ROOM,
  superChatOf,
  viewerOf,
} from './live-events.ts';

interface HotStoreSetup {
  readonly now: () => number;
  readonly journalEventsMax: number;
}

/** Bilibili's clock in these tests: hours away from ours, on purpose. */
const SERVER_MS = 1_800_000_000_000;
const START_MS = SERVER_MS + 5 * 3_600_000;

const idsOf = (entries: readonly JournalEntry[]) =>
  entries.flatMap((entry) => entry.events.map((event) => event.id));
const chat = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => danmakuOf(`d${from + at}`, SERVER_MS + from + at));

interface World {
  readonly store: HotStore;
  nowMs: number;
}

type Reach = () => World;

function describeJournal(world: Reach): void {
  it('gives back every event in order, across appends, from the oldest without a cursor', async () => {
    const { store } = world();
    const events: LiveEvent[] = [
      ...chat(0, 3),
      giftOf('g', SERVER_MS, 1000),
      gaugeOf('online', 5, SERVER_MS),
    ];
    await store.append(events.slice(0, 2));
    await store.append([]);
    await store.append(events.slice(2));
    const entries = await store.readJournal(null, 100);
    expect(entries.flatMap((entry) => entry.events)).toEqual(events);
  });

  it('reads on after a cursor, whole entries until they hold the limit, at least one', async () => {
    const { store } = world();
    await store.append(chat(0, 4));
    await store.append(chat(4, 6));
    await store.append(chat(6, 7));
    const first = await store.readJournal(null, 1);
    expect(idsOf(first)).toEqual(['d0', 'd1', 'd2', 'd3']);
    const second = await store.readJournal(first.at(-1)?.cursor ?? '', 3);
    expect(idsOf(second)).toEqual(['d4', 'd5', 'd6']);
    expect(await store.readJournal(second.at(-1)?.cursor ?? '', 3)).toEqual([]);
  });

  it('forgets what is trimmed, goes on after that cursor, and trims nothing twice', async () => {
    const { store } = world();
    await store.append(chat(0, 2));
    await store.append(chat(2, 5));
    const cursor = (await store.readJournal(null, 1))[0]?.cursor ?? '';
    await store.trimJournal(cursor);
    await store.trimJournal(cursor);
    expect(await store.journalDepth()).toEqual({ events: 3, dropped: 0 });
    expect(idsOf(await store.readJournal(null, 100))).toEqual(['d2', 'd3', 'd4']);
    expect(idsOf(await store.readJournal(cursor, 100))).toEqual(['d2', 'd3', 'd4']);
  });

  it('reads from the oldest for a cursor of an earlier life, and trims nothing by it', async () => {
    const { store } = world();
    await store.append(chat(0, 2));
    await store.trimJournal('another-life:7');
    expect(idsOf(await store.readJournal('another-life:7', 100))).toEqual(['d0', 'd1']);
  });

  it('holds no more than its limit: the oldest are dropped and counted, the rest stays in order', async () => {
    const { store } = world();
    for (let at = 0; at < 30; at += 3) await store.append(chat(at, at + 3));
    const stuck = (await store.readJournal(null, 1))[0]?.cursor ?? '';
    await store.append(chat(30, 55));
    const depth = await store.journalDepth();
    expect(depth.events).toBeLessThanOrEqual(20);
    expect(depth.events + depth.dropped).toBe(55);
    const kept = idsOf(await store.readJournal(null, 100));
    expect(kept).toEqual(chat(55 - depth.events, 55).map((event) => event.id));
    expect(idsOf(await store.readJournal(stuck, 100))).toEqual(kept);
  });
}

function describeRecent(world: Reach): void {
  it('lists the recent ones newest first, each once, of its room only', async () => {
    const { store } = world();
    await store.append(chat(0, 3));
    await store.append([...chat(2, 4), danmakuOf('other', SERVER_MS, { room: OTHER_ROOM })]);
    expect((await store.recentDanmaku(ROOM, 10)).map((row) => row.id)).toEqual(['d3', 'd2', 'd1', 'd0']);
    expect((await store.recentDanmaku(ROOM, 2)).map((row) => row.id)).toEqual(['d3', 'd2']);
    expect((await store.recentDanmaku(OTHER_ROOM, 10)).map((row) => row.id)).toEqual(['other']);
    expect(await store.recentDanmaku(ROOM, 0)).toEqual([]);
  });

  it('lists gifts, super chats and guards together; the same id of another kind is another event', async () => {
    const { store } = world();
    const free = giftOf('1', SERVER_MS, 0);
    const events = [free, superChatOf('1', SERVER_MS, 30_000), guardOf('1', SERVER_MS, 168_000)];
    await store.append(events);
    await store.append([free]);
    expect(await store.recentPayments(ROOM, 10)).toEqual(events.toReversed());
  });

  it('keeps at most 1000', async () => {
    const { store } = world();
    for (let at = 0; at < 2500; at += 500) await store.append(chat(at, at + 500));
    const rows = await store.recentDanmaku(ROOM, 5000);
    expect(rows.map((row) => row.id)).toEqual(
      chat(1500, 2500)
        .toReversed()
        .map((row) => row.id),
    );
  });

  it('knows nothing of a room that was never heard of', async () => {
    const { store } = world();
    expect(await store.snapshot(ROOM)).toBeNull();
    expect(await store.recentDanmaku(ROOM, 5)).toEqual([]);
    expect(await store.recentPayments(ROOM, 5)).toEqual([]);
  });
}

function describeRates(world: Reach): void {
  it('counts danmaku and money of the last 60 s by arrival, whatever the server says the time is', async () => {
    const here = world();
    await here.store.append([
      ...chat(0, 5),
      giftOf('g', SERVER_MS, 52_000),
      guardOf('u', SERVER_MS, 168_000),
    ]);
    here.nowMs += 30_000;
    await here.store.append([...chat(5, 7), superChatOf('s', SERVER_MS, 30_000)]);
    expect(await here.store.snapshot(ROOM)).toMatchObject({ danmakuPerMinute: 7, milliPerMinute: 250_000 });
    here.nowMs += 30_000;
    expect(await here.store.snapshot(ROOM)).toMatchObject({ danmakuPerMinute: 2, milliPerMinute: 30_000 });
    here.nowMs += 60_000;
    expect(await here.store.snapshot(ROOM)).toMatchObject({ danmakuPerMinute: 0, milliPerMinute: 0 });
    expect((await here.store.snapshot(ROOM))?.lastEventMs).toBe(START_MS + 30_000);
  });

  it('counts an event once that comes again', async () => {
    const { store } = world();
    const events = [...chat(0, 3), giftOf('g', SERVER_MS, 1_000)];
    await store.append([...events, ...events]);
    await store.append(events);
    expect(await store.snapshot(ROOM)).toMatchObject({ danmakuPerMinute: 3, milliPerMinute: 1_000 });
  });

  it('counts distinct chatters of the last 10 s; a masked person is none of them', async () => {
    const here = world();
    const say = (id: string, uid: number | null) =>
      danmakuOf(id, SERVER_MS, { viewer: uid === null ? MASKED : viewerOf(uid) });
    await here.store.append([say('a', 1), say('b', 2), say('c', 1), say('d', null)]);
    expect(await here.store.snapshot(ROOM)).toMatchObject({ activeChatters: 2, danmakuPerMinute: 4 });
    here.nowMs += 6_000;
    await here.store.append([say('e', 2), say('f', 3)]);
    expect((await here.store.snapshot(ROOM))?.activeChatters).toBe(3);
    here.nowMs += 5_000;
    expect((await here.store.snapshot(ROOM))?.activeChatters).toBe(2);
    here.nowMs += 6_000;
    expect((await here.store.snapshot(ROOM))?.activeChatters).toBe(0);
  });

  it('holds the last gauges; those of a broadcast that is over are not those of the next', async () => {
    const { store } = world();
    await store.append([gaugeOf('watched', 5, 1), gaugeOf('online', 7, 1), gaugeOf('likes', 9, 1)]);
    await store.append([gaugeOf('watched', 6, 2)]);
    expect(await store.snapshot(ROOM)).toMatchObject({ watched: 6, online: 7, likes: 9 });
    const started: LiveEvent = {
      kind: 'live-started',
      id: 'k',
      room: ROOM,
      atMs: SERVER_MS,
      liveKey: 'k',
      startSecond: null,
    };
    await store.append([
      { kind: 'live-ended', id: 'e', room: ROOM, atMs: SERVER_MS, replay: false },
      started,
    ]);
    expect(await store.snapshot(ROOM)).toMatchObject({ watched: null, online: null, likes: null });
    await store.append([gaugeOf('watched', 1, 3), started]);
    expect(await store.snapshot(ROOM)).toMatchObject({ watched: 1, online: null, likes: null });
  });

  it('holds the gauges of a broadcast that was joined in the middle when its LIVE comes later', async () => {
    const { store } = world();
    const base = { room: ROOM, atMs: SERVER_MS };
    const unknown = { shortId: null, uid: 1, name: null, title: null, area: null, coverUrl: null };
    const polled = (id: string, startSecond: number): LiveEvent => ({
      ...{ ...base, ...unknown, kind: 'room-polled', id, liveStatus: 'live', liveKey: null, startSecond },
    });
    const live = (id: string, liveKey: string, startSecond: number | null): LiveEvent => ({
      ...{ ...base, kind: 'live-started', id, liveKey, startSecond },
    });
    await store.append([polled('p1', 100), gaugeOf('watched', 173, 1), live('a', 'k1', null)]);
    // A poll may tell the start some seconds off.
    await store.append([polled('p3', 103), live('b', 'k1', 100), live('c', 'k1', 160)]);
    expect((await store.snapshot(ROOM))?.watched).toBe(173);
    await store.append([live('d', 'k2', 200)]);
    expect((await store.snapshot(ROOM))?.watched).toBeNull();
    await store.append([gaugeOf('watched', 5, 2), polled('p2', 300)]);
    expect((await store.snapshot(ROOM))?.watched).toBeNull();
  });
}

/** Runs the suite on the store that `open` makes; its journal holds 20 events where a test says so. */
export function describeHotStore(name: string, open: (setup: HotStoreSetup) => Promise<HotStore>): void {
  describe(`${name} as a hot store`, () => {
    let world: World;
    const openWorld = async (journalEventsMax: number) => {
      const here = { nowMs: START_MS };
      const store = await open({ now: () => here.nowMs, journalEventsMax });
      world = Object.assign(here, { store });
    };
    afterEach(() => world.store.close());

    describe('journal', () => {
      beforeEach(() => openWorld(20));
      describeJournal(() => world);
    });
    describe('recent lists', () => {
      beforeEach(() => openWorld(10_000));
      describeRecent(() => world);
    });
    describe('rates and gauges', () => {
      beforeEach(() => openWorld(10_000));
      describeRates(() => world);
    });
  });
}
