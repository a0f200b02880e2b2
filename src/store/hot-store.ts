import type { Danmaku, LiveEvent, Payment, RoomId } from '#src/events.ts';

/** A position in the journal, opaque; later positions are greater by the store's own order. */
export type Cursor = string;

export interface JournalEntry {
  readonly cursor: Cursor;
  readonly events: readonly LiveEvent[];
}

/**
 * What is true of a room now. Rates are of the last 60 s, `activeChatters` distinct viewers of the last 10 s
 * (a masked person is none), both by the time of arrival: a server clock that is far off does not break them.
 * A gauge is null before the first one came and when it is of a broadcast that is over.
 */
export interface RoomSnapshot {
  readonly watched: number | null;
  readonly online: number | null;
  readonly likes: number | null;
  readonly danmakuPerMinute: number;
  readonly milliPerMinute: number;
  readonly activeChatters: number;
  /** When the last event of the room arrived, by our clock. */
  readonly lastEventMs: number;
}

/**
 * What is true now, and the journal on its way to the archive. Implementations: memory, Redis.
 * `append` resolves when the events are in the journal. An event whose id the store saw recently (same room
 * and kind) moves no counter and is not listed twice, but may stand in the journal again: the archive dedupes.
 */
export interface HotStore {
  append(events: readonly LiveEvent[]): Promise<void>;
  /**
   * Whole entries after `after` (null, or a cursor of an earlier life that this store does not know: from the
   * oldest), until they hold `limit` events; at least one entry when there is one.
   */
  readJournal(after: Cursor | null, limit: number): Promise<JournalEntry[]>;
  /** Forgets the entries up to and including `upTo`; a cursor that this store does not know forgets nothing. */
  trimJournal(upTo: Cursor): Promise<void>;
  /** The last ones of a room, newest first, each once; at most 1000 are kept. */
  recentDanmaku(room: RoomId, limit: number): Promise<Danmaku[]>;
  recentPayments(room: RoomId, limit: number): Promise<Payment[]>;
  snapshot(room: RoomId): Promise<RoomSnapshot | null>;
  /** Events in the journal that are not trimmed yet, and how many were dropped because it was full. */
  journalDepth(): Promise<{ events: number; dropped: number }>;
  close(): Promise<void>;
}
