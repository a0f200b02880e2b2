import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '#src/lib/errors.ts';
import { type DanmakuSeed, type PaymentSeed, SEEDED_ROOM } from './queries-file.ts';
import { BASE, close, file, MINUTE, NOW, openSeeded, queries, ROOM } from './queries-world.ts';

describe('series', () => {
  beforeAll(() =>
    openSeeded((seeded) => {
      seeded.addRoom(0);
      for (const at of [0, 1, 59_999, 60_000, 200_000])
        seeded.addDanmaku({ atMs: BASE + at, viewer: (at % 2) + 1 });
      seeded.addPayment({ atMs: BASE + 60_000, viewer: 1, paidMilli: 1_000 });
      seeded.addPayment({ atMs: BASE + 61_000, viewer: 1, paidMilli: 2_000, kind: 'guard' });
      const minute = seeded.db.prepare('UPDATE minutes SET watched = ?, online = ? WHERE minute = ?');
      minute.run(100, 10, BASE / MINUTE);
      minute.run(null, 20, BASE / MINUTE + 1);
      seeded.insert('minutes', { room: SEEDED_ROOM, minute: BASE / MINUTE + 2, watched: 300 });
      seeded.insert('minutes', { room: SEEDED_ROOM, minute: NOW / MINUTE, online: 5 });
    }),
  );
  afterAll(close);

  it('has a bucket at every multiple of the step, with the last gauges of each', async () => {
    const { points, stepMs } = await queries.series(
      ROOM,
      { fromMs: BASE, toMs: BASE + 4 * MINUTE },
      2 * MINUTE,
    );
    expect(stepMs).toBe(2 * MINUTE);
    expect(points).toEqual([
      {
        ...{ atMs: BASE, danmaku: 4, chatters: 2, watched: 100, online: 20 },
        ...{ revenueMilli: 3_000, giftMilli: 1_000, superChatMilli: 0, guardMilli: 2_000 },
      },
      {
        ...{ atMs: BASE + 2 * MINUTE, danmaku: 1, chatters: 1, watched: 300, online: null },
        ...{ revenueMilli: 0, giftMilli: 0, superChatMilli: 0, guardMilli: 0 },
      },
    ]);
  });

  it('counts in the first and the last bucket only what lies in the range', async () => {
    const { points } = await queries.series(ROOM, { fromMs: BASE + 1, toMs: BASE + 60_001 }, MINUTE);
    expect(points.map((point) => [point.atMs - BASE, point.danmaku, point.revenueMilli])).toEqual([
      [0, 2, 0],
      [MINUTE, 1, 1_000],
    ]);
  });

  it('divides below the minute by the rows, the gauge where its minute ends or now', async () => {
    const { points } = await queries.series(ROOM, { fromMs: BASE, toMs: BASE + MINUTE }, 20_000);
    expect(points.map((point) => [point.danmaku, point.online])).toEqual([
      [2, null],
      [0, null],
      [1, 10],
    ]);
    const late = await file.open(NOW + 1_000);
    const current = await late.series(ROOM, { fromMs: NOW, toMs: NOW + MINUTE }, 20_000);
    expect(current.points.map((point) => point.online)).toEqual([5, null, null]);
    await late.close();
  });

  it('takes a step beyond 2^31 and refuses more than 2000 points, naming a step that does', async () => {
    const { points } = await queries.series(ROOM, { fromMs: 0, toMs: NOW }, 30 * 86_400_000);
    expect(points.reduce((sum, point) => sum + (point.danmaku ?? 0), 0)).toBe(5);
    const range = { fromMs: BASE, toMs: BASE + 2001 * MINUTE };
    const refused = await queries.series(ROOM, range, MINUTE).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    const least = Number(/at least (\d+)/.exec(String(refused))?.[1]);
    expect((await queries.series(ROOM, range, least)).points.length).toBeLessThanOrEqual(2000);
    await expect(queries.series(ROOM, range, 0)).rejects.toBeInstanceOf(UserError);
    await expect(queries.series(ROOM, range, 1.5)).rejects.toBeInstanceOf(UserError);
  });

  it('shows what was stored although a gap says that nothing was seen', async () => {
    file.insert('gaps', {
      room: SEEDED_ROOM,
      from_ms: BASE + 190_000,
      to_ms: BASE + 230_000,
      reason: 'half-open',
    });
    const { points } = await queries.series(ROOM, { fromMs: BASE + 190_000, toMs: BASE + 230_000 }, 10_000);
    expect(points.map((point) => point.danmaku)).toEqual([null, 1, null, null]);
  });
});

describe('any range', () => {
  const seconds = fc.integer({ min: 0, max: 400 }).map((at) => BASE + at * 997);
  const viewer = fc.integer({ min: -2, max: 3 });
  const said: fc.Arbitrary<DanmakuSeed[]> = fc.array(fc.record({ atMs: seconds, viewer }), {
    minLength: 50,
    maxLength: 60,
  });
  const paid: fc.Arbitrary<PaymentSeed[]> = fc.array(
    fc.record({
      atMs: seconds,
      viewer,
      kind: fc.constantFrom('gift' as const, 'super-chat' as const, 'guard' as const),
      count: fc.integer({ min: 1, max: 9 }),
      paidMilli: fc.constantFrom(0, 100, 52_000),
    }),
    { minLength: 30, maxLength: 40 },
  );
  const people = (rows: readonly { viewer: number }[]) =>
    new Set(rows.map((row) => row.viewer).filter((key) => key !== 0)).size;

  it('has the totals that the rows have, and series that add up to them', async () => {
    const [allSaid = [], allPaid = []] = fc.sample(fc.tuple(said, paid), { numRuns: 1, seed: 7 })[0] ?? [];
    await openSeeded((seeded) => {
      seeded.addRoom(0);
      for (const seed of allSaid) seeded.addDanmaku(seed);
      for (const seed of allPaid) seeded.addPayment(seed);
    });
    const steps = fc.constantFrom(1_000, 7_000, MINUTE, 2 * MINUTE, 90_000, 3_600_000);
    await fc.assert(
      fc.asyncProperty(seconds, seconds, steps, async (one, other, stepMs) => {
        const range = { fromMs: Math.min(one, other), toMs: Math.max(one, other) };
        const inRange = (row: { atMs: number }) => row.atMs >= range.fromMs && row.atMs < range.toMs;
        const danmaku = allSaid.filter(inRange);
        const payments = allPaid.filter(inRange);
        const totals = await queries.totals(ROOM, range);
        expect(totals).toMatchObject({
          danmaku: danmaku.length,
          chatters: people(danmaku),
          payers: people(payments.filter((row) => row.paidMilli > 0)),
          revenueMilli: payments.reduce((sum, row) => sum + row.paidMilli, 0),
          maskedDanmaku: danmaku.filter((row) => row.viewer === 0).length,
        });
        const { points } = await queries.series(ROOM, range, stepMs);
        const sum = (column: 'danmaku' | 'revenueMilli') =>
          points.reduce((total, point) => total + (point[column] ?? 0), 0);
        expect([sum('danmaku'), sum('revenueMilli')]).toEqual([totals.danmaku, totals.revenueMilli]);
      }),
      { numRuns: 150 },
    );
    await close();
  });
});
