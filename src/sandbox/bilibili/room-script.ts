/** What a test or the demo says about rooms. Money is in gold seeds: 1000 are 1 CNY, so one is 1/1000 CNY. */

export interface Medal {
  readonly name: string;
  readonly level: number;
  /** Whose medal it is. */
  readonly ruid: number;
  readonly roomId: number;
  readonly anchorName: string;
  readonly guardLevel: 0 | 1 | 2 | 3;
  readonly isLit: boolean;
}

/** Somebody in the audience. */
export interface Person {
  readonly uid: number;
  readonly name: string;
  readonly medal: Medal | null;
  /** In this room: 0 none, 1 governor, 2 admiral, 3 captain. */
  readonly guardLevel: 0 | 1 | 2 | 3;
  readonly userLevel: number;
  readonly wealthLevel: number;
  readonly isAdmin: boolean;
}

export interface Area {
  readonly id: number;
  readonly name: string;
  readonly parentId: number;
  readonly parentName: string;
}

/** How gifts are told: SEND_GIFT, SEND_GIFT_V2, one of them by chance, or both with the same `tid`. */
export type GiftDialect = 'v1' | 'v2' | 'mixed' | 'both';

export type ActKind =
  | 'chat'
  | 'emoticon'
  | 'enter'
  | 'follow'
  | 'share'
  | 'free-gift'
  | 'bag-gift'
  | 'small-gift'
  | 'combo'
  | 'blind-box'
  | 'big-gift'
  | 'super-chat'
  | 'guard'
  | 'noise'
  | 'title';

/** How often what happens, as weights. */
export type ActMix = Readonly<Partial<Record<ActKind, number>>>;

export interface Chatter {
  /** Acts per second while the room is live; offline it is a fiftieth. */
  readonly perSecond: number;
  /** How many times as fast it gets for a few seconds now and then; 1 keeps it steady. */
  readonly burst?: number;
  readonly mix?: ActMix;
  /** Acts that are told to people (gift of ¥100 or more, super chat, guard), evenly spread, besides the mix. */
  readonly alertsPerMinute?: number;
  /** People in the room; 300 by default. */
  readonly crowd?: number;
}

/** One thing that happens at a fixed time after the room's story began. */
export interface Scene {
  readonly atMs: number;
  readonly act: ActKind | 'live' | 'preparing';
}

export interface RoomScript {
  readonly roomId: number;
  readonly shortId?: number;
  readonly uid: number;
  readonly name: string;
  readonly title: string;
  /** Titles for later broadcasts and changes. */
  readonly titles?: readonly string[];
  readonly area?: Area;
  readonly followers?: number;
  readonly medalName?: string;
  /** 0 offline (default), 1 live, 2 replay loop. */
  readonly status?: 0 | 1 | 2;
  /** How long it has been live when the sandbox starts; 40 min by default. */
  readonly liveForMs?: number;
  readonly hasCover?: boolean;
  readonly isLocked?: boolean;
  readonly isEncrypted?: boolean;
  readonly isHidden?: boolean;
  /** Names in danmaku are masked for anonymous watchers; by default as the sandbox says. */
  readonly isMasked?: boolean;
  readonly giftDialect?: GiftDialect;
  /** What people do here; without it only what a test pushes is sent. */
  readonly chatter?: Chatter;
  readonly scenes?: readonly Scene[];
  /** Broadcasts by the clock: the first change of state, then live and offline by turns. */
  readonly rhythm?: { readonly firstMs: number; readonly liveMs: number; readonly offlineMs: number };
  /** The story begins with the first watcher (default) or with the sandbox. */
  readonly begins?: 'watcher' | 'start';
}
