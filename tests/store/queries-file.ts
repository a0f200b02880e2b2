/** A database file with rows of its own making, for the tests of the queries. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { pino } from 'pino';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { openQueries, type QueriesOptions } from '#src/store/queries.ts';

export interface DanmakuSeed {
  readonly atMs: number;
  readonly viewer: number;
  readonly text?: string;
  readonly name?: string | null;
  readonly flags?: number;
  readonly room?: number;
}

export interface PaymentSeed {
  readonly atMs: number;
  readonly viewer: number;
  readonly kind?: 'gift' | 'super-chat' | 'guard';
  readonly count?: number;
  readonly paidMilli: number;
  readonly flags?: number;
  readonly text?: string | null;
  readonly room?: number;
}

/** The room that the seeds are of when they name none. */
export const SEEDED_ROOM = 777;

/** Opens a migrated file in a fresh folder; rows go in by plain SQL. */
export async function openFile() {
  const folder = await mkdtemp(join(tmpdir(), 'livelark-queries-'));
  const file = join(folder, 'test.db');
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  migrate(drizzle(db), { migrationsFolder: new URL('../../drizzle', import.meta.url).pathname });
  let serial = 0;

  const insert = (table: string, row: Readonly<Record<string, number | string | null>>) => {
    const columns = Object.keys(row);
    const marks = columns.map(() => '?').join(', ');
    const sql = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${marks})`;
    return Number(db.prepare(sql).run(...Object.values(row)).lastInsertRowid);
  };
  const addRoom = (firstSeenMs: number, changes: Record<string, number | string | null> = {}) =>
    insert('rooms', { room: SEEDED_ROOM, name: '云雀', first_seen_ms: firstSeenMs, ...changes });
  const addViewer = (viewer: number, name: string) =>
    insert('viewers', {
      viewer,
      name,
      key: viewer > 0 ? `u:${viewer}` : `o:open${-viewer}`,
      seen_ms: 1,
    });

  const addMinute = (room: number, atMs: number, sums: Readonly<Record<string, number>>) => {
    const minute = Math.floor(atMs / 60_000);
    const columns = Object.keys(sums);
    const added = columns.map((column) => `${column} = ${column} + excluded.${column}`).join(', ');
    db.prepare(
      `INSERT INTO minutes (room, minute, ${columns.join(', ')}) VALUES (?, ?, ${columns.map(() => '?').join(', ')})
       ON CONFLICT (room, minute) DO UPDATE SET ${added}`,
    ).run(room, minute, ...Object.values(sums));
  };
  const addDanmaku = (seed: DanmakuSeed) => {
    serial += 1;
    const { atMs, viewer, text = `弹幕 ${serial}`, name = null, flags = 0, room = SEEDED_ROOM } = seed;
    const row = { room, at_ms: atMs, viewer, hash: serial, event_id: `d${serial}`, text, name, flags };
    insert('danmaku', row);
    addMinute(room, atMs, { danmaku: 1, masked_danmaku: viewer === 0 ? 1 : 0 });
    return `d${serial}`;
  };
  const addPayment = (seed: PaymentSeed) => {
    serial += 1;
    const { atMs, viewer, kind = 'gift', count = 1, paidMilli, room = SEEDED_ROOM } = seed;
    const { flags = 0, text = null } = seed;
    insert('payments', {
      ...{ room, kind, event_id: `p${serial}`, at_ms: atMs, viewer, gift_id: 31036, gift_name: '小花花' },
      ...{ count, paid_milli: paidMilli, worth_milli: paidMilli, flags, text },
    });
    const column = { gift: 'gift', 'super-chat': 'super_chat', guard: 'guard' }[kind];
    if ((flags & 2) === 0)
      addMinute(room, atMs, {
        [`${column}s`]: kind === 'gift' ? count : 1,
        [`${column}_milli`]: paidMilli,
        masked_milli: viewer === 0 ? paidMilli : 0,
      });
    return `p${serial}`;
  };
  const open = (nowMs: number, changes: Partial<QueriesOptions> = {}) =>
    openQueries({
      file,
      hotStore: openMemoryHotStore({ now: () => nowMs, journalEventsMax: 10 }),
      now: () => nowMs,
      threads: 1,
      log: pino({ level: 'silent' }),
      ...changes,
    });
  const close = async () => {
    db.close();
    await rm(folder, { recursive: true });
  };
  return { file, folder, db, insert, addRoom, addViewer, addDanmaku, addPayment, open, close };
}

export type SeededFile = Awaited<ReturnType<typeof openFile>>;
