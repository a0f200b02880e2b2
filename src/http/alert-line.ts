import type { AlertDocument } from '#src/alerts/document.ts';
import { unreachable } from '#src/lib/errors.ts';
import { plainText } from '#src/lib/escape.ts';

const CHARS_MAX = 200;
/** Outside text inside a sentence of ours: one line, nothing unseen that would turn the sentence around. */
const plain = (outside: string) => plainText(outside, CHARS_MAX);

/** Room and one plain line of what an alert says; the page shows it as text. */
export function alertLine(document: AlertDocument): {
  room: string;
  line: string;
  paidMilli: number | null;
  atMs: number;
} {
  switch (document.type) {
    case 'stream': {
      const { room, startedMs, endedMs, totals } = document;
      const line = endedMs === null ? `is live: ${plain(room.title)}` : `has ended: ${plain(room.title)}`;
      return { room: room.name, line, paidMilli: totals?.revenueMilli ?? null, atMs: endedMs ?? startedMs };
    }
    case 'gift': {
      const { room, viewerName, giftName, count, paidMilli, atMs } = document;
      return {
        room: room.name,
        line: `${plain(viewerName)} gave ${plain(giftName)} × ${count}`,
        paidMilli,
        atMs,
      };
    }
    case 'super-chat':
      return {
        room: document.room.name,
        line: `${plain(document.viewerName)}: ${plain(document.text)}`,
        paidMilli: document.paidMilli,
        atMs: document.atMs,
      };
    case 'guard': {
      const { room, viewerName, level, count, unit, paidMilli, atMs } = document;
      return {
        room: room.name,
        line: `${plain(viewerName)} became ${GUARD_NAMES[level]} for ${count} ${unit}`,
        paidMilli,
        atMs,
      };
    }
    case 'warning':
      return { room: document.room.name, line: document.message, paidMilli: null, atMs: document.atMs };
    case 'fold': {
      const { rooms, gifts, superChats, guards, starts, warnings, paidMilli, toMs } = document;
      const counts = { starts, gifts, 'super chats': superChats, guards, warnings };
      const parts = Object.entries(counts).filter(([, count]) => count > 0);
      return {
        room: rooms.join(', '),
        line: parts.map(([name, count]) => `+${count} ${name}`).join(', '),
        paidMilli,
        atMs: toMs,
      };
    }
    case 'report':
      return {
        room: document.room.name,
        line: `report of the ${document.every}`,
        paidMilli: document.totals.revenueMilli,
        atMs: document.toMs,
      };
    default:
      return unreachable(document);
  }
}

const GUARD_NAMES = { 1: 'governor (总督)', 2: 'admiral (提督)', 3: 'captain (舰长)' } as const;
