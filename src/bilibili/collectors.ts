/** All rooms that are watched: which have a socket, which wait for one, and what they send to the bus. */
import type { Bus } from '#src/bus.ts';
import type { RoomId } from '#src/events.ts';
import type { Log } from '#src/lib/log.ts';
import { RoomSet } from './room-set.ts';
import type { Timings } from './timings.ts';

export type Connection = 'connected' | 'connecting' | 'waiting' | 'failed';

export interface CollectorStatus {
  readonly room: RoomId;
  readonly connection: Connection;
  /** Why it waits or has failed, for people; null when connected. */
  readonly reason: string | null;
  readonly connectedSinceMs: number | null;
  readonly lastMessageMs: number | null;
  readonly reconnects: number;
}

/** A room as Bilibili knows it. */
export interface ResolvedRoom {
  readonly room: RoomId;
  readonly shortId: number | null;
  readonly uid: number;
  readonly name: string;
  readonly title: string;
  readonly area: string;
  readonly coverUrl: string | null;
  readonly liveStatus: 'offline' | 'live' | 'replay';
}

export interface Collectors {
  /** The rooms that are to be watched from now on; others are disconnected. Returns at once. */
  watch(rooms: readonly RoomId[]): void;
  status(room: RoomId): CollectorStatus | null;
  statuses(): CollectorStatus[];
  /** Finds the room of a long or short id. Throws UserError when there is none, ApiError when Bilibili does not answer. */
  resolve(id: number): Promise<ResolvedRoom>;
  /** Commands of the socket that nobody reads, by name, with how often they came. */
  unknownCommands(): ReadonlyMap<string, number>;
  /** Why Bilibili is not asked right now (risk control, rate block), or null. */
  trouble(): string | null;
  close(): Promise<void>;
}

export interface CollectorsOptions {
  readonly apiUrl: string;
  readonly liveUrl: string;
  readonly cookie: string | null;
  readonly roomBudget: number;
  readonly connectIntervalMs: number;
  readonly pollIntervalMs: number;
  readonly guardHoldMs: number;
  readonly bus: Bus;
  readonly log: Log;
  readonly now: () => number;
  /** Shorter waits for tests. */
  readonly timings?: Partial<Timings>;
}

/** Nothing is connected before `watch`. Throws nothing that Bilibili is the cause of. */
export async function openCollectors(options: CollectorsOptions): Promise<Collectors> {
  return new RoomSet(options);
}
