import { describe, expect, test } from 'vitest';
import type { AlertDocument } from '#src/alerts/document.ts';
import type { Gift, RoomWarned } from '#src/events.ts';
import { gift, MINUTE, openArchiveFile, polled, ROOM, T0, viewer, watch } from './archive-fixture.ts';

const HOUR = 60 * MINUTE;
const hit = (id: string, part: Partial<Gift> = {}) =>
  gift({ id, comboId: 'combo-1', count: 10, paidMilli: 40_000, worthMilli: 40_000, ...part });
const warned: RoomWarned = {
  kind: 'room-warned',
  id: 'w1',
  room: ROOM,
  atMs: T0,
  cutOff: true,
  message: '违规',
};

describe('alerts', () => {
  test('a combo is one message from where its sum reaches the threshold, across batches and restarts', () => {
    let opened = openArchiveFile();
    opened.writer.setWatch(watch());
    opened.writer.commit([hit('1'), hit('2')], null);
    expect(opened.writer.openOutbox(10)).toEqual([]);
    expect(opened.writer.takeLeftToDeliver()).toBe(false);
    opened.writer.commit([hit('3')], null);
    expect(opened.writer.takeLeftToDeliver()).toBe(true);
    expect(opened.writer.openOutbox(10)).toMatchObject([
      { version: 1, document: { count: 30, paidMilli: 120_000 } },
    ]);
    opened = opened.reopen();
    opened.writer.commit([hit('4'), hit('5'), hit('5')], null);
    expect(opened.writer.openOutbox(10)).toMatchObject([
      { version: 2, document: { count: 50, paidMilli: 200_000 } },
    ]);
  });

  test('every watch of the room has its own threshold; a paused channel is told nothing until it is back', () => {
    const { writer } = openArchiveFile();
    writer.setWatch(watch({ channelId: 'low', giftMinMilli: 100 }));
    writer.setWatch(watch({ channelId: 'high', giftMinMilli: 50_000 }));
    writer.setWatch(watch({ channelId: 'gone', giftMinMilli: 100 }));
    writer.setWatch(watch({ channelId: 'other', room: 7002 as typeof ROOM, giftMinMilli: 100 }));
    writer.commit([warned], null);
    expect(writer.openOutbox(10).map((item) => item.channelId)).toEqual(['low', 'high', 'gone']);
    writer.pauseChannel('gone', 'the channel is gone');
    expect(writer.watches().filter((row) => row.paused !== null)).toMatchObject([{ channelId: 'gone' }]);
    writer.commit([hit('1')], null);
    expect(writer.openOutbox(10).map((item) => item.channelId)).toEqual(['low', 'high', 'low']);
    writer.takeLeftToDeliver();
    writer.pauseChannel('gone', null);
    expect(writer.takeLeftToDeliver()).toBe(true);
    expect(writer.openOutbox(10).map((item) => item.channelId)).toEqual(['low', 'high', 'gone', 'low']);
    expect(writer.removeWatch('low', ROOM)).toBe(true);
    expect(writer.removeWatch('low', ROOM)).toBe(false);
    expect(writer.openOutbox(10).map((item) => item.channelId)).toEqual(['high', 'gone']);
  });

  test('a channel that is watched anew after a pause is told again, whichever of its rooms was named', () => {
    const { writer } = openArchiveFile();
    writer.setWatch(watch({ channelId: 'back', giftMinMilli: 100 }));
    writer.setWatch(watch({ channelId: 'back', room: 7002 as typeof ROOM, giftMinMilli: 100 }));
    writer.commit([warned], null);
    writer.pauseChannel('back', 'the channel is gone');
    expect(writer.openOutbox(10)).toEqual([]);
    writer.takeLeftToDeliver();
    writer.setWatch(watch({ channelId: 'back', room: 7002 as typeof ROOM, giftMinMilli: 100 }));
    expect(writer.watches().map((row) => row.paused)).toEqual([null, null]);
    expect(writer.openOutbox(10)).toHaveLength(1);
    expect(writer.takeLeftToDeliver()).toBe(true);
    writer.commit([hit('1', { room: 7002 as typeof ROOM })], null);
    expect(writer.openOutbox(10).map((item) => item.document.type)).toEqual(['warning', 'gift']);
  });

  test('without Discord the page gets what rooms without a channel would have posted, delivered already', () => {
    const { writer, rows } = openArchiveFile({ pageChannel: true });
    const other = 7002 as typeof ROOM;
    writer.setWatch({ ...watch(), room: other });
    writer.commit([hit('1', { paidMilli: 500_000 }), hit('2', { room: other, paidMilli: 500_000 })], null);
    writer.commit([hit('3')], null);
    const page = rows('SELECT room, channel_id, version, delivered_version FROM outbox ORDER BY room');
    expect(page).toEqual([
      { room: ROOM, channel_id: 'page', version: 2, delivered_version: 2 },
      { room: other, channel_id: watch().channelId, version: 1, delivered_version: 0 },
    ]);
    expect(writer.openOutbox(10).map((item) => item.channelId)).toEqual([watch().channelId]);
  });
});

describe('delivery', () => {
  test('what is delivered is closed until the document changes', () => {
    const { writer } = openArchiveFile();
    writer.setWatch(watch());
    writer.commit([hit('1', { paidMilli: 100_000 })], null);
    const [item] = writer.openOutbox(10);
    if (item === undefined) throw new Error('nothing to deliver');
    writer.markAttempted([item.id], T0 + 5);
    expect(writer.openOutbox(10)).toMatchObject([{ attemptedMs: T0 + 5, messageId: null }]);
    writer.commit([hit('2')], null);
    writer.markDelivered([{ id: item.id, version: 1, messageId: 'm1' }]);
    expect(writer.openOutbox(10)).toMatchObject([{ version: 2, deliveredVersion: 1, messageId: 'm1' }]);
    writer.markDelivered([{ id: item.id, version: 2, messageId: 'm1' }]);
    expect(writer.openOutbox(10)).toEqual([]);
  });

  test('folded documents are told by one, which follows their changes', () => {
    const { writer } = openArchiveFile();
    writer.setWatch(watch());
    writer.commit([polled(), hit('1', { paidMilli: 100_000 }), warned], null);
    const single = gift({ id: 'x', paidMilli: 300_000, viewer: viewer(77) });
    const ids = writer.openOutbox(10).map((item) => item.id);
    writer.foldOutbox('c1', ids, 'burst', T0 + MINUTE, MINUTE);
    const folds = () => writer.openOutbox(10).map(({ document, version }) => ({ document, version }));
    const fold = {
      type: 'fold',
      reason: 'burst',
      gifts: 10,
      warnings: 1,
      paidMilli: 100_000,
      rooms: ['山雀'],
    };
    expect(folds()).toMatchObject([{ document: fold, version: 1 }]);
    writer.commit([hit('2'), single], null);
    expect(folds()).toMatchObject([
      { document: { gifts: 20, paidMilli: 140_000 }, version: 2 },
      { document: { type: 'gift' }, version: 1 },
    ]);
    const more = writer.openOutbox(10).map((item) => item.id);
    writer.foldOutbox('c1', more, 'burst', T0 + 90_000, MINUTE);
    expect(folds()).toMatchObject([{ document: { gifts: 21, paidMilli: 440_000 }, version: 3 }]);
    writer.foldOutbox('c1', more, 'burst', T0 + 90_000, MINUTE);
    expect(folds()).toHaveLength(1);
  });

  test('what could not be told for a day has expired, what was told is kept for a month', () => {
    const { writer, rows } = openArchiveFile();
    writer.setWatch(watch());
    writer.tick(T0);
    writer.commit([warned, hit('1', { paidMilli: 100_000 })], null);
    const [first] = writer.openOutbox(1);
    if (first === undefined) throw new Error('nothing to deliver');
    writer.markDelivered([{ id: first.id, version: 1, messageId: 'm1' }]);
    writer.tick(T0 + 23 * HOUR);
    expect(writer.openOutbox(10)).toHaveLength(1);
    writer.tick(T0 + 25 * HOUR);
    expect(rows('SELECT state, error FROM outbox ORDER BY id')).toEqual([
      { state: 'open', error: null },
      { state: 'failed', error: 'expired' },
    ]);
    writer.tick(T0 + 31 * 24 * HOUR);
    expect(rows('SELECT state FROM outbox')).toEqual([{ state: 'failed' }]);
  });

  test('what failed says why and is not offered again until it changes', () => {
    const { writer, rows } = openArchiveFile();
    writer.setWatch(watch());
    writer.commit([hit('1', { paidMilli: 100_000 })], null);
    writer.markFailed(writer.openOutbox(1)[0]?.id ?? 0, 'Missing Permissions');
    expect(writer.openOutbox(10)).toEqual([]);
    expect(rows('SELECT error FROM outbox')).toEqual([{ error: 'Missing Permissions' }]);
    writer.commit([hit('2')], null);
    expect(writer.openOutbox(10)).toMatchObject([{ version: 2 }]);
  });
});

describe('settings and reports', () => {
  test('a server has defaults until it sets something', () => {
    const { writer } = openArchiveFile();
    const settings = { guildId: 'g1', language: 'ja', timeZone: 'Asia/Tokyo', moneyFor: 'nobody' } as const;
    expect(writer.guildSettings('g1')).toEqual({
      guildId: 'g1',
      language: 'en',
      timeZone: 'UTC',
      moneyFor: 'everyone',
    });
    writer.setGuildSettings(settings, 'somebody');
    expect(writer.guildSettings('g1')).toEqual(settings);
  });

  test('a period is reported once, with its message in the same transaction', () => {
    const { writer } = openArchiveFile();
    const report = writer.addReport({
      guildId: 'g1',
      channelId: 'c9',
      room: ROOM,
      every: 'hour',
      createdBy: 'x',
    });
    expect(report).toMatchObject({ id: 1, every: 'hour', lastPeriodMs: null });
    const document = { type: 'report', every: 'hour', fromMs: T0 } as AlertDocument;
    const intent = { channelId: 'c9', key: `report:1:${T0}`, document, eventMs: T0 };
    expect(writer.putReport(1, T0, intent)).toBe(true);
    expect(writer.putReport(1, T0, intent)).toBe(false);
    expect(writer.putReport(2, T0, intent)).toBe(false);
    expect(writer.openOutbox(10)).toMatchObject([{ key: intent.key, document }]);
    expect(writer.reports()).toMatchObject([{ lastPeriodMs: T0 }]);
    expect(writer.removeReport('g2', 1)).toBe(false);
    expect(writer.removeReport('g1', 1)).toBe(true);
  });
});
