import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveEvent } from '#src/events.ts';
import { packEvents, unpackEvents } from '#src/store/archive/wire.ts';
import {
  danmaku,
  gift,
  guard,
  guardHeld,
  listPriceOf,
  liveEnded,
  liveStarted,
  MASKED,
  MINUTE,
  type Opened,
  observed,
  openArchiveFile,
  polled,
  SECOND,
  superChat,
  T0,
  viewer,
  watch,
} from './archive-fixture.ts';

const RUNS = 40;
const STEP_MS = 10 * SECOND;

/** An event of a small world: few people, few keys, times that collide, so that everything meets. */
const event = fc
  .record({
    type: fc.constantFrom(
      'danmaku',
      'gift',
      'super-chat',
      'toast',
      'held',
      'listed',
      'live',
      'end',
      'on',
      'off',
    ),
    step: fc.nat(60),
    who: fc.constantFrom(viewer(1), viewer(2), MASKED),
    key: fc.constantFrom('a', 'b', null),
    start: fc.option(fc.nat(60), { nil: null }),
    number: fc.nat(9),
  })
  .map(({ type, step, who, key, start, number }): LiveEvent => {
    const at = { id: `${type}-${step}-${number}`, atMs: T0 + step * STEP_MS + number, viewer: who };
    const startSecond = start === null || start > step ? null : (T0 + start * STEP_MS) / 1000;
    if (type === 'danmaku') return danmaku(at);
    if (type === 'gift') return gift({ ...at, count: number, comboId: key, paidMilli: number * 1_000 });
    if (type === 'super-chat') return superChat(at);
    if (type === 'toast') return guard(at);
    if (type === 'held') return guardHeld(at);
    if (type === 'listed') return listPriceOf(guardHeld({ ...at, id: `held-${step}-${number}` }));
    if (type === 'live') return liveStarted({ atMs: at.atMs, liveKey: key, startSecond });
    if (type === 'end') return liveEnded({ atMs: at.atMs });
    return polled({ atMs: at.atMs, liveStatus: type === 'on' ? 'live' : 'offline', startSecond });
  });

const ROW_SUMS = `count(*) FILTER (WHERE kind = 'danmaku') AS danmaku,
  ifnull(sum(count) FILTER (WHERE kind = 'gift'), 0) AS gifts, count(*) FILTER (WHERE kind = 'guard') AS guards,
  ifnull(sum(paid_milli), 0) AS milli, ifnull(sum(paid_milli) FILTER (WHERE viewer = 0), 0) AS masked`;
const ALL_ROWS = `(SELECT at_ms, viewer, 'danmaku' AS kind, 0 AS count, 0 AS paid_milli FROM danmaku
  UNION ALL SELECT at_ms, viewer, kind, count, paid_milli FROM payments WHERE flags & 2 = 0)`;
const SUMS = `sum(danmaku) AS danmaku, sum(gifts) AS gifts, sum(guards) AS guards,
  sum(gift_milli + super_chat_milli + guard_milli) AS milli, sum(masked_milli) AS masked`;

/** Every counter is what its rows add up to. */
function expectTrue(archive: Opened): void {
  const perMinute = 'at_ms / 60000 AS minute';
  const minutes = archive.rows(`SELECT minute, ${SUMS} FROM minutes GROUP BY minute
    HAVING sum(danmaku + gifts + super_chats + guards + gift_milli + guard_milli) > 0`);
  const wanted = archive.rows<{ danmaku: number; gifts: number; guards: number; milli: number }>(
    `SELECT ${perMinute}, ${ROW_SUMS} FROM ${ALL_ROWS} GROUP BY minute`,
  );
  expect(minutes).toEqual(wanted.filter((row) => row.danmaku + row.gifts + row.guards + row.milli > 0));
  type Bounds = { session: number; started_ms: number; ended_ms: number | null };
  const sessions = archive.rows<Bounds>(
    'SELECT session, started_ms, ended_ms FROM sessions ORDER BY started_ms, session',
  );
  for (const [index, { session, started_ms, ended_ms }] of sessions.entries()) {
    const endMs = ended_ms ?? Number.MAX_SAFE_INTEGER;
    const rows = `${ALL_ROWS} WHERE at_ms >= ${started_ms} AND at_ms < ${endMs}`;
    const sums = archive.rows(`SELECT ${SUMS} FROM sessions WHERE session = ${session}`);
    expect(sums).toEqual(archive.rows(`SELECT ${ROW_SUMS} FROM ${rows}`));
    const people = archive.rows(
      `SELECT viewer, danmaku, gifts, paid_milli FROM session_viewers
       WHERE session = ${session} AND danmaku + gifts + paid_milli > 0 ORDER BY viewer`,
    );
    const counted = archive.rows<{ danmaku: number; gifts: number; paid_milli: number }>(
      `SELECT viewer, sum(kind = 'danmaku') AS danmaku, sum((kind = 'gift') * count) AS gifts,
       sum(paid_milli) AS paid_milli FROM ${rows} AND viewer <> 0 GROUP BY viewer`,
    );
    expect(people).toEqual(counted.filter((row) => row.danmaku + row.gifts + row.paid_milli > 0));
    const next = sessions[index + 1];
    if (next !== undefined) expect(endMs).toBeLessThanOrEqual(next.started_ms);
  }
}

test('whatever comes in whatever order and batches, counters are their rows and broadcasts do not overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.array(event, { maxLength: 25 }), { minLength: 1, maxLength: 6 }), (batches) => {
      let archive = openArchiveFile();
      archive.writer.setWatch(watch());
      for (const batch of batches) archive.writer.commit(batch, null);
      archive.writer.tick(T0 + 30 * MINUTE);
      expectTrue(archive);
      const count = () => archive.rows('SELECT (SELECT count(*) FROM danmaku) + count(*) AS n FROM payments');
      const before = count();
      archive = archive.reopen();
      for (const batch of batches) archive.writer.commit(batch, null);
      expect(count()).toEqual(before);
      expectTrue(archive);
      archive.writer.close();
    }),
    { numRuns: RUNS },
  );
}, 60_000);

test('events cross to the thread unchanged, in order', () => {
  const mixed = [
    observed(true),
    gift({ blindBox: { giftId: 1, name: '箱' } }),
    gift({ receiver: { uid: 5, name: 'r' } }),
  ];
  fc.assert(
    fc.property(fc.array(fc.oneof(event, fc.constantFrom(...mixed))), (events) => {
      expect(unpackEvents(structuredClone(packEvents(events)))).toEqual(events);
    }),
  );
});
