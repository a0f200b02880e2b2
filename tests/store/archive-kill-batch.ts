/** What the killed process commits, computable again by the test. */
import { asRoomId, type LiveEvent } from '#src/events.ts';
import type { WriterOptions } from '#src/store/archive/writer.ts';

const ROOM = asRoomId(7001);
const T0 = 1_780_000_020_000;
/** Danmaku of a batch; as many gifts. */
export const KILL_BATCH = 50;

export function killOptions(file: string): WriterOptions {
  const delays = { endDelayMs: 60_000, resumeMs: 120_000, guardHoldMs: 4_000 };
  return { file, pageChannel: true, giftMinMilli: 1_000, ...delays };
}

export function killBatch(index: number): LiveEvent[] {
  const start: LiveEvent[] = [
    { kind: 'observed', id: 'up', room: ROOM, atMs: T0, up: true, reason: null },
    { kind: 'live-started', id: 'live', room: ROOM, atMs: T0, liveKey: 'a', startSecond: null },
  ];
  const rows = Array.from({ length: KILL_BATCH }, (_, at): LiveEvent[] => {
    const base = { id: `${index}-${at}`, room: ROOM, atMs: T0 + index * 1_000 + at };
    const viewer = { key: `u:${at + 1}`, uid: at + 1, name: `v${at}` } as const;
    const paid = { count: 2, paidMilli: 200, worthMilli: 200, comboId: `combo-${at}` };
    const gift = {
      giftId: 1,
      name: 'x',
      coin: 'gold',
      fromBag: false,
      blindBox: null,
      receiver: null,
    } as const;
    const said = { text: 'hi', medal: null, guardLevel: 0, userLevel: 1, isAdmin: false } as const;
    return [
      { kind: 'danmaku', ...base, viewer, ...said, emoticonUrl: null },
      { kind: 'gift', ...base, viewer, ...gift, ...paid },
    ];
  });
  return [...(index === 0 ? start : []), ...rows.flat()];
}
