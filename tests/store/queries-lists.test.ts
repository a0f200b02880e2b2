import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '#src/lib/errors.ts';
import { SEEDED_ROOM } from './queries-file.ts';
import { BASE, close, openSeeded, queries, ROOM, turnAll } from './queries-world.ts';

describe('danmaku', () => {
  const ids: string[] = [];
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(BASE);
      seeded.addViewer(1, '甲');
      seeded.addViewer(2, '乙的新名字');
      // Five in each millisecond, so that pages end in the middle of one.
      for (let at = 0; at < 25; at += 1)
        ids.push(seeded.addDanmaku({ atMs: BASE + Math.floor(at / 5), viewer: (at % 2) + 1 }));
      const odd = { atMs: BASE + 100, viewer: 0, name: '小***', flags: 1 };
      ids.push(seeded.addDanmaku({ ...odd, text: '100% 真的_吗\\' }));
      ids.push(seeded.addDanmaku({ atMs: BASE + 101, viewer: 7, flags: 2, text: '100 真的 吗 Hello' }));
      seeded.addDanmaku({ atMs: BASE + 102, viewer: 1, room: 888, text: '100%' });
    }),
  );
  afterAll(close);

  it('comes newest first, each once, on pages that end in the middle of a millisecond', async () => {
    const pages = await turnAll((before) => queries.danmaku(ROOM, { limit: 4, before }));
    expect(pages.flat().map((row) => row.id)).toEqual(ids.toReversed());
    expect(pages.map((page) => page.length)).toEqual([4, 4, 4, 4, 4, 4, 3]);
    const exact = await turnAll((before) => queries.danmaku(ROOM, { limit: 9, before }));
    expect(exact.map((page) => page.length)).toEqual([9, 9, 9]);
  });

  it('shows who said it as they are called now, a masked person as the row has it', async () => {
    const { items } = await queries.danmaku(ROOM, { limit: 3 });
    expect(items).toMatchObject([
      { uid: 7, name: '', recalled: true, isAdmin: false, medal: null },
      { uid: null, name: '小***', text: '100% 真的_吗\\', recalled: false, isAdmin: true, atMs: BASE + 100 },
      { uid: 1, name: '甲' },
    ]);
  });

  it('finds text as it is written, wildcards included', async () => {
    const find = async (q: string) =>
      (await queries.danmaku(ROOM, { limit: 50, q })).items.map((row) => row.atMs - BASE);
    expect(await find('100%')).toEqual([100]);
    expect(await find('真的_')).toEqual([100]);
    expect(await find('吗\\')).toEqual([100]);
    expect(await find('真的')).toEqual([101, 100]);
    expect(await find('没有')).toEqual([]);
    expect(await find('')).toHaveLength(27);
    await expect(find('长'.repeat(201))).rejects.toBeInstanceOf(UserError);
  });

  it('narrows to a person and a range, half-open, over pages', async () => {
    const range = { fromMs: BASE + 1, toMs: BASE + 3 };
    const pages = await turnAll((before) => queries.danmaku(ROOM, { limit: 2, before, range, uid: 2 }));
    const rows = pages.flat();
    expect(rows.every((row) => row.uid === 2 && row.name === '乙的新名字')).toBe(true);
    expect(rows.map((row) => row.atMs - BASE)).toEqual([2, 2, 1, 1, 1]);
    expect((await queries.danmaku(ROOM, { limit: 2, uid: 0 })).items).toEqual([]);
  });

  it.each(['', 'x', '1', '1.2.3', "1.'", 'zzzzzzzzzzzz.1', '-1.1'])(
    'refuses %j as before, naming it',
    async (before) => {
      const fault = await queries.danmaku(ROOM, { limit: 2, before }).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(UserError);
      expect(String(fault)).toContain('before');
      await expect(queries.sessions(ROOM, { limit: 2, before })).rejects.toBeInstanceOf(UserError);
    },
  );
});

describe('a search through many rows', () => {
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(BASE);
      // Same millisecond by fours; what is looked for stands where one piece of the search ends and in the newest row.
      seeded.db.exec(`WITH RECURSIVE n(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM n WHERE at < 119999)
        INSERT INTO danmaku (room, at_ms, viewer, hash, event_id, text)
        SELECT ${SEEDED_ROOM}, ${BASE} + at / 4, 1 + at % 3, at, 'd' || at,
          CASE WHEN at IN (20000, 70000, 119999) THEN '找我' ELSE '哈哈哈' END FROM n`);
    }),
  );
  afterAll(close);

  it('finds each once, newest first, on pages', async () => {
    const pages = await turnAll((before) => queries.danmaku(ROOM, { limit: 2, before, q: '找我' }));
    expect(pages.map((page) => page.map((row) => row.id))).toEqual([['d119999', 'd70000'], ['d20000']]);
    const byUid = await queries.danmaku(ROOM, { limit: 5, q: '找我', uid: 1 + (70_000 % 3) });
    expect(byUid.items.map((row) => row.id)).toEqual(['d70000']);
  });
});

describe('payments', () => {
  const ids: string[] = [];
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(BASE);
      seeded.addViewer(2, '乙');
      ids.push(seeded.addPayment({ atMs: BASE, viewer: 2, paidMilli: 0, count: 5 }));
      ids.push(seeded.addPayment({ atMs: BASE, viewer: 2, paidMilli: 52_000, flags: 8 }));
      const superChat = { kind: 'super-chat', text: '加油', paidMilli: 30_000 } as const;
      ids.push(seeded.addPayment({ ...superChat, atMs: BASE + 1, viewer: 0 }));
      ids.push(seeded.addPayment({ atMs: BASE + 2, viewer: 2, kind: 'guard', paidMilli: 198_000, flags: 1 }));
      // Free days that follow a purchase are in no sum, and so in no list.
      seeded.addPayment({ atMs: BASE + 3, viewer: 2, kind: 'guard', paidMilli: 0, flags: 2 });
      seeded.addPayment({ atMs: BASE + 2, viewer: 2, paidMilli: 1, room: 888 });
    }),
  );
  afterAll(close);

  it('lists all kinds, free ones too, newest first, on pages', async () => {
    const pages = await turnAll((before) => queries.payments(ROOM, { limit: 3, before }));
    expect(pages.flat().map((row) => row.id)).toEqual(ids.toReversed());
    expect(pages.flat()).toMatchObject([
      { kind: 'guard', uid: 2, name: '乙', valueMilli: 198_000, isListPrice: true },
      { kind: 'super-chat', uid: null, text: '加油', valueMilli: 30_000, isListPrice: false },
      { kind: 'gift', giftId: 31036, giftName: '小花花', count: 1, worthMilli: 52_000, text: null },
      { kind: 'gift', count: 5, valueMilli: 0 },
    ]);
  });

  it('narrows to a kind, a least value and a range', async () => {
    const gifts = await queries.payments(ROOM, { limit: 9, kind: 'gift' });
    expect(gifts.items.map((row) => row.id)).toEqual([ids[1], ids[0]]);
    const large = await queries.payments(ROOM, { limit: 9, minMilli: 30_001 });
    expect(large.items.map((row) => row.id)).toEqual([ids[3], ids[1]]);
    const early = await queries.payments(ROOM, { limit: 9, range: { fromMs: BASE, toMs: BASE + 1 } });
    expect(early.items).toHaveLength(2);
  });
});
