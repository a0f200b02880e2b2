import { describe, expect, test } from 'vitest';
import type { LiveEvent } from '#src/events.ts';
import {
  GUARD_HOLD_MS,
  guard,
  guardHeld,
  listPriceOf,
  liveStarted,
  MINUTE,
  type Opened,
  openArchiveFile,
  SECOND,
  T0,
  watch,
} from './archive-fixture.ts';

/** Each event in a batch of its own, after a LIVE. */
function opened(events: readonly LiveEvent[]): Opened {
  const archive = openArchiveFile();
  archive.writer.setWatch(watch());
  archive.writer.commit([liveStarted({ liveKey: 'a' })], null);
  for (const event of events) archive.writer.commit([event], null);
  return archive;
}

/** Guards and money as minutes, broadcast and viewers have them: all the same, or the counters lie. */
function booked(archive: Opened): { guards: number; milli: number } {
  const all = [
    'SELECT count(*) AS guards, ifnull(sum(paid_milli), 0) AS milli FROM payments WHERE flags & 2 = 0',
    'SELECT ifnull(sum(guards), 0) AS guards, ifnull(sum(guard_milli), 0) AS milli FROM minutes',
    'SELECT guards, guard_milli AS milli FROM sessions',
  ].map((sql) => archive.rows<{ guards: number; milli: number }>(sql)[0]);
  const [first] = all;
  if (first === undefined) throw new Error('no rows');
  expect(all).toEqual([first, first, first]);
  const named = 'SELECT ifnull(sum(paid_milli), 0) AS paid FROM payments WHERE viewer <> 0 AND flags & 2 = 0';
  expect(archive.rows('SELECT ifnull(sum(paid_milli), 0) AS paid FROM session_viewers')).toEqual(
    archive.rows(named),
  );
  return first;
}

const held = guardHeld({ id: 'buy-1', atMs: T0 + MINUTE });
const toast = guard({ id: 'flow-1', atMs: T0 + MINUTE + SECOND });
const listed = listPriceOf(held);

describe('one purchase in up to three messages', () => {
  test.each([
    ['GUARD_BUY, toast', [held, toast], 138_000],
    ['toast, GUARD_BUY', [toast, held], 138_000],
    ['GUARD_BUY, toast, list price of the same', [held, toast, listed], 138_000],
    ['GUARD_BUY, list price, toast late', [held, listed, toast], 138_000],
    ['list price twice', [held, listed, listed, held], 198_000],
    ['toast twice', [held, toast, toast, held], 138_000],
    ['toast alone', [toast], 138_000],
  ])('%s', (_, events, milli) => {
    const archive = opened(events);
    archive.writer.tick(T0 + 10 * MINUTE);
    expect(booked(archive)).toEqual({ guards: 1, milli });
    expect(archive.rows('SELECT * FROM held_guards')).toEqual([]);
    const messages = archive.writer.openOutbox(10).filter(({ document }) => document.type === 'guard');
    expect(messages.map(({ document }) => document)).toMatchObject([{ paidMilli: milli }]);
  });

  test('two purchases pair one to one', () => {
    const secondHeld = guardHeld({ id: 'buy-2', atMs: T0 + MINUTE + 2 * SECOND });
    const secondToast = guard({ id: 'flow-2', atMs: T0 + MINUTE + 3 * SECOND });
    const mixed = [held, secondHeld, secondToast, toast, listed, listPriceOf(secondHeld)];
    expect(booked(opened(mixed))).toEqual({ guards: 2, milli: 276_000 });
    // One toast never came: that purchase is booked at list price.
    expect(booked(opened([held, toast, secondHeld, listPriceOf(secondHeld)]))).toEqual({
      guards: 2,
      milli: 336_000,
    });
  });

  test('a message that hides the person pairs with one that does not, when the name fits', () => {
    const masked = { key: null, uid: null, name: 'v***' } as const;
    const maskedHeld = { ...held, viewer: masked };
    const archive = opened([maskedHeld, toast]);
    archive.writer.tick(T0 + 10 * MINUTE);
    expect(booked(archive)).toEqual({ guards: 1, milli: 138_000 });
    expect(booked(opened([listPriceOf(maskedHeld), toast]))).toEqual({ guards: 1, milli: 138_000 });
    expect(booked(opened([toast, listPriceOf(maskedHeld)]))).toEqual({ guards: 1, milli: 138_000 });
    const together = openArchiveFile();
    together.writer.commit([liveStarted({ liveKey: 'a' }), toast, maskedHeld, listPriceOf(maskedHeld)], null);
    expect(booked(together)).toEqual({ guards: 1, milli: 138_000 });
    const another = { ...held, viewer: { ...masked, name: '桃***' } };
    expect(booked(opened([toast, listPriceOf(another)])).guards).toBe(2);
  });

  test('another level or person, or half a minute apart, is another purchase', () => {
    const admiral = guard({ id: 'flow-2', atMs: T0 + MINUTE, level: 2, paidMilli: 1_998_000 });
    expect(booked(opened([listed, admiral])).guards).toBe(2);
    const early = guard({ id: 'flow-2', atMs: T0 + MINUTE - 30 * SECOND });
    expect(booked(opened([early, listed])).guards).toBe(2);
  });

  test('bonus days are a row, no purchase, no money, no message, and pair with nothing', () => {
    const bonus = guard({ id: 'flow-2', atMs: T0 + MINUTE, isBonus: true, unit: '天' });
    const archive = opened([bonus, held, toast, bonus]);
    expect(booked(archive)).toEqual({ guards: 1, milli: 138_000 });
    expect(archive.rows('SELECT paid_milli, flags FROM payments ORDER BY id')).toEqual([
      { paid_milli: 0, flags: 2 },
      { paid_milli: 138_000, flags: 0 },
    ]);
  });

  test('what a crash left held is booked at list price after the hold and a margin', () => {
    let archive = opened([held]);
    archive = archive.reopen();
    archive.writer.tick(held.atMs + GUARD_HOLD_MS);
    expect(booked(archive).guards).toBe(0);
    archive.writer.tick(held.atMs + GUARD_HOLD_MS + 5 * SECOND);
    archive.writer.tick(held.atMs + GUARD_HOLD_MS + 6 * SECOND);
    expect(booked(archive)).toEqual({ guards: 1, milli: 198_000 });
    expect(archive.rows('SELECT event_id, flags FROM payments')).toEqual([{ event_id: 'buy-1', flags: 1 }]);
    archive.writer.commit([listed], null);
    expect(booked(archive).guards).toBe(1);
  });
});
