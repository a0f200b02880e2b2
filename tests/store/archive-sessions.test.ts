import { describe, expect, test } from 'vitest';
import type { StreamDocument } from '#src/alerts/document.ts';
import {
  danmaku,
  END_DELAY_MS,
  gift,
  guard,
  liveEnded,
  liveStarted,
  MINUTE,
  type Opened,
  observed,
  openArchiveFile,
  polled,
  ROOM,
  SECOND,
  superChat,
  T0,
  viewer,
  watch,
} from './archive-fixture.ts';

const S0 = T0 / 1000;

function streamOf({ writer }: Opened): StreamDocument[] {
  return writer
    .openOutbox(50)
    .map((item) => item.document)
    .filter((document) => document.type === 'stream');
}

const CARD_ROWS = "SELECT version, event_ms FROM outbox WHERE key LIKE 'stream:%'";

const sums = (opened: Opened) =>
  opened.rows(
    'SELECT started_ms, ended_ms, danmaku, gifts, gift_milli, guards FROM sessions ORDER BY started_ms',
  );

describe('broadcasts', () => {
  test('rows find their broadcast by time, also when it is learnt after them', () => {
    const opened = openArchiveFile();
    const { writer } = opened;
    writer.commit([danmaku({ atMs: T0 + MINUTE }), gift({ atMs: T0 + MINUTE, count: 4 })], null);
    writer.commit([guard({ atMs: T0 - 1 }), danmaku({ atMs: T0 + 5 * MINUTE })], null);
    writer.commit([polled({ atMs: T0 + 6 * MINUTE, liveStatus: 'live', startSecond: S0 })], null);
    const first = { started_ms: T0, ended_ms: null, danmaku: 2, gifts: 4, gift_milli: 100, guards: 0 };
    expect(sums(opened)).toEqual([first]);
    // Dated before rows that were stored already: they leave it, in sums and viewers.
    writer.commit([liveEnded({ atMs: T0 + 2 * MINUTE })], null);
    expect(sums(opened)).toEqual([{ ...first, ended_ms: T0 + 2 * MINUTE, danmaku: 1 }]);
    expect(opened.rows('SELECT viewer, danmaku, gifts FROM session_viewers WHERE danmaku > 0')).toEqual([
      { viewer: 11, danmaku: 1, gifts: 4 },
    ]);
  });

  test('a start learnt late takes the rows before it in', () => {
    const opened = openArchiveFile();
    opened.writer.commit(
      [danmaku({ atMs: T0 + SECOND }), liveStarted({ atMs: T0 + MINUTE, liveKey: 'a' })],
      null,
    );
    expect(sums(opened)).toMatchObject([{ started_ms: T0 + MINUTE, danmaku: 0 }]);
    opened.writer.commit([polled({ atMs: T0 + 2 * MINUTE, liveStatus: 'live', startSecond: S0 })], null);
    expect(sums(opened)).toMatchObject([{ started_ms: T0, danmaku: 1 }]);
  });

  test('a gift dated by its second counts in the first second', () => {
    const opened = openArchiveFile();
    opened.writer.commit([liveStarted({ atMs: T0 + 800, liveKey: 'a' }), gift({ atMs: T0 })], null);
    expect(sums(opened)).toMatchObject([{ gifts: 1 }]);
  });

  test('a start is told at once, its end after the delay, with sums, also across a restart', () => {
    let opened = openArchiveFile();
    opened.writer.setWatch(watch({ roleId: 'r1' }));
    opened.writer.commit([observed(true), polled(), liveStarted({ atMs: T0, liveKey: 'a' })], null);
    expect(streamOf(opened)).toMatchObject([
      { endedMs: null, totals: null, roleId: 'r1', room: { name: '山雀' } },
    ]);
    expect(opened.rows('SELECT live_status FROM rooms')).toEqual([{ live_status: 'live' }]);
    opened.writer.commit([danmaku(), superChat(), gift({ viewer: viewer(14), paidMilli: 5_000 })], null);
    const endMs = T0 + 10 * MINUTE;
    opened.writer.commit([liveEnded({ atMs: endMs })], null);
    opened.writer.tick(endMs + END_DELAY_MS - 1);
    expect(streamOf(opened)).toMatchObject([{ endedMs: null }]);
    opened = opened.reopen();
    opened.writer.tick(endMs + END_DELAY_MS);
    const totals = { danmaku: 1, chatters: 1, payers: 2, revenueMilli: 35_000, superChatMilli: 30_000 };
    expect(streamOf(opened)).toMatchObject([{ endedMs: endMs, totals: { ...totals, gaps: [] } }]);
    const outbox = opened.rows(CARD_ROWS);
    expect(outbox).toEqual([{ version: 2, event_ms: endMs }]);
    opened.writer.tick(endMs + 2 * END_DELAY_MS);
    expect(opened.rows(CARD_ROWS)).toEqual(outbox);
  });
});

describe('cards', () => {
  test('a flap within the delay tells no end', () => {
    const opened = openArchiveFile();
    opened.writer.setWatch(watch());
    const flap = [
      liveEnded({ atMs: T0 + MINUTE }),
      liveStarted({ atMs: T0 + MINUTE + 30 * SECOND, liveKey: 'a' }),
    ];
    opened.writer.commit([liveStarted({ liveKey: 'a' }), danmaku({ atMs: T0 + SECOND }), ...flap], null);
    opened.writer.commit([danmaku({ atMs: T0 + MINUTE + SECOND })], null);
    opened.writer.tick(T0 + 10 * MINUTE);
    expect(sums(opened)).toMatchObject([{ ended_ms: null, danmaku: 2 }]);
    expect(opened.rows('SELECT version FROM outbox')).toEqual([{ version: 1 }]);
  });

  test('a new broadcast soon after goes on with the card, mentions nobody, and its report tells both', () => {
    const opened = openArchiveFile();
    const { writer } = opened;
    writer.setWatch(watch({ roleId: 'r1' }));
    writer.commit([liveStarted({ liveKey: 'a' }), danmaku(), liveEnded({ atMs: T0 + MINUTE })], null);
    writer.tick(T0 + 2 * MINUTE);
    expect(streamOf(opened)).toMatchObject([{ endedMs: T0 + MINUTE }]);
    writer.commit([liveStarted({ atMs: T0 + 3 * MINUTE, liveKey: 'b' })], null);
    expect(streamOf(opened)).toMatchObject([{ startedMs: T0, endedMs: null, roleId: null }]);
    writer.commit([danmaku({ atMs: T0 + 4 * MINUTE }), liveEnded({ atMs: T0 + 5 * MINUTE })], null);
    writer.tick(T0 + 7 * MINUTE);
    const totals = { danmaku: 2, chatters: 1 };
    expect(streamOf(opened)).toMatchObject([{ startedMs: T0, endedMs: T0 + 5 * MINUTE, totals }]);
    expect(opened.rows('SELECT card FROM sessions')).toEqual([{ card: 1 }, { card: 1 }]);
    writer.commit([liveStarted({ atMs: T0 + 20 * MINUTE, liveKey: 'c' })], null);
    expect(streamOf(opened)).toMatchObject([{ roleId: null }, { startedMs: T0 + 20 * MINUTE, roleId: 'r1' }]);
  });

  test('a LIVE with the key of an older broadcast, and a restart in the middle, start nothing', () => {
    let opened = openArchiveFile();
    opened.writer.setWatch(watch());
    opened.writer.commit([liveStarted({ liveKey: 'a' }), liveEnded({ atMs: T0 + MINUTE })], null);
    opened.writer.commit([liveStarted({ atMs: T0 + 9 * MINUTE, liveKey: 'b' })], null);
    const before = opened.rows('SELECT session, live_key, started_ms, ended_ms FROM sessions');
    opened = opened.reopen();
    opened.writer.tick(T0 + 20 * MINUTE);
    const late = liveStarted({ atMs: T0 + 20 * MINUTE, liveKey: 'a' });
    opened.writer.commit([late, liveStarted({ atMs: T0 + 21 * MINUTE, liveKey: 'b' })], null);
    expect(opened.rows('SELECT session, live_key, started_ms, ended_ms FROM sessions')).toEqual(before);
    expect(streamOf(opened)).toHaveLength(2);
  });

  test('a channel is not told the end of a broadcast that was over before it watched', () => {
    const opened = openArchiveFile();
    const { writer } = opened;
    writer.tick(T0);
    writer.setWatch(watch());
    writer.commit([observed(true), liveStarted({ liveKey: 'a' }), danmaku({ atMs: T0 + MINUTE })], null);
    expect(writer.removeWatch('c1', ROOM)).toBe(true);
    // Watched again a day later: the polls find the room offline.
    const dayMs = T0 + 24 * 60 * MINUTE;
    writer.tick(dayMs);
    writer.setWatch(watch({ channelId: 'c2' }));
    writer.commit([polled({ atMs: dayMs }), polled({ atMs: dayMs + MINUTE })], null);
    writer.tick(dayMs + MINUTE);
    expect(sums(opened)).toMatchObject([{ ended_ms: T0 + MINUTE + 1 }]);
    expect(opened.rows("SELECT key FROM outbox WHERE channel_id = 'c2'")).toEqual([]);
    // The next one is told, start and end.
    writer.commit([liveStarted({ atMs: dayMs + 2 * MINUTE, liveKey: 'b' })], null);
    writer.commit([liveEnded({ atMs: dayMs + 3 * MINUTE })], null);
    writer.tick(dayMs + 5 * MINUTE);
    expect(streamOf(opened)).toMatchObject([{ endedMs: dayMs + 3 * MINUTE }]);
  });
});
