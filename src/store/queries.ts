/** Every question about rooms: "now" from the hot store, "then" from the archive's reader threads. */
import { stat } from 'node:fs/promises';
import type { AlertDocument } from '#src/alerts/document.ts';
import type { RoomId } from '#src/events.ts';
import type { Log } from '#src/lib/log.ts';
import type {
  DanmakuRow,
  Gap,
  Page,
  PaymentRow,
  Range,
  RoomRow,
  Series,
  SessionRow,
  TopRow,
  Totals,
} from '#src/shapes.ts';
import type { HotStore, RoomSnapshot } from '#src/store/hot-store.ts';
import {
  checkBuckets,
  readLimit,
  readPage,
  readRange,
  readText,
  writeCursor,
} from '#src/store/queries/bounds.ts';
import { ReaderPool } from '#src/store/queries/pool.ts';
import { danmakuOf, paymentOf, seriesOf } from '#src/store/queries/rows.ts';

export interface PageQuery {
  readonly limit: number;
  /** `next` of the page before. */
  readonly before?: string | undefined;
  readonly range?: Range | undefined;
}

export interface AlertRow {
  readonly id: number;
  readonly channelId: string;
  readonly document: AlertDocument;
  readonly delivered: boolean;
  /** A fold speaks for it: it has no message of its own. */
  readonly folded: boolean;
  readonly error: string | null;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface OutboxState {
  readonly open: number;
  /** Age of the oldest undelivered document. */
  readonly oldestMs: number | null;
  readonly failed: number;
}

export interface Queries {
  rooms(): Promise<RoomRow[]>;
  room(room: RoomId): Promise<RoomRow | null>;
  snapshot(room: RoomId): Promise<RoomSnapshot | null>;
  /** `range` left out: everything. */
  totals(room: RoomId, range?: Range): Promise<Totals>;
  /** At most 500. Who paid nothing is not ranked by value; who reached the sum first stands first. */
  top(room: RoomId, by: 'value' | 'danmaku', limit: number, range?: Range): Promise<TopRow[]>;
  /**
   * Buckets at multiples of `stepMs`; the first and the last hold only what lies in the range. Throws UserError
   * beyond 2000 of them.
   */
  series(room: RoomId, range: Range, stepMs: number): Promise<Series>;
  /** `q`: text that it holds, as it is written. Throws UserError for a `before` that is none, as every list does. */
  danmaku(
    room: RoomId,
    query: PageQuery & { q?: string | undefined; uid?: number | undefined },
  ): Promise<Page<DanmakuRow>>;
  payments(
    room: RoomId,
    query: PageQuery & { kind?: PaymentRow['kind'] | undefined; minMilli?: number | undefined },
  ): Promise<Page<PaymentRow>>;
  /** Broadcasts that overlap the range. */
  sessions(room: RoomId, query: PageQuery): Promise<Page<SessionRow>>;
  /** The broadcast that is going on, else the last one. */
  lastSession(room: RoomId): Promise<SessionRow | null>;
  /** Cut to the range; what was before the room was first seen is one gap `not-watched`. */
  gaps(room: RoomId, range: Range): Promise<Gap[]>;
  alerts(limit: number): Promise<AlertRow[]>;
  outbox(): Promise<OutboxState>;
  /** Bytes of the database with its WAL. */
  storeBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface QueriesOptions {
  /** Path of the SQLite file. */
  readonly file: string;
  readonly hotStore: Pick<HotStore, 'snapshot'>;
  readonly now: () => number;
  /** Reader threads: as many questions are answered at once. */
  readonly threads: number;
  readonly log: Log;
  /** Questions that may wait for a thread (200); UserError beyond. */
  readonly waitingMax?: number;
  /** From asking to the answer (10 000); UserError beyond. */
  readonly timeoutMs?: number;
}

class ArchiveQueries implements Queries {
  readonly #options: QueriesOptions;
  readonly #pool: ReaderPool;

  constructor(options: QueriesOptions, pool: ReaderPool) {
    this.#options = options;
    this.#pool = pool;
  }

  rooms(): Promise<RoomRow[]> {
    return this.#pool.run('rooms');
  }

  room(room: RoomId): Promise<RoomRow | null> {
    return this.#pool.run('room', room);
  }

  snapshot(room: RoomId): Promise<RoomSnapshot | null> {
    return this.#options.hotStore.snapshot(room);
  }

  async totals(room: RoomId, range?: Range): Promise<Totals> {
    return this.#pool.run('totals', room, range === undefined ? null : readRange(range), this.#options.now());
  }

  async top(room: RoomId, by: 'value' | 'danmaku', limit: number, range?: Range): Promise<TopRow[]> {
    return this.#pool.run('top', room, by, readLimit(limit), range === undefined ? null : readRange(range));
  }

  async series(room: RoomId, range: Range, stepMs: number): Promise<Series> {
    const asked = readRange(range);
    checkBuckets(asked, stepMs);
    return seriesOf(await this.#pool.run('series', room, asked, stepMs, this.#options.now()), stepMs);
  }

  async danmaku(
    room: RoomId,
    query: PageQuery & { q?: string | undefined; uid?: number | undefined },
  ): Promise<Page<DanmakuRow>> {
    // What is not positive stands for people without a uid.
    if (query.uid !== undefined && query.uid <= 0) return { items: [], next: null };
    const page = await this.#pool.run('danmaku', room, readPage(query), readText(query.q), query.uid ?? null);
    return { items: page.rows.map(danmakuOf), next: writeCursor(page.next) };
  }

  async payments(
    room: RoomId,
    query: PageQuery & { kind?: PaymentRow['kind'] | undefined; minMilli?: number | undefined },
  ): Promise<Page<PaymentRow>> {
    const { kind = null, minMilli = null } = query;
    const page = await this.#pool.run('payments', room, readPage(query), kind, minMilli);
    return { items: page.rows.map(paymentOf), next: writeCursor(page.next) };
  }

  async sessions(room: RoomId, query: PageQuery): Promise<Page<SessionRow>> {
    const page = await this.#pool.run('sessions', room, readPage(query), this.#options.now());
    return { items: page.rows, next: writeCursor(page.next) };
  }

  lastSession(room: RoomId): Promise<SessionRow | null> {
    return this.#pool.run('lastSession', room, this.#options.now());
  }

  async gaps(room: RoomId, range: Range): Promise<Gap[]> {
    return this.#pool.run('gaps', room, readRange(range), this.#options.now());
  }

  async alerts(limit: number): Promise<AlertRow[]> {
    return this.#pool.run('alerts', readLimit(limit));
  }

  outbox(): Promise<OutboxState> {
    return this.#pool.run('outbox', this.#options.now());
  }

  async storeBytes(): Promise<number> {
    const { file } = this.#options;
    const sizes = await Promise.all([file, `${file}-wal`].map((path) => sizeOf(path)));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** 0 for a file that is not there: the WAL comes and goes. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size ?? 0;
}

/** Opens reader threads on an archive that `openArchive` has made. Throws StartError when the file cannot be read. */
export async function openQueries(options: QueriesOptions): Promise<Queries> {
  const pool = new ReaderPool(options);
  await pool.open();
  return new ArchiveQueries(options, pool);
}
