import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { SEEDED_ROOM } from './queries-file.ts';
import { BASE, close, file, NOW, openSeeded, queries, ROOM, turnAll } from './queries-world.ts';

describe('broadcasts and rooms', () => {
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(BASE + 500, { short_id: 7, uid: 42, title: '标题', live_status: 'live', on_page: 1 });
      seeded.insert('rooms', { room: 888, name: '别处', first_seen_ms: BASE });
      const broadcast = (startedMs: number, endedMs: number | null, title: string) =>
        seeded.insert('sessions', {
          ...{ room: SEEDED_ROOM, started_ms: startedMs, ended_ms: endedMs, title, area: '聊天' },
          ...{
            danmaku: 5,
            gifts: 4,
            gift_milli: 1_000,
            super_chat_milli: 200,
            guard_milli: 30,
            masked_milli: 7,
          },
        });
      const first = broadcast(BASE, BASE + 1_000, '第一场');
      const person = (viewer: number, danmaku: number, paidMilli: number) =>
        seeded.insert('session_viewers', { session: first, viewer, danmaku, paid_milli: paidMilli });
      person(1, 3, 0);
      person(2, 2, 1_000);
      person(3, 0, 230);
      person(0, 9, 9);
      broadcast(BASE + 2_000, null, '第二场');
      // A replay of an earlier broadcast that came in late: it started later and is over.
      broadcast(BASE + 3_000, BASE + 4_000, '第三场');
    }),
  );
  afterAll(close);

  it('lists broadcasts newest first with their own sums and people, on pages and in a range', async () => {
    const pages = await turnAll((before) => queries.sessions(ROOM, { limit: 2, before }));
    expect(pages.map((page) => page.map((row) => row.title))).toEqual([['第三场', '第二场'], ['第一场']]);
    expect(pages[1]?.[0]).toEqual({
      ...{
        id: '1',
        room: SEEDED_ROOM,
        title: '第一场',
        area: '聊天',
        startedMs: BASE,
        endedMs: BASE + 1_000,
      },
      ...{
        peakOnline: null,
        peakWatched: null,
        danmaku: 5,
        maskedDanmaku: 0,
        chatters: 2,
        payers: 2,
        gifts: 4,
      },
      ...{ giftMilli: 1_000, superChats: 0, superChatMilli: 200, guards: 0, guardMilli: 30, maskedMilli: 7 },
      ...{ revenueMilli: 1_230, gaps: [{ fromMs: BASE, toMs: BASE + 500, reason: 'not-watched' }] },
    });
    const early = await queries.sessions(ROOM, {
      limit: 9,
      range: { fromMs: BASE + 1_000, toMs: BASE + 3_000 },
    });
    expect(early.items.map((row) => row.title)).toEqual(['第二场']);
  });

  it('takes the broadcast that goes on for the last one', async () => {
    expect(await queries.lastSession(ROOM)).toMatchObject({ title: '第二场', endedMs: null });
    expect(await queries.lastSession(asRoomId(888))).toBeNull();
  });

  it('knows the rooms, and since when one is live', async () => {
    const rooms = await queries.rooms();
    expect(rooms.map((row) => [row.room, row.name, row.liveSinceMs])).toEqual([
      [SEEDED_ROOM, '云雀', BASE + 2_000],
      [888, '别处', null],
    ]);
    expect(await queries.room(ROOM)).toEqual({
      ...{ room: SEEDED_ROOM, shortId: 7, uid: 42, name: '云雀', title: '标题', area: '', coverUrl: null },
      ...{ liveStatus: 'live', liveSinceMs: BASE + 2_000, firstSeenMs: BASE + 500, onPage: true },
    });
    expect(await queries.room(asRoomId(5))).toBeNull();
  });

  it('knows what waits for Discord, since when, and the last messages', async () => {
    const message = (key: string, changes: Record<string, number | string>) =>
      file.insert('outbox', {
        ...{ channel_id: '1', key, room: SEEDED_ROOM, document: `{"type":"warning","message":"${key}"}` },
        ...{ event_ms: BASE, created_ms: NOW - 9_000, updated_ms: NOW - 3_000, ...changes },
      });
    expect(await queries.outbox()).toEqual({ open: 0, oldestMs: null, failed: 0 });
    message('done', { delivered_version: 1 });
    message('edited', { delivered_version: 1, version: 2 });
    expect(await queries.outbox()).toEqual({ open: 1, oldestMs: 3_000, failed: 0 });
    message('new', {});
    message('broken', { state: 'failed', error: '50013' });
    message('page', { channel_id: 'page', created_ms: 0 });
    expect(await queries.outbox()).toEqual({ open: 2, oldestMs: 9_000, failed: 1 });
    const alerts = await queries.alerts(3);
    expect(alerts.map((row) => [row.document, row.delivered, row.error])).toEqual([
      [{ type: 'warning', message: 'page' }, false, null],
      [{ type: 'warning', message: 'broken' }, false, '50013'],
      [{ type: 'warning', message: 'new' }, false, null],
    ]);
  });

  it('weighs the file with its WAL', async () => {
    const bytes = await queries.storeBytes();
    expect(bytes).toBeGreaterThan(4_096);
    expect(await queries.snapshot(ROOM)).toBeNull();
  });
});
