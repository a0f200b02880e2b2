/**
 * What really happened in the sandbox's rooms, each thing once however many messages told it. Tests compare
 * the bot's counts and money with this.
 */
export type EntryKind = 'danmaku' | 'gift' | 'super-chat' | 'guard';

/** One message that told an entry, and when it reached a socket. */
export interface Carrier {
  readonly cmd: string;
  /** Epoch ms of the first write to a watcher; null when nobody was connected, or it is still queued. */
  writtenMs: number | null;
  /** How many sockets it was written to. */
  sockets: number;
}

export interface LedgerEntry {
  readonly kind: EntryKind;
  /** As on the wire: danmaku `id_str`, gift `tid`, super chat `id`, guard `payflow_id`. */
  readonly id: string;
  readonly roomId: number;
  /** `live_key` of the broadcast it belongs to; null when the room was not live. */
  readonly broadcast: string | null;
  /** Gifts, guards and super chats carry whole seconds on the wire. */
  readonly atMs: number;
  /** Null when Bilibili shows nobody who it was. */
  readonly uid: number | null;
  readonly name: string;
  readonly text: string | null;
  readonly giftId: number | null;
  readonly giftName: string | null;
  /** Items of a gift, months of a guard, else 1. */
  readonly count: number;
  /** What was charged, 1/1000 CNY; 0 for silver and backpack. */
  readonly paidMilli: number;
  readonly worthMilli: number;
  readonly comboId: string | null;
  readonly guardLevel: 1 | 2 | 3 | null;
  /** Watchers without an account do not learn who it was. */
  readonly isMasked: boolean;
  readonly carriers: readonly Carrier[];
}

export interface Broadcast {
  readonly roomId: number;
  readonly liveKey: string;
  readonly startSecond: number;
  readonly title: string;
  /** Null while it runs. */
  readonly endedMs: number | null;
}

export interface LedgerFilter {
  readonly roomId?: number;
  /** A `live_key`; null for what happened while the room was not live. */
  readonly broadcast?: string | null;
  readonly uid?: number;
  readonly kind?: EntryKind;
  /** Only what at least one watcher was sent. */
  readonly onlyWritten?: boolean;
  readonly fromMs?: number;
  /** Excluded. */
  readonly toMs?: number;
}

export interface LedgerTotals {
  readonly danmaku: number;
  /** Distinct people with danmaku, as an anonymous watcher can tell them (masked ones left out). */
  readonly chatters: number;
  /** Items. */
  readonly gifts: number;
  readonly giftMilli: number;
  readonly superChats: number;
  readonly superChatMilli: number;
  /** Purchases; their months are `guardMonths`. */
  readonly guards: number;
  readonly guardMonths: number;
  readonly guardMilli: number;
  readonly revenueMilli: number;
  /** Distinct people who paid. */
  readonly payers: number;
  readonly maskedDanmaku: number;
}

export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  readonly broadcasts: readonly Broadcast[];
  /** Entries forgotten because there were too many: totals are refused then. */
  readonly dropped: number;
  list(filter?: LedgerFilter): LedgerEntry[];
  /** Throws when entries were dropped: a wrong total would be worse. */
  totals(filter?: LedgerFilter): LedgerTotals;
  /** Totals of everybody known by uid who appears under the filter. */
  byViewer(filter?: LedgerFilter): Map<number, LedgerTotals>;
}

export interface LedgerBook extends Ledger {
  add(entry: LedgerEntry): LedgerEntry;
  beginBroadcast(broadcast: Omit<Broadcast, 'endedMs'>): void;
  endBroadcast(roomId: number, endedMs: number): void;
}

export function wasWritten(entry: LedgerEntry): boolean {
  return entry.carriers.some(({ writtenMs }) => writtenMs !== null);
}

function fits(entry: LedgerEntry, filter: LedgerFilter): boolean {
  if (filter.roomId !== undefined && entry.roomId !== filter.roomId) return false;
  if (filter.broadcast !== undefined && entry.broadcast !== filter.broadcast) return false;
  if (filter.uid !== undefined && entry.uid !== filter.uid) return false;
  if (filter.kind !== undefined && entry.kind !== filter.kind) return false;
  if (filter.fromMs !== undefined && entry.atMs < filter.fromMs) return false;
  if (filter.toMs !== undefined && entry.atMs >= filter.toMs) return false;
  return filter.onlyWritten !== true || wasWritten(entry);
}

function addUp(entries: readonly LedgerEntry[]): LedgerTotals {
  const sum = (kind: EntryKind, value: (entry: LedgerEntry) => number): number =>
    entries.reduce((total, entry) => (entry.kind === kind ? total + value(entry) : total), 0);
  const people = (test: (entry: LedgerEntry) => boolean): number =>
    new Set(entries.filter((entry) => entry.uid !== null && test(entry)).map(({ uid }) => uid)).size;
  const paid = (entry: LedgerEntry): number => entry.paidMilli;
  const one = (): number => 1;
  const giftMilli = sum('gift', paid);
  const superChatMilli = sum('super-chat', paid);
  const guardMilli = sum('guard', paid);
  return {
    danmaku: sum('danmaku', one),
    chatters: people((entry) => entry.kind === 'danmaku' && !entry.isMasked),
    gifts: sum('gift', ({ count }) => count),
    giftMilli,
    superChats: sum('super-chat', one),
    superChatMilli,
    guards: sum('guard', one),
    guardMonths: sum('guard', ({ count }) => count),
    guardMilli,
    revenueMilli: giftMilli + superChatMilli + guardMilli,
    payers: people((entry) => entry.paidMilli > 0),
    maskedDanmaku: sum('danmaku', ({ isMasked, uid }) => (isMasked || uid === null ? 1 : 0)),
  };
}

/** @param entriesMax How many entries are kept; beyond, the oldest tenth is dropped and counted. */
export function openLedger(entriesMax: number): LedgerBook {
  const entries: LedgerEntry[] = [];
  const broadcasts: Broadcast[] = [];
  let dropped = 0;
  const list = (filter: LedgerFilter = {}): LedgerEntry[] => entries.filter((entry) => fits(entry, filter));
  const complete = (): void => {
    if (dropped > 0) throw new Error(`the ledger dropped ${dropped} entries: raise ledgerEntriesMax`);
  };
  return {
    entries,
    broadcasts,
    get dropped() {
      return dropped;
    },
    list,
    totals(filter) {
      complete();
      return addUp(list(filter));
    },
    byViewer(filter) {
      complete();
      const people = Map.groupBy(
        list(filter).filter(({ uid }) => uid !== null),
        ({ uid }) => uid ?? 0,
      );
      return new Map([...people].map(([uid, own]) => [uid, addUp(own)]));
    },
    add(entry) {
      entries.push(entry);
      if (entries.length > entriesMax) {
        const count = Math.ceil(entriesMax / 10);
        entries.splice(0, count);
        dropped += count;
      }
      return entry;
    },
    beginBroadcast: (broadcast) => void broadcasts.push({ ...broadcast, endedMs: null }),
    endBroadcast(roomId, endedMs) {
      const index = broadcasts.findLastIndex((own) => own.roomId === roomId && own.endedMs === null);
      const open = broadcasts[index];
      if (open !== undefined) broadcasts[index] = { ...open, endedMs };
    },
  };
}
