import { describe, expect, test } from 'vitest';
import type { Interaction, LiveEvent } from '#src/events.ts';
import {
  danmaku,
  gift,
  guard,
  liveStarted,
  MASKED,
  MINUTE,
  openArchiveFile,
  ROOM,
  SECOND,
  superChat,
  T0,
  viewer,
} from './archive-fixture.ts';

const TABLES = [
  'danmaku',
  'payments',
  'minutes',
  'sessions',
  'session_viewers',
  'viewers',
  'outbox',
  'interactions',
];

function enter(atMs: number): Interaction {
  return { kind: 'interaction', id: `enter-${atMs}`, room: ROOM, atMs, viewer: viewer(15), action: 'enter' };
}

/** A bit of everything in one broadcast. */
function busyBatch(): LiveEvent[] {
  return [
    liveStarted({ liveKey: 'k1', startSecond: T0 / 1000 }),
    danmaku({ id: 'd1', atMs: T0 + 1 }),
    danmaku({ id: 'd2', atMs: T0 + 1 }),
    danmaku({ id: 'd3', atMs: T0 + MINUTE, viewer: MASKED }),
    danmaku({ id: 'd4', atMs: T0 + MINUTE, viewer: MASKED }),
    gift({ id: 'g1', count: 3, paidMilli: 3_000, atMs: T0 + SECOND }),
    gift({ id: 'g2', count: 2, paidMilli: 0, coin: 'silver', atMs: T0 + SECOND }),
    gift({ id: 'g3', count: 1, paidMilli: 500, viewer: MASKED, atMs: T0 + SECOND }),
    superChat({ id: 's1', atMs: T0 + 2 * SECOND }),
    guard({ id: 'p1', atMs: T0 + 3 * SECOND }),
    guard({ id: 'p2', atMs: T0 + 3 * SECOND, isBonus: true, paidMilli: 138_000 }),
    enter(T0 + 4 * SECOND),
    { kind: 'online', id: 'o1', room: ROOM, atMs: T0 + SECOND, count: 40 },
    { kind: 'online', id: 'o2', room: ROOM, atMs: T0 + 2 * SECOND, count: 25 },
    { kind: 'watched', id: 'w1', room: ROOM, atMs: T0 + 2 * SECOND, count: 300 },
  ];
}

describe('rows and counters', () => {
  test('a batch is counted per minute, broadcast and viewer', () => {
    const { writer, rows } = openArchiveFile();
    expect(writer.commit(busyBatch(), 'c-1')).toEqual({ inserted: 11, repeated: 0 });
    const sums = { gifts: 6, gift_milli: 3_500, super_chats: 1, super_chat_milli: 30_000, guards: 1 };
    const money = { guard_milli: 138_000, masked_milli: 500 };
    expect(rows('SELECT * FROM minutes ORDER BY minute')).toMatchObject([
      { ...sums, ...money, danmaku: 2, masked_danmaku: 0, enters: 1, online: 25, watched: 300, likes: null },
      { danmaku: 2, masked_danmaku: 2, gifts: 0, online: null },
    ]);
    expect(rows('SELECT * FROM sessions')).toMatchObject([
      { ...sums, ...money, danmaku: 4, masked_danmaku: 2, peak_online: 40, peak_watched: 300 },
    ]);
    expect(rows('SELECT viewer, danmaku, gifts, paid_milli FROM session_viewers ORDER BY viewer')).toEqual([
      { viewer: 11, danmaku: 2, gifts: 5, paid_milli: 3_000 },
      { viewer: 12, danmaku: 0, gifts: 0, paid_milli: 30_000 },
      { viewer: 13, danmaku: 0, gifts: 0, paid_milli: 138_000 },
    ]);
    expect(writer.cursor()).toBe('c-1');
  });

  test('the same batch twice changes nothing', () => {
    const { writer, rows } = openArchiveFile();
    const batch = busyBatch();
    writer.setWatch({
      guildId: 'g',
      channelId: 'c',
      room: ROOM,
      giftMinMilli: 100,
      roleId: null,
      createdBy: 'x',
    });
    writer.commit(batch, null);
    const before = TABLES.map((table) => rows(`SELECT * FROM ${table}`));
    expect(before.every((table) => table.length > 0)).toBe(true);
    expect(writer.commit(batch, null)).toEqual({ inserted: 0, repeated: 11 });
    expect(TABLES.map((table) => rows(`SELECT * FROM ${table}`))).toEqual(before);
  });
});
