import type { FaultState } from './faults.ts';
import type { RoomFeed } from './feed.ts';
import type { LedgerBook } from './ledger.ts';
import type { SuperChatFacts } from './messages/super-chat.ts';
import type { Random } from './random.ts';
import type { Area, Person, RoomScript } from './room-script.ts';
import type { TokenBook } from './tokens.ts';
import type { WbiKeys } from './wbi.ts';

/** A room as it is now. */
export interface Room {
  readonly script: RoomScript;
  readonly roomId: number;
  readonly shortId: number;
  readonly uid: number;
  readonly name: string;
  readonly crowd: readonly Person[];
  readonly feed: RoomFeed;
  readonly random: Random;
  readonly medalName: string;
  readonly isMasked: boolean;
  area: Area;
  title: string;
  /** 0 offline, 1 live, 2 replay loop. */
  status: 0 | 1 | 2;
  /** "0" while not live. */
  liveKey: string;
  /** Epoch seconds; 0 while not live. */
  startSecond: number;
  followers: number;
  watched: number;
  online: number;
  likes: number;
  guards: number;
  /** Last ten danmaku, oldest first, as gethistory tells them. */
  readonly history: object[];
  readonly superChats: SuperChatFacts[];
}

/** An account of the stand-in: the cookie `SESSDATA=<sessdata>` logs in as it. */
export interface Account {
  readonly uid: number;
  readonly name: string;
  readonly sessdata: string;
}

/** One HTTP call, upgrade or auth, as the log keeps it. */
export interface LoggedRequest {
  readonly atMs: number;
  readonly kind: 'http' | 'upgrade' | 'auth';
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly userAgent: string;
  readonly cookie: string;
  readonly status: number;
  /** `code` of the answer; null where it has none. */
  readonly code: number | null;
  /** Why it was refused, in words. */
  readonly fault: string | null;
}

/** Everything that the parts of the sandbox share. */
export interface World {
  readonly now: () => number;
  /** `http://127.0.0.1:PORT`, known when it listens. */
  origin: string;
  readonly port: number;
  /** A port that nobody listens on. */
  deadPort: number;
  readonly rooms: ReadonlyMap<number, Room>;
  readonly accounts: readonly Account[];
  readonly faults: FaultState;
  readonly ledger: LedgerBook;
  readonly tokens: TokenBook;
  keys: WbiKeys;
  readonly rules: Rules;
  readonly random: Random;
  readonly requests: readonly LoggedRequest[];
  log(request: LoggedRequest): void;
}

/** How strict the stand-in is. */
export interface Rules {
  /** getDanmuInfo calls in one second before HTTP 412; Infinity: any number. */
  readonly danmuInfoPerSecondMax: number;
  /** How long the 412 holds then. */
  readonly blockMs: number;
  readonly authMsMax: number;
  readonly silenceMsMax: number;
  /** Signed calls want a browser's User-Agent. */
  readonly wantsBrowser: boolean;
  /** A watcher without the token's buvid gets one message in seven. */
  readonly thinsWithoutBuvid: boolean;
  /** gethistory answers anonymous callers too (empty since 2026). */
  readonly hasAnonymousHistory: boolean;
}

export function findRoom(world: World, id: number): Room | null {
  const room = world.rooms.get(id);
  if (room !== undefined) return room;
  for (const other of world.rooms.values()) if (other.shortId !== 0 && other.shortId === id) return other;
  return null;
}

/** Throws RangeError for a room that the sandbox was not started with. */
export function roomOf(world: World, roomId: number): Room {
  const room = world.rooms.get(roomId);
  if (room === undefined) throw new RangeError(`the sandbox has no room ${roomId}`);
  return room;
}
