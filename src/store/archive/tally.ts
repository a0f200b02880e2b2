/** Counters of one transaction, written once per minute, broadcast and viewer. */
import { LRUCache } from 'lru-cache';
import type { Interaction, Likes, Online, RoomId, Watched } from '#src/events.ts';
import { addDanmaku, addPayment, type CountedPayment, emptySums, type Sums } from '#src/stats/sums.ts';
import type { Db } from './migrate.ts';

const GAUGES_MAX = 30_000;

interface MinuteSums extends Sums {
  watched: number | null;
  online: number | null;
  likes: number | null;
  enters: number;
  follows: number;
  shares: number;
}

interface SessionSums extends Sums {
  peakOnline: number;
  peakWatched: number;
  readonly viewers: Map<number, { danmaku: number; gifts: number; paidMilli: number }>;
}

/** Stands for "no gauge came", below every real one. */
const NO_PEAK = -1;

export interface Tally {
  danmaku(room: RoomId, atMs: number, viewer: number): void;
  /** `sign` -1 takes back what was counted. */
  payment(
    room: RoomId,
    atMs: number,
    viewer: number,
    payment: Omit<CountedPayment, 'masked'>,
    sign: 1 | -1,
  ): void;
  interaction(event: Interaction): void;
  gauge(event: Watched | Online | Likes): void;
  flush(): void;
  clear(): void;
}

const COUNTED = [
  ['danmaku', 'danmaku'],
  ['masked_danmaku', 'maskedDanmaku'],
  ['gifts', 'gifts'],
  ['gift_milli', 'giftMilli'],
  ['super_chats', 'superChats'],
  ['super_chat_milli', 'superChatMilli'],
  ['guards', 'guards'],
  ['guard_milli', 'guardMilli'],
  ['masked_milli', 'maskedMilli'],
] as const satisfies readonly (readonly [string, keyof Sums])[];

const COLUMNS = COUNTED.map(([column]) => column);

function values(sums: Sums): number[] {
  return COUNTED.map(([, name]) => sums[name]);
}

function prepareWrites(db: Db) {
  const added = (column: string) => `${column} = ${column} + excluded.${column}`;
  const latest = (column: string) => `${column} = ifnull(excluded.${column}, ${column})`;
  const peak = (column: string) => `${column} = nullif(max(ifnull(${column}, -1), ?), -1)`;
  return {
    minute: db.prepare<(number | null)[]>(
      `INSERT INTO minutes (room, minute, ${COLUMNS.join(', ')}, enters, follows, shares, watched, online, likes)
       VALUES (${Array(COLUMNS.length + 8)
         .fill('?')
         .join(', ')}) ON CONFLICT (room, minute) DO UPDATE SET
       ${[...COLUMNS, 'enters', 'follows', 'shares'].map(added).join(', ')},
       ${['watched', 'online', 'likes'].map(latest).join(', ')}`,
    ),
    session: db.prepare<number[]>(
      `UPDATE sessions SET ${COLUMNS.map((column) => `${column} = ${column} + ?`).join(', ')},
       ${peak('peak_online')}, ${peak('peak_watched')} WHERE session = ?`,
    ),
    viewer: db.prepare<[number, number, number, number, number]>(
      `INSERT INTO session_viewers (session, viewer, danmaku, gifts, paid_milli) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (session, viewer) DO UPDATE SET danmaku = danmaku + excluded.danmaku,
         gifts = gifts + excluded.gifts, paid_milli = paid_milli + excluded.paid_milli`,
    ),
  };
}

/** The sums of one transaction by minute, broadcast and viewer. */
function openSums(db: Db, locate: (room: RoomId, atMs: number) => number | null) {
  const writes = prepareWrites(db);
  const minutes = new Map<number, Map<number, MinuteSums>>();
  const sessions = new Map<number, SessionSums>();

  function clear(): void {
    minutes.clear();
    sessions.clear();
  }

  return {
    minute(room: RoomId, atMs: number): MinuteSums {
      const minute = Math.floor(atMs / 60_000);
      const ofRoom = minutes.get(room) ?? new Map<number, MinuteSums>();
      minutes.set(room, ofRoom);
      let sums = ofRoom.get(minute);
      if (sums === undefined) {
        const gauges = { watched: null, online: null, likes: null };
        sums = { ...emptySums(), ...gauges, enters: 0, follows: 0, shares: 0 };
        ofRoom.set(minute, sums);
      }
      return sums;
    },
    session(room: RoomId, atMs: number): SessionSums | null {
      const session = locate(room, atMs);
      if (session === null) return null;
      let sums = sessions.get(session);
      if (sums === undefined) {
        sums = { ...emptySums(), peakOnline: NO_PEAK, peakWatched: NO_PEAK, viewers: new Map() };
        sessions.set(session, sums);
      }
      return sums;
    },
    clear,
    flush(): void {
      for (const [room, ofRoom] of minutes) {
        for (const [minute, sums] of ofRoom) {
          const { enters, follows, shares, watched, online, likes } = sums;
          writes.minute.run(room, minute, ...values(sums), enters, follows, shares, watched, online, likes);
        }
      }
      for (const [session, sums] of sessions) {
        writes.session.run(...values(sums), sums.peakOnline, sums.peakWatched, session);
        for (const [viewer, one] of sums.viewers) {
          writes.viewer.run(session, viewer, one.danmaku, one.gifts, one.paidMilli);
        }
      }
      clear();
    },
  };
}

function personOf(session: SessionSums, viewer: number) {
  let sums = session.viewers.get(viewer);
  if (sums === undefined) {
    sums = { danmaku: 0, gifts: 0, paidMilli: 0 };
    session.viewers.set(viewer, sums);
  }
  return sums;
}

/** `locate` says which broadcast a time belongs to, null when none. */
export function openTally(db: Db, locate: (room: RoomId, atMs: number) => number | null): Tally {
  const sums = openSums(db, locate);
  /** When the last gauge of a room and kind was read: an older one that comes later changes nothing. */
  const gaugeMs = new LRUCache<string, number>({ max: GAUGES_MAX });

  return {
    danmaku(room, atMs, viewer) {
      addDanmaku(sums.minute(room, atMs), viewer === 0);
      const session = sums.session(room, atMs);
      if (session === null) return;
      addDanmaku(session, viewer === 0);
      if (viewer !== 0) personOf(session, viewer).danmaku += 1;
    },
    payment(room, atMs, viewer, payment, sign) {
      const counted = { ...payment, masked: viewer === 0 };
      addPayment(sums.minute(room, atMs), counted, sign);
      const session = sums.session(room, atMs);
      if (session === null) return;
      addPayment(session, counted, sign);
      if (viewer === 0 || payment.isBonus) return;
      const person = personOf(session, viewer);
      if (payment.kind === 'gift') person.gifts += payment.count * sign;
      person.paidMilli += payment.paidMilli * sign;
    },
    interaction(event) {
      const minute = sums.minute(event.room, event.atMs);
      if (event.action === 'enter') minute.enters += 1;
      else if (event.action === 'follow') minute.follows += 1;
      else if (event.action === 'share') minute.shares += 1;
    },
    gauge({ kind, room, atMs, count }) {
      const key = `${kind}:${room}`;
      if ((gaugeMs.get(key) ?? 0) > atMs) return;
      gaugeMs.set(key, atMs);
      sums.minute(room, atMs)[kind] = count;
      if (kind === 'likes') return;
      const session = sums.session(room, atMs);
      if (session === null) return;
      if (kind === 'online') session.peakOnline = Math.max(session.peakOnline, count);
      else session.peakWatched = Math.max(session.peakWatched, count);
    },
    flush: sums.flush,
    clear() {
      sums.clear();
      gaugeMs.clear();
    },
  };
}
