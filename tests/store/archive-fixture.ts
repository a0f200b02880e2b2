/** Invented rooms, people and events for the archive's tests, and its writer on a real file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import {
  asRoomId,
  type Danmaku,
  type Gift,
  type Guard,
  type GuardHeld,
  type LiveEnded,
  type LiveEvent,
  type LiveStarted,
  type Observed,
  type RoomPolled,
  type SuperChat,
  type Viewer,
} from '#src/events.ts';
import type { WatchRow } from '#src/shapes.ts';
import { RULES } from '#src/store/archive/alerts.ts';
import { openDatabase } from '#src/store/archive/migrate.ts';
import { openWriter, type Writer, type WriterOptions } from '#src/store/archive/writer.ts';

export const ROOM = asRoomId(7001);
/** A whole minute. */
export const T0 = 1_780_000_020_000;
export const SECOND = 1_000;
export const MINUTE = 60_000;
export const END_DELAY_MS = 60_000;
const RESUME_MS = 120_000;
export const GUARD_HOLD_MS = 4_000;

/** A new folder that is gone after the test. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'livelark-archive-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function optionsFor(file: string): WriterOptions {
  return {
    file,
    pageChannel: false,
    giftMinMilli: 100_000,
    endDelayMs: END_DELAY_MS,
    resumeMs: RESUME_MS,
    guardHoldMs: GUARD_HOLD_MS,
  };
}

export interface Opened {
  readonly file: string;
  readonly writer: Writer;
  rows<T = Record<string, unknown>>(sql: string): T[];
  /** A disk with room for so many pages. */
  limitPages(pagesMax: number): void;
  /** Closes it and opens the file again, as a restart does. */
  reopen(): Opened;
}

/** A writer in this thread on a real file, ticked once at T0. */
export function openArchiveFile(options: Partial<WriterOptions> = {}): Opened {
  const file = options.file ?? join(newFolder(), 'test.db');
  const db = openDatabase(file);
  const writer = openWriter({ ...optionsFor(file), ...options }, RULES, db);
  let isOpen = true;
  const close = () => {
    if (isOpen && db.open) writer.close();
    isOpen = false;
  };
  onTestFinished(close);
  return {
    file,
    writer,
    rows<T>(sql: string) {
      const db = new Database(file, { readonly: true });
      try {
        return db.prepare<[], T>(sql).all();
      } finally {
        db.close();
      }
    },
    limitPages: (pagesMax) => void db.pragma(`max_page_count = ${pagesMax}`),
    reopen() {
      close();
      return openArchiveFile({ ...options, file });
    },
  };
}

export function viewer(uid: number, name = `viewer ${uid}`): Viewer {
  return { key: `u:${uid}`, uid, name };
}

export const MASKED: Viewer = { key: null, uid: null, name: '桃***' };

type Part<E extends LiveEvent> = Partial<Omit<E, 'kind'>>;

let nextId = 1;
const base = () => ({ id: `e${nextId++}`, room: ROOM, atMs: T0 });

export function danmaku(part: Part<Danmaku> = {}): Danmaku {
  return {
    kind: 'danmaku',
    ...base(),
    viewer: viewer(11),
    text: '你好',
    medal: { name: '灯牌', level: 7 },
    guardLevel: 0,
    userLevel: 12,
    isAdmin: false,
    emoticonUrl: null,
    ...part,
  };
}

export function gift(part: Part<Gift> = {}): Gift {
  return {
    kind: 'gift',
    ...base(),
    viewer: viewer(11),
    giftId: 31036,
    name: '小花花',
    count: 1,
    paidMilli: 100,
    worthMilli: 100,
    comboId: null,
    coin: 'gold',
    fromBag: false,
    blindBox: null,
    receiver: null,
    ...part,
  };
}

export function superChat(part: Part<SuperChat> = {}): SuperChat {
  return {
    kind: 'super-chat',
    ...base(),
    viewer: viewer(12),
    text: '加油',
    translation: null,
    paidMilli: 30_000,
    endMs: T0 + MINUTE,
    ...part,
  };
}

export function guard(part: Part<Guard> = {}): Guard {
  return {
    kind: 'guard',
    ...base(),
    viewer: viewer(13),
    level: 3,
    count: 1,
    unit: '月',
    paidMilli: 138_000,
    worthMilli: 198_000,
    isListPrice: false,
    isBonus: false,
    action: 'new',
    ...part,
  };
}

export function guardHeld(part: Part<GuardHeld> = {}): GuardHeld {
  return {
    kind: 'guard-held',
    ...base(),
    viewer: viewer(13),
    level: 3,
    count: 1,
    listMilli: 198_000,
    ...part,
  };
}

/** What the collector publishes when no toast came for `held`. */
export function listPriceOf(held: GuardHeld): Guard {
  const { id, room, atMs, viewer: who, level, count, listMilli } = held;
  const price = {
    paidMilli: listMilli,
    worthMilli: listMilli,
    isListPrice: true,
    action: 'unknown',
  } as const;
  return guard({ id, room, atMs, viewer: who, level, count, ...price });
}

export function liveStarted(part: Part<LiveStarted> = {}): LiveStarted {
  return { kind: 'live-started', ...base(), liveKey: null, startSecond: null, ...part };
}

export function liveEnded(part: Part<LiveEnded> = {}): LiveEnded {
  return { kind: 'live-ended', ...base(), replay: false, ...part };
}

export function observed(up: boolean, part: Part<Observed> = {}): Observed {
  return { kind: 'observed', ...base(), up, reason: up ? null : 'disconnected', ...part };
}

export function polled(part: Part<RoomPolled> = {}): RoomPolled {
  return {
    kind: 'room-polled',
    ...base(),
    liveStatus: 'offline',
    startSecond: null,
    liveKey: null,
    shortId: null,
    uid: 900,
    name: '山雀',
    title: '歌枠',
    area: '虚拟主播',
    coverUrl: null,
    ...part,
  };
}

export function watch(part: Partial<WatchRow> = {}): Omit<WatchRow, 'id' | 'paused'> & { createdBy: string } {
  const { guildId = 'g1', channelId = 'c1', room = ROOM, giftMinMilli = 100_000, roleId = null } = part;
  return { guildId, channelId, room, giftMinMilli, roleId, createdBy: 'somebody' };
}
