/** What is true of one room now, for the hot store in memory. */
import type { Danmaku, LiveEvent, Payment, ViewerKey } from '#src/events.ts';
import { CurrentBroadcast } from '#src/store/current-broadcast.ts';
import type { RoomSnapshot } from '#src/store/hot-store.ts';

export const RECENT_MAX = 1000;
/** Ids of one generation; two are kept, so that the last 5000 at least are known. */
const SEEN_MAX = 5_000;
const RATE_SECONDS = 60;
const CHATTERS_MS = 10_000;
const CHATTERS_MAX = 100_000;

/** The last `RECENT_MAX` of something. */
class Recent<T> {
  #items: T[] = [];

  add(item: T): void {
    this.#items.push(item);
    // Cut only now and then: a shift per item would move the whole list each time.
    if (this.#items.length >= RECENT_MAX * 2) this.#items = this.#items.slice(-RECENT_MAX);
  }

  newest(limit: number): T[] {
    const count = Math.min(Math.max(Math.trunc(limit), 0), RECENT_MAX, this.#items.length);
    return this.#items.slice(this.#items.length - count).reverse();
  }
}

/** Remembers ids in two generations: bounded, and forgetting nothing that is younger than one generation. */
class SeenIds {
  #young = new Set<string>();
  #old = new Set<string>();

  /** True the first time. */
  add(id: string): boolean {
    if (this.#young.has(id) || this.#old.has(id)) return false;
    this.#young.add(id);
    if (this.#young.size >= SEEN_MAX) {
      this.#old = this.#young;
      this.#young = new Set();
    }
    return true;
  }
}

/** Sums of the last 60 s in slots of a second. */
class MinuteSums {
  readonly #second = new Float64Array(RATE_SECONDS).fill(-1);
  readonly #danmaku = new Float64Array(RATE_SECONDS);
  readonly #milli = new Float64Array(RATE_SECONDS);

  add(nowMs: number, danmaku: number, milli: number): void {
    const second = Math.floor(nowMs / 1000);
    const slot = second % RATE_SECONDS;
    if (this.#second[slot] !== second) {
      this.#second[slot] = second;
      this.#danmaku[slot] = 0;
      this.#milli[slot] = 0;
    }
    this.#danmaku[slot] = (this.#danmaku[slot] ?? 0) + danmaku;
    this.#milli[slot] = (this.#milli[slot] ?? 0) + milli;
  }

  read(nowMs: number): { danmaku: number; milli: number } {
    const second = Math.floor(nowMs / 1000);
    const sums = { danmaku: 0, milli: 0 };
    for (let slot = 0; slot < RATE_SECONDS; slot += 1) {
      const at = this.#second[slot] ?? -1;
      if (at < 0 || at > second || at <= second - RATE_SECONDS) continue;
      sums.danmaku += this.#danmaku[slot] ?? 0;
      sums.milli += this.#milli[slot] ?? 0;
    }
    return sums;
  }
}

/** Who chatted in the last 10 s; the one who has been silent for longest is in front. */
class ActiveChatters {
  readonly #lastMs = new Map<ViewerKey, number>();

  add(key: ViewerKey, nowMs: number): void {
    this.#lastMs.delete(key);
    this.#lastMs.set(key, nowMs);
    this.#forget(nowMs);
  }

  #forget(nowMs: number): void {
    for (const [key, atMs] of this.#lastMs) {
      // A time ahead of now is left over from a clock that was set back.
      const isActive = atMs > nowMs - CHATTERS_MS && atMs <= nowMs;
      if (isActive && this.#lastMs.size <= CHATTERS_MAX) return;
      this.#lastMs.delete(key);
    }
  }

  count(nowMs: number): number {
    this.#forget(nowMs);
    return this.#lastMs.size;
  }
}

export class RoomNow {
  readonly danmaku = new Recent<Danmaku>();
  readonly payments = new Recent<Payment>();
  readonly #seen = new SeenIds();
  readonly #chatters = new ActiveChatters();
  /** Null in a room where nothing was counted yet: thousands of them are idle. */
  #sums: MinuteSums | null = null;
  #watched: number | null = null;
  #online: number | null = null;
  #likes: number | null = null;
  readonly #broadcast = new CurrentBroadcast();
  #lastEventMs = 0;

  /** Counts the event as one that arrived at `nowMs`. */
  take(event: LiveEvent, nowMs: number): void {
    this.#lastEventMs = nowMs;
    switch (event.kind) {
      case 'danmaku':
        if (!this.#isNew(event)) return;
        this.danmaku.add(event);
        this.#count(nowMs, 1, 0);
        if (event.viewer.key !== null) this.#chatters.add(event.viewer.key, nowMs);
        return;
      case 'gift':
      case 'super-chat':
      case 'guard':
        if (!this.#isNew(event)) return;
        this.payments.add(event);
        this.#count(nowMs, 0, event.paidMilli);
        return;
      default:
        this.#takeState(event);
    }
  }

  #takeState(event: LiveEvent): void {
    switch (event.kind) {
      case 'watched':
        this.#watched = event.count;
        return;
      case 'online':
        this.#online = event.count;
        return;
      case 'likes':
        this.#likes = event.count;
        return;
      case 'live-started':
        if (this.#isNew(event) && this.#broadcast.start(event)) this.#forgetGauges();
        return;
      case 'room-polled':
        if (event.liveStatus !== 'live') this.#broadcast.end();
        else if (this.#broadcast.poll(event)) this.#forgetGauges();
        return;
      case 'live-ended':
        this.#broadcast.end();
        this.#online = null;
        return;
      default:
        return;
    }
  }

  /** Both are of a broadcast: what the last one left must not stand for the new one. */
  #forgetGauges(): void {
    this.#watched = null;
    this.#likes = null;
  }

  #isNew(event: LiveEvent): boolean {
    return this.#seen.add(`${event.kind}:${event.id}`);
  }

  #count(nowMs: number, danmaku: number, milli: number): void {
    this.#sums ??= new MinuteSums();
    this.#sums.add(nowMs, danmaku, milli);
  }

  snapshot(nowMs: number): RoomSnapshot {
    const sums = this.#sums?.read(nowMs) ?? { danmaku: 0, milli: 0 };
    return {
      watched: this.#watched,
      online: this.#online,
      likes: this.#likes,
      danmakuPerMinute: sums.danmaku,
      milliPerMinute: sums.milli,
      activeChatters: this.#chatters.count(nowMs),
      lastEventMs: this.#lastEventMs,
    };
  }
}
