/** What this process did to which message, ahead of what a read of the archive may say yet; and the counts. */
import { LRUCache } from 'lru-cache';
import type { OutboxItem } from '#src/store/archive.ts';

export interface DeliveryState {
  /** From the event (server time) to the request to Discord, of the last 1000 new messages; null before the first. */
  readonly p99Ms: number | null;
  readonly sent: number;
  readonly edited: number;
  /** Messages that a fold speaks for. */
  readonly folded: number;
  /** Requests that failed, whatever became of them later. */
  readonly failures: number;
}

interface Known {
  attemptedMs: number | null;
  messageId: string | null;
  version: number;
  touchedMs: number;
  /** Deleted by somebody: nothing is sent for it any more. */
  isGone: boolean;
}

export interface Ledger {
  /** The item with what is known better here; null when there is nothing left to deliver. */
  overlay(item: OutboxItem): OutboxItem | null;
  known(id: number): Readonly<Known>;
  note(id: number, change: Partial<Known>): void;
  count(what: 'sent' | 'edited' | 'folded' | 'failures', by?: number): void;
  measure(delayMs: number): void;
  state(): DeliveryState;
}

const KNOWN_MAX = 20_000;
const DELAYS_MAX = 1_000;
const UNKNOWN: Known = { attemptedMs: null, messageId: null, version: 0, touchedMs: 0, isGone: false };

export function createLedger(): Ledger {
  const entries = new LRUCache<number, Known>({ max: KNOWN_MAX });
  const counts = { sent: 0, edited: 0, folded: 0, failures: 0 };
  const delays: number[] = [];
  let nextDelay = 0;
  return {
    overlay(item) {
      const known = entries.get(item.id);
      if (known === undefined) return item;
      const deliveredVersion = Math.max(item.deliveredVersion, known.version);
      if (item.version <= deliveredVersion) return null;
      const messageId = item.messageId ?? known.messageId;
      return { ...item, deliveredVersion, messageId, attemptedMs: item.attemptedMs ?? known.attemptedMs };
    },
    known: (id) => entries.get(id) ?? UNKNOWN,
    note: (id, change) => void entries.set(id, { ...(entries.get(id) ?? UNKNOWN), ...change }),
    count(what, by = 1) {
      counts[what] += by;
    },
    measure(delayMs) {
      delays[nextDelay] = Math.max(0, delayMs);
      nextDelay = (nextDelay + 1) % DELAYS_MAX;
    },
    state() {
      const sorted = delays.toSorted((a, b) => a - b);
      const p99Ms = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))] ?? null;
      return { p99Ms, ...counts };
    },
  };
}
