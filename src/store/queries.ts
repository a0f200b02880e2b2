/** Every question about rooms: "now" from the hot store, "then" from the archive's reader threads. */
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
  top(room: RoomId, by: 'value' | 'danmaku', limit: number, range?: Range): Promise<TopRow[]>;
  /** Buckets at multiples of `stepMs`. Throws UserError beyond 2000 of them. */
  series(room: RoomId, range: Range, stepMs: number): Promise<Series>;
  danmaku(
    room: RoomId,
    query: PageQuery & { q?: string | undefined; uid?: number | undefined },
  ): Promise<Page<DanmakuRow>>;
  payments(
    room: RoomId,
    query: PageQuery & { kind?: PaymentRow['kind'] | undefined; minMilli?: number | undefined },
  ): Promise<Page<PaymentRow>>;
  sessions(room: RoomId, query: PageQuery): Promise<Page<SessionRow>>;
  /** The broadcast that is going on, else the last one. */
  lastSession(room: RoomId): Promise<SessionRow | null>;
  gaps(room: RoomId, range: Range): Promise<Gap[]>;
  alerts(limit: number): Promise<AlertRow[]>;
  outbox(): Promise<OutboxState>;
  /** Bytes of the database with its WAL. */
  storeBytes(): Promise<number>;
  close(): Promise<void>;
}

export interface QueriesOptions {
  readonly file: string;
  readonly hotStore: HotStore;
  readonly now: () => number;
  readonly threads: number;
  readonly log: Log;
}

/** Opens reader threads on an archive that `openArchive` has made. */
export async function openQueries(_options: QueriesOptions): Promise<Queries> {
  throw new Error('to be written by the owner of the queries');
}
