import { describe, expect, it } from 'vitest';
import type { AlertDocument } from '#src/alerts/document.ts';
import { foldDocuments } from '#src/alerts/fold.ts';
import { giftIntent, guardIntent, streamIntent, superChatIntent } from '#src/alerts/rules.ts';
import { AT_MS, face, gift, guard, superChat, watch } from './samples.ts';

const giftOf = (count: number, paidMilli: number, atMs: number, name = face.name): AlertDocument => {
  const made = giftIntent(
    watch,
    { ...face, name },
    { ...gift, atMs },
    { count, paidMilli, worthMilli: paidMilli },
  );
  if (made === null) throw new Error('below the threshold');
  return made.document;
};

const mixed = [
  giftOf(30, 400_000, AT_MS + 50),
  giftOf(7, 112_000, AT_MS + 10, '阿汀'),
  superChatIntent(watch, face, superChat, false).document,
  guardIntent(watch, face, guard)?.document,
  streamIntent(watch, face, {
    ...{ card: '1', startedMs: AT_MS - 100, endedMs: AT_MS + 900, peakOnline: 1, totals: null },
    resumed: false,
  }).document,
].filter((document) => document !== undefined);

describe('foldDocuments', () => {
  it('adds up items and money, names each room once and spans the times', () => {
    expect(foldDocuments(mixed, 'burst')).toEqual({
      ...{ type: 'fold', reason: 'burst', rooms: ['云雀', '阿汀'] },
      ...{ starts: 1, gifts: 37, superChats: 1, guards: 1, warnings: 0, paidMilli: 710_000 },
      ...{ fromMs: AT_MS - 100, toMs: AT_MS + 900 },
    });
  });

  it('gives the same sums in one step as in several', () => {
    const some = foldDocuments(mixed.slice(0, 2), 'late');
    expect(foldDocuments([some, ...mixed.slice(2)], 'late')).toEqual(foldDocuments(mixed, 'late'));
  });

  it('keeps few names of many rooms, and refuses to speak for nothing', () => {
    const many = Array.from({ length: 500 }, (_, index) => giftOf(1, 100_000, AT_MS, `room ${index}`));
    const fold = foldDocuments(many, 'burst');
    expect(fold.rooms.length).toBe(20);
    expect(fold).toMatchObject({ gifts: 500, paidMilli: 50_000_000 });
    expect(() => foldDocuments([], 'late')).toThrow(RangeError);
  });
});
