import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openReader, ROOM, readFixtures } from './support.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('super chats', () => {
  it('cost their price in CNY, once', () => {
    expect(readFixtures('SUPER_CHAT_MESSAGE/plain', 'SUPER_CHAT_MESSAGE/audit-copy')).toEqual([
      {
        kind: 'super-chat',
        id: '70001',
        room: ROOM,
        atMs: 1780000030000,
        viewer: { key: 'u:500007', uid: 500007, name: '测试阿姨' },
        text: '生日快乐！',
        translation: null,
        paidMilli: 50_000,
        endMs: 1780000150000,
      },
    ]);
  });

  it('keep the translation of their twin whichever comes first, and the money once', () => {
    const after = readFixtures(
      'SUPER_CHAT_MESSAGE/plain',
      'SUPER_CHAT_MESSAGE_JPN/twin',
      'SUPER_CHAT_MESSAGE_JPN/empty',
    );
    expect(after).toMatchObject([
      { kind: 'super-chat', paidMilli: 50_000, translation: null },
      { kind: 'super-chat-translated', superChat: '70001', translation: 'お誕生日おめでとう' },
    ]);
    const before = readFixtures(
      'SUPER_CHAT_MESSAGE_JPN/twin',
      'SUPER_CHAT_MESSAGE/plain',
      'SUPER_CHAT_MESSAGE_JPN/twin',
    );
    expect(before).toMatchObject([
      { kind: 'super-chat-translated', superChat: '70001' },
      { kind: 'super-chat', paidMilli: 50_000, translation: 'お誕生日おめでとう' },
    ]);
    expect(after).toHaveLength(2);
    expect(before).toHaveLength(2);
  });

  it('that are taken down are named', () => {
    expect(readFixtures('SUPER_CHAT_MESSAGE/translated', 'SUPER_CHAT_MESSAGE_DELETE/one')).toMatchObject([
      { translation: 'お誕生日おめでとう' },
      { kind: 'super-chats-deleted', superChats: ['70001'] },
    ]);
  });
});

describe('guards', () => {
  it('cost what the toast says, whatever twin comes in whatever order', () => {
    const trio = ['GUARD_BUY/captain', 'USER_TOAST_MSG/captain', 'USER_TOAST_MSG_V2/captain'] as const;
    const [a, b, c] = trio;
    for (const order of [
      [a, b, c],
      [a, c, b],
      [b, a, c],
      [b, c, a],
      [c, a, b],
      [c, b, a],
      [a, c],
      [b, a],
      [c],
      [b],
    ]) {
      const { reader, of, read } = openReader();
      read(...order);
      vi.advanceTimersByTime(60_000);
      reader.close();
      expect(of('guard')).toMatchObject([
        {
          id: '2605290000000000000000001',
          paidMilli: 138_000,
          worthMilli: 198_000,
          level: 3,
          isListPrice: false,
          isBonus: false,
          action: 'new',
        },
      ]);
    }
  });

  it('are booked at list price when no toast comes, after they were held', () => {
    const { of, read } = openReader(5000);
    read('GUARD_BUY/captain', 'GUARD_BUY/captain');
    expect(of('guard-held')).toMatchObject([{ listMilli: 198_000, level: 3, viewer: { uid: 500004 } }]);
    vi.advanceTimersByTime(4999);
    expect(of('guard')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(of('guard')).toMatchObject([
      { id: of('guard-held')[0]?.id, paidMilli: 198_000, isListPrice: true, isBonus: false },
    ]);
  });

  it('bought twice pair one to one', () => {
    const { of, read } = openReader();
    read(
      'GUARD_BUY/captain',
      'GUARD_BUY/captain-again',
      'USER_TOAST_MSG/captain',
      'USER_TOAST_MSG_V2/captain',
    );
    vi.advanceTimersByTime(60_000);
    expect(of('guard').map(({ paidMilli, isListPrice }) => [paidMilli, isListPrice])).toEqual([
      [138_000, false],
      [198_000, true],
    ]);
    read('USER_TOAST_MSG/captain-again');
    expect(of('guard')[2]).toMatchObject({ paidMilli: 158_000, action: 'auto-renew' });
  });

  it('of several months cost the total, free days nothing, a toast without price stands back', () => {
    expect(readFixtures('USER_TOAST_MSG/three-months', 'USER_TOAST_MSG/bonus-days')).toMatchObject([
      { count: 3, paidMilli: 514_000, worthMilli: 594_000, action: 'renew' },
      { count: 7, unit: '天', paidMilli: 0, isBonus: true },
    ]);
    const { of, read } = openReader();
    read('GUARD_BUY/captain', 'USER_TOAST_MSG/without-price');
    vi.advanceTimersByTime(60_000);
    expect(of('guard')).toMatchObject([{ isListPrice: true }]);
    const free = openReader();
    free.read('GUARD_BUY/captain', 'USER_TOAST_MSG/bonus-days');
    vi.advanceTimersByTime(60_000);
    expect(free.of('guard')).toMatchObject([{ isBonus: true }, { isListPrice: true, paidMilli: 198_000 }]);
    expect(readFixtures('USER_TOAST_MSG_V2/governor-alone')).toMatchObject([
      { level: 1, paidMilli: 16_998_000 },
    ]);
  });
});
