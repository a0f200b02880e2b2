import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { SEEDED_ROOM } from './queries-file.ts';
import { BASE, close, MINUTE, NOW, openSeeded, queries, ROOM } from './queries-world.ts';

describe('totals and rankings', () => {
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(BASE);
      seeded.addViewer(1, '甲');
      seeded.addViewer(2, '乙');
      seeded.addViewer(-1, '开放');
      for (const at of [0, 59_999, 60_000, 150_000]) seeded.addDanmaku({ atMs: BASE + at, viewer: 1 });
      seeded.addDanmaku({ atMs: BASE + 90_000, viewer: 2 });
      seeded.addDanmaku({ atMs: BASE + 90_000, viewer: -1 });
      seeded.addDanmaku({ atMs: BASE + 90_000, viewer: 0, name: '小***' });
      seeded.addPayment({ atMs: BASE + 30_000, viewer: 2, count: 10, paidMilli: 52_000 });
      seeded.addPayment({ atMs: BASE + 90_000, viewer: 1, count: 3, paidMilli: 0, flags: 16 });
      seeded.addPayment({ atMs: BASE + 90_001, viewer: 1, kind: 'super-chat', paidMilli: 30_000 });
      seeded.addPayment({ atMs: BASE + 90_002, viewer: 0, kind: 'super-chat', paidMilli: 50_000 });
      seeded.addPayment({ atMs: BASE + 90_003, viewer: 1, kind: 'guard', paidMilli: 168_000 });
      seeded.addPayment({ atMs: BASE + 90_004, viewer: 3, kind: 'guard', paidMilli: 0, flags: 2 });
      seeded.addPayment({ atMs: BASE + 90_005, viewer: -1, paidMilli: 198_000 });
      seeded.addDanmaku({ atMs: BASE, viewer: 9, room: 888 });
      seeded.addPayment({ atMs: BASE, viewer: 9, room: 888, paidMilli: 9_000_000 });
    }),
  );
  afterAll(close);

  it('sums everything of the room, masked people in the sums and in no count of people', async () => {
    expect(await queries.totals(ROOM)).toEqual({
      danmaku: 7,
      chatters: 3,
      gifts: 14,
      giftMilli: 250_000,
      superChats: 2,
      superChatMilli: 80_000,
      guards: 1,
      guardMilli: 168_000,
      revenueMilli: 498_000,
      payers: 3,
      gaps: [],
      maskedDanmaku: 1,
      maskedMilli: 50_000,
    });
  });

  it('takes the first millisecond of a range in and leaves the last out', async () => {
    const totals = await queries.totals(ROOM, { fromMs: BASE + 59_999, toMs: BASE + 90_001 });
    expect(totals).toMatchObject({ danmaku: 5, chatters: 3, gifts: 3, revenueMilli: 0, payers: 0 });
    // Bonus days are no purchase, in the rows as in the minutes.
    const bonus = await queries.totals(ROOM, { fromMs: BASE + 90_004, toMs: BASE + 90_005 });
    expect(bonus).toMatchObject({ guards: 0, payers: 0 });
    expect(await queries.totals(ROOM, { fromMs: BASE, toMs: BASE })).toMatchObject({ danmaku: 0, gaps: [] });
  });

  it('ranks by money: who paid nothing and who is masked stands in no ranking', async () => {
    expect(await queries.top(ROOM, 'value', 10)).toEqual([
      { rank: 1, uid: 1, name: '甲', valueMilli: 198_000, gifts: 3, danmaku: 4 },
      { rank: 2, uid: null, name: '开放', valueMilli: 198_000, gifts: 1, danmaku: 1 },
      { rank: 3, uid: 2, name: '乙', valueMilli: 52_000, gifts: 10, danmaku: 1 },
    ]);
  });

  it('ranks by danmaku within a range, cut to the limit, the uid settling a tie', async () => {
    const range = { fromMs: BASE + 60_000, toMs: BASE + 150_000 };
    const top = await queries.top(ROOM, 'danmaku', 2, range);
    expect(top.map((row) => [row.rank, row.uid, row.danmaku])).toEqual([
      [1, 1, 1],
      [2, null, 1],
    ]);
    const all = await queries.top(ROOM, 'danmaku', 10);
    expect(all.map((row) => [row.rank, row.uid, row.danmaku])).toEqual([
      [1, 1, 4],
      [2, null, 1],
      [3, 2, 1],
    ]);
  });
});

describe('gaps', () => {
  const at = (minutes: number) => BASE + minutes * MINUTE;
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(at(10));
      seeded.insert('sessions', { room: SEEDED_ROOM, started_ms: at(5), title: '' });
      const gap = (from: number, to: number | null, reason: string) =>
        seeded.insert('gaps', {
          room: SEEDED_ROOM,
          from_ms: at(from),
          to_ms: to === null ? null : at(to),
          reason,
        });
      gap(8, 11, 'waiting');
      gap(12, 13, 'disconnected');
      gap(20, 21, 'disconnected');
      gap(21, 22, 'process-down');
      gap(50, null, 'waiting');
      seeded.insert('gaps', { room: 888, from_ms: at(11), to_ms: null, reason: 'waiting' });
    }),
  );
  afterAll(close);

  it('cuts gaps to the range, ends an open one now, and begins with what was before the room was seen', async () => {
    expect(await queries.gaps(ROOM, { fromMs: at(8), toMs: at(20) + 1 })).toEqual([
      { fromMs: at(8), toMs: at(10), reason: 'not-watched' },
      { fromMs: at(10), toMs: at(11), reason: 'waiting' },
      { fromMs: at(12), toMs: at(13), reason: 'disconnected' },
      { fromMs: at(20), toMs: at(20) + 1, reason: 'disconnected' },
    ]);
    expect(await queries.gaps(ROOM, { fromMs: at(22), toMs: at(999) })).toEqual([
      { fromMs: at(50), toMs: NOW, reason: 'waiting' },
    ]);
    expect(await queries.gaps(ROOM, { fromMs: at(13), toMs: at(20) })).toEqual([]);
  });

  it('says of everything what was missed of a broadcast that had begun before', async () => {
    const { gaps } = await queries.totals(ROOM);
    expect(gaps[0]).toEqual({ fromMs: at(5), toMs: at(10), reason: 'not-watched' });
    expect(gaps).toHaveLength(6);
    expect((await queries.lastSession(ROOM))?.gaps).toEqual(gaps);
  });

  it('says of a room that it does not know that nothing was watched', async () => {
    expect((await queries.totals(asRoomId(5), { fromMs: at(1), toMs: at(2) })).gaps).toEqual([
      { fromMs: at(1), toMs: at(2), reason: 'not-watched' },
    ]);
  });

  it('leaves buckets empty that lie in gaps or in the future, and gives numbers where a part was observed', async () => {
    const series = await queries.series(ROOM, { fromMs: at(8), toMs: at(62) }, MINUTE);
    const zeros = series.points
      .filter((point) => point.danmaku === 0)
      .map((point) => (point.atMs - BASE) / MINUTE);
    const span = (from: number, to: number) => Array.from({ length: to - from }, (_, step) => from + step);
    expect(zeros).toEqual([...span(11, 12), ...span(13, 20), ...span(22, 50)]);
    expect(series.points).toHaveLength(54);
    const empty = { danmaku: null, chatters: null, revenueMilli: null, watched: null, online: null };
    expect(series.points[0]).toMatchObject({ atMs: at(8), ...empty, giftMilli: null });
    const wide = await queries.series(ROOM, { fromMs: at(0), toMs: at(60) }, 15 * MINUTE);
    expect(wide.points.map((point) => point.danmaku)).toEqual([0, 0, 0, 0]);
    const touching = await queries.series(ROOM, { fromMs: at(20), toMs: at(24) }, 2 * MINUTE);
    expect(touching.points.map((point) => point.danmaku)).toEqual([null, 0]);
    const dark = await queries.series(ROOM, { fromMs: at(50), toMs: at(60) }, 5 * MINUTE);
    expect(dark.points.map((point) => point.danmaku)).toEqual([null, null]);
  });
});
