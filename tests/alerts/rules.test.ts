import { describe, expect, it } from 'vitest';
import { giftIntent, guardIntent, streamIntent, superChatIntent, warningIntent } from '#src/alerts/rules.ts';
import type { RoomWarned } from '#src/events.ts';
import { AT_MS, face, gift, guard, ROOM, superChat, totals, watch } from './samples.ts';

const sums = (paidMilli: number, count = 1) => ({ count, paidMilli, worthMilli: paidMilli });

describe('giftIntent', () => {
  it('compares the running paid sum of the combo with the threshold, at least equal', () => {
    expect(giftIntent(watch, face, gift, sums(99_999))).toBeNull();
    expect(giftIntent(watch, face, gift, sums(100_000, 5))?.document).toMatchObject({
      viewerName: '麦穗',
      giftName: '小花车',
      count: 5,
      paidMilli: 100_000,
      room: face,
    });
  });

  it('never tells of a free gift, whatever it is worth and however low the threshold', () => {
    const free = { ...gift, paidMilli: 0, worthMilli: 900_000, coin: 'silver' } as const;
    expect(giftIntent({ ...watch, giftMinMilli: 0 }, face, free, sums(0, 99))).toBeNull();
    expect(giftIntent(watch, face, { ...free, fromBag: true }, sums(500_000))).toBeNull();
  });

  it('gives the gifts of one combo one key, other combos and viewers others', () => {
    const key = (part: Partial<typeof gift>) => giftIntent(watch, face, { ...gift, ...part }, sums(1e6))?.key;
    expect(key({ id: 'tid-2' })).toBe(key({ id: 'tid-1' }));
    expect(key({})).toBe(`gift:${ROOM}:u:77:combo-1`);
    expect(key({ comboId: 'combo-2' })).not.toBe(key({}));
    expect(key({ comboId: null, id: 'tid-9' })).toBe(`gift:${ROOM}:u:77:tid-9`);
    expect(key({ viewer: { key: null, uid: null, name: '麦***' } })).toBe(`gift:${ROOM}:masked:combo-1`);
  });

  it('keeps keys within 200 characters and still apart', () => {
    const long = (end: string) =>
      giftIntent(
        watch,
        face,
        {
          ...gift,
          comboId: `${'c'.repeat(500)}${end}`,
          viewer: { ...gift.viewer, key: `o:${'x'.repeat(400)}` },
        },
        sums(1e6),
      )?.key ?? '';
    expect(long('a').length).toBeLessThanOrEqual(200);
    expect(long('a')).not.toBe(long('b'));
    expect(long('a')).toBe(long('a'));
  });

  it('names the box and who got it', () => {
    const out = { ...gift, blindBox: { giftId: 1, name: '心动盲盒' }, receiver: { uid: 5, name: '阿汀' } };
    expect(giftIntent(watch, face, out, sums(1e6))?.document).toMatchObject({
      boxName: '心动盲盒',
      receiverName: '阿汀',
    });
  });
});

describe('the other rules', () => {
  it('give an update of a super chat the same key', () => {
    const first = superChatIntent(watch, face, superChat, false);
    const translated = superChatIntent(watch, face, { ...superChat, translation: 'おはよう' }, false);
    const gone = superChatIntent(watch, face, superChat, true);
    expect([translated.key, gone.key]).toEqual([first.key, first.key]);
    expect(translated.document).toMatchObject({
      translation: 'おはよう',
      takenDown: false,
      paidMilli: 30_000,
    });
    expect(gone.document).toMatchObject({ takenDown: true });
  });

  it('tell of guards, bonus days excepted', () => {
    expect(guardIntent(watch, face, { ...guard, isBonus: true, paidMilli: 0 })).toBeNull();
    expect(guardIntent(watch, face, guard)).toMatchObject({
      channelId: watch.channelId,
      key: `guard:${ROOM}:flow-1`,
      eventMs: AT_MS,
      document: { level: 3, paidMilli: 168_000, isListPrice: false },
    });
  });

  it('mention the role at a start alone', () => {
    const live = {
      ...{ card: '7', startedMs: AT_MS, endedMs: null, peakOnline: null, totals: null, resumed: false },
    };
    const start = streamIntent(watch, face, live);
    const resumed = streamIntent(watch, face, { ...live, resumed: true });
    const ended = streamIntent(watch, face, { ...live, endedMs: AT_MS + 5_000, totals, peakOnline: 44 });
    expect([start, resumed, ended].map(({ key }) => key)).toEqual(Array(3).fill(`stream:${ROOM}:7`));
    expect(start.document).toMatchObject({ roleId: watch.roleId });
    expect(resumed.document).toMatchObject({ roleId: null });
    expect(ended).toMatchObject({
      eventMs: AT_MS + 5_000,
      document: { roleId: null, totals, peakOnline: 44 },
    });
  });

  it('tell of a warning', () => {
    const event: RoomWarned = {
      kind: 'room-warned',
      id: 'w1',
      room: ROOM,
      atMs: AT_MS,
      cutOff: true,
      message: '违规',
    };
    expect(warningIntent(watch, face, event)).toMatchObject({
      key: `warning:${ROOM}:w1`,
      document: { cutOff: true, message: '违规' },
    });
  });
});
