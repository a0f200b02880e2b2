/** The hot store of one process: what is true now, and the journal, in memory. A kill loses what is not committed yet. */
import { randomUUID } from 'node:crypto';
import type { Danmaku, LiveEvent, Payment, RoomId } from '#src/events.ts';
import type { Cursor, HotStore, JournalEntry } from '#src/store/hot-store.ts';
import { RoomNow } from '#src/store/memory-room.ts';

interface MemoryHotStoreOptions {
  readonly now: () => number;
  /** Beyond it the oldest events are dropped and counted. */
  readonly journalEventsMax: number;
  /** Rooms that are remembered; beyond it the one that was silent for longest is forgotten. */
  readonly roomsMax?: number;
}

const ROOMS_MAX = 10_000;

/** Entries numbered without holes; their cursor is `LIFE:NUMBER`, so that one of an earlier life is told apart. */
class Journal {
  readonly #life = randomUUID();
  readonly #eventsMax: number;
  #entries: (readonly LiveEvent[])[] = [];
  /** Number of the first entry that is kept. */
  #first = 1;
  events = 0;
  dropped = 0;

  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax;
  }

  append(events: readonly LiveEvent[]): void {
    this.#entries.push(events);
    this.events += events.length;
    const surplus = this.events - this.#eventsMax;
    if (surplus > 0) this.#dropOldest(surplus);
  }

  #dropOldest(count: number): void {
    let left = count;
    let whole = 0;
    for (const entry of this.#entries) {
      if (entry.length > left) break;
      left -= entry.length;
      whole += 1;
    }
    this.#forget(whole);
    const oldest = this.#entries[0];
    if (left > 0 && oldest !== undefined) {
      this.#entries[0] = oldest.slice(left);
      this.events -= left;
    }
    this.dropped += count;
  }

  #forget(entries: number): void {
    for (const entry of this.#entries.splice(0, entries)) this.events -= entry.length;
    this.#first += entries;
  }

  /** How many of the kept entries lie up to and including the cursor; 0 for one of another life. */
  #upTo(cursor: Cursor | null): number {
    const [life, number] = cursor?.split(':') ?? [];
    if (life !== this.#life) return 0;
    return Math.min(Math.max(Number(number) - this.#first + 1, 0), this.#entries.length);
  }

  read(after: Cursor | null, eventsMax: number): JournalEntry[] {
    const found: JournalEntry[] = [];
    let count = 0;
    for (let at = this.#upTo(after); at < this.#entries.length && count < eventsMax; at += 1) {
      const events = this.#entries[at] ?? [];
      found.push({ cursor: `${this.#life}:${this.#first + at}`, events });
      count += events.length;
    }
    return found;
  }

  trim(upTo: Cursor): void {
    this.#forget(this.#upTo(upTo));
  }
}

class MemoryHotStore implements HotStore {
  readonly #now: () => number;
  readonly #roomsMax: number;
  readonly #journal: Journal;
  /** Ordered by the last event: the silent ones are in front. */
  readonly #rooms = new Map<RoomId, RoomNow>();

  constructor(options: MemoryHotStoreOptions) {
    this.#now = options.now;
    this.#roomsMax = options.roomsMax ?? ROOMS_MAX;
    this.#journal = new Journal(options.journalEventsMax);
  }

  async append(events: readonly LiveEvent[]): Promise<void> {
    if (events.length === 0) return;
    const nowMs = this.#now();
    const fed = new Map<RoomId, RoomNow>();
    for (const event of events) {
      const room = this.#rooms.get(event.room) ?? fed.get(event.room) ?? new RoomNow();
      fed.set(event.room, room);
      room.take(event, nowMs);
    }
    for (const [id, room] of fed) {
      this.#rooms.delete(id);
      this.#rooms.set(id, room);
    }
    for (const id of this.#rooms.keys()) {
      if (this.#rooms.size <= this.#roomsMax) break;
      this.#rooms.delete(id);
    }
    // A copy: the caller may go on with its array.
    this.#journal.append([...events]);
  }

  async readJournal(after: Cursor | null, limit: number): Promise<JournalEntry[]> {
    return this.#journal.read(after, limit);
  }

  async trimJournal(upTo: Cursor): Promise<void> {
    this.#journal.trim(upTo);
  }

  async recentDanmaku(room: RoomId, limit: number): Promise<Danmaku[]> {
    return this.#rooms.get(room)?.danmaku.newest(limit) ?? [];
  }

  async recentPayments(room: RoomId, limit: number): Promise<Payment[]> {
    return this.#rooms.get(room)?.payments.newest(limit) ?? [];
  }

  async snapshot(room: RoomId) {
    return this.#rooms.get(room)?.snapshot(this.#now()) ?? null;
  }

  async journalDepth(): Promise<{ events: number; dropped: number }> {
    return { events: this.#journal.events, dropped: this.#journal.dropped };
  }

  async close(): Promise<void> {
    this.#rooms.clear();
  }
}

/** Opens an empty store. Nothing of it survives the process. */
export function openMemoryHotStore(options: MemoryHotStoreOptions): HotStore {
  return new MemoryHotStore(options);
}
