/** The real process between stand-ins: what the script sent is what is stored and answered, to the milli. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bot } from '../support/bot.ts';
import { ledgerOf, MASKED, pick, ROOMS, type Totals, tellStory } from './story.ts';
import { listAll, type Page, type World } from './world.ts';

let world: World;
let bot: Bot;

beforeAll(async () => {
  ({ world, bot } = await tellStory());
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const ledger = (index: number) => ledgerOf(world, index);

describe('counts and money are exact', () => {
  it.each([0, 1, 2])('per room (%i)', async (index) => {
    expect(pick(await bot.get<Totals>(`/api/rooms/${ROOMS[index]}/stats`))).toEqual(ledger(index));
    expect(ledger(index).revenueMilli).toBeGreaterThan(0);
  });

  it('per broadcast', async () => {
    for (const roomId of ROOMS) {
      const { items } = await bot.get<Page<Totals & { startedMs: number }>>(`/api/rooms/${roomId}/sessions`);
      const broadcasts = world.bilibili.ledger.broadcasts.filter((own) => own.roomId === roomId);
      expect(items.length).toBe(broadcasts.length);
      for (const broadcast of broadcasts) {
        const session = items.find((own) => own.startedMs === broadcast.startSecond * 1000);
        expect(session && pick(session)).toEqual(
          pick(world.bilibili.ledger.totals({ roomId, broadcast: broadcast.liveKey })),
        );
      }
    }
  });

  it('per viewer', async () => {
    for (const roomId of ROOMS) {
      const paid = [...world.bilibili.ledger.byViewer({ roomId })].filter(
        ([, totals]) => totals.revenueMilli > 0,
      );
      const { items } = await bot.get<Page<{ uid: number; valueMilli: number; gifts: number }>>(
        `/api/rooms/${roomId}/top?by=value&limit=500`,
      );
      expect(new Map(items.map((item) => [item.uid, [item.valueMilli, item.gifts]]))).toEqual(
        new Map(paid.map(([uid, totals]) => [uid, [totals.revenueMilli, totals.gifts]])),
      );
    }
  });

  it('item by item', async () => {
    for (const roomId of ROOMS) {
      const entries = world.bilibili.ledger.list({ roomId });
      const danmaku = await listAll<{ id: string; text: string }>(bot, `/api/rooms/${roomId}/danmaku`);
      const said = entries.filter((entry) => entry.kind === 'danmaku');
      expect(danmaku.map((item) => item.id).sort()).toEqual(said.map((entry) => entry.id).sort());
      const gifts = await listAll<{ id: string; kind: string; valueMilli: number; worthMilli: number }>(
        bot,
        `/api/rooms/${roomId}/gifts?kind=gift`,
      );
      const guards = await listAll<{ id: string }>(bot, `/api/rooms/${roomId}/gifts?kind=guard`);
      expect(guards.length).toBe(entries.filter((entry) => entry.kind === 'guard').length);
      const given = entries.filter((entry) => entry.kind === 'gift');
      expect(new Map(gifts.map((item) => [item.id, [item.valueMilli, item.worthMilli]]))).toEqual(
        new Map(given.map((entry) => [entry.id, [entry.paidMilli, entry.worthMilli]])),
      );
    }
  });

  it('shows masked people as nobody', async () => {
    const totals = await bot.get<Totals>(`/api/rooms/${MASKED}/stats`);
    expect(totals.maskedDanmaku).toBeGreaterThan(0);
    expect(totals.chatters).toBe(0);
    const { items } = await bot.get<Page<{ uid: number | null }>>(`/api/rooms/${MASKED}/danmaku?limit=10`);
    expect(items.every((item) => item.uid === null)).toBe(true);
  });
});

describe('a restart', () => {
  it('stops cleanly and finds everything again', async () => {
    expect(await bot.stop('SIGTERM')).toMatchObject({ code: 0 });
    bot = await world.start();
    for (const [index, roomId] of ROOMS.entries()) {
      const totals = await bot.get<Totals & { gaps: { reason: string }[] }>(`/api/rooms/${roomId}/stats`);
      expect(pick(totals)).toEqual(ledger(index));
      expect(totals.gaps.map((gap) => gap.reason)).toContain('process-down');
    }
  });
});
