/**
 * What can happen in a live room, as plain immutable values. Everything that reads Bilibili makes these,
 * everything else only reads them. Times are epoch milliseconds by Bilibili's clock where the message
 * carries one; money is an integer in 1/1000 CNY.
 */

/** The real (long) id of a room; short ids are resolved before anything else sees them. */
export type RoomId = number & { readonly brand: 'RoomId' };

/** Marks a number as a real room id. Throws RangeError unless it is a positive safe integer. */
export function asRoomId(value: number): RoomId {
  if (!Number.isSafeInteger(value) || value <= 0) throw new RangeError(`not a room id: ${value}`);
  return value as RoomId;
}

/** `u:UID` for a web account, `o:OPENID` for the Open Platform. */
export type ViewerKey = `u:${number}` | `o:${string}`;

/** A person in a room. `key` and `uid` are null when Bilibili masks the person: never one "unknown user". */
export interface Viewer {
  readonly key: ViewerKey | null;
  readonly uid: number | null;
  readonly name: string;
}

export interface Medal {
  readonly name: string;
  readonly level: number;
}

/** 0 none, 1 governor (总督, the highest), 2 admiral (提督), 3 captain (舰长). */
export type GuardLevel = 0 | 1 | 2 | 3;

/** Bilibili's own names of the levels, as its messages carry them. */
export const GUARD_NAMES = { 1: '总督', 2: '提督', 3: '舰长' } as const;

export type LiveStatus = 'offline' | 'live' | 'replay';

/**
 * `id` is made from the content and is the same on every connection; unique per room and kind.
 * `atMs` is the server's time of the event.
 */
interface Base<K extends string> {
  readonly kind: K;
  readonly id: string;
  readonly room: RoomId;
  readonly atMs: number;
}

export interface Danmaku extends Base<'danmaku'> {
  readonly viewer: Viewer;
  readonly text: string;
  readonly medal: Medal | null;
  readonly guardLevel: GuardLevel;
  readonly userLevel: number;
  readonly isAdmin: boolean;
  readonly emoticonUrl: string | null;
}

export interface Gift extends Base<'gift'> {
  readonly viewer: Viewer;
  readonly giftId: number;
  readonly name: string;
  readonly count: number;
  /** What was charged: 0 for silver and backpack, the box price for a blind box. */
  readonly paidMilli: number;
  /** List price of what was shown, times count. */
  readonly worthMilli: number;
  readonly comboId: string | null;
  readonly coin: 'gold' | 'silver' | 'unknown';
  readonly fromBag: boolean;
  /** The box that this came out of. */
  readonly blindBox: { readonly giftId: number; readonly name: string } | null;
  /** Who got it, when that is not the room's own streamer. */
  readonly receiver: { readonly uid: number; readonly name: string } | null;
}

export interface SuperChat extends Base<'super-chat'> {
  readonly viewer: Viewer;
  readonly text: string;
  readonly translation: string | null;
  readonly paidMilli: number;
  readonly endMs: number;
}

/** The _JPN twin: adds a translation to the super chat `superChat` and no money. */
export interface SuperChatTranslated extends Base<'super-chat-translated'> {
  readonly superChat: string;
  readonly translation: string;
}

/** Taken down by moderation; what was paid stays paid. */
export interface SuperChatsDeleted extends Base<'super-chats-deleted'> {
  readonly superChats: readonly string[];
}

export interface Guard extends Base<'guard'> {
  readonly viewer: Viewer;
  readonly level: 1 | 2 | 3;
  /** Number of `unit`s bought, mostly months. */
  readonly count: number;
  readonly unit: string;
  readonly paidMilli: number;
  readonly worthMilli: number;
  /** True when only GUARD_BUY came: the price is the list price, a guess of what was paid. */
  readonly isListPrice: boolean;
  /** Free days that follow a paid purchase: no purchase, no money. */
  readonly isBonus: boolean;
  readonly action: 'new' | 'renew' | 'auto-renew' | 'unknown';
}

/** A GUARD_BUY that waits for its toast: kept in the journal, so that a crash does not lose it. */
export interface GuardHeld extends Base<'guard-held'> {
  readonly viewer: Viewer;
  readonly level: 1 | 2 | 3;
  readonly count: number;
  readonly listMilli: number;
}

/** LIVE: `liveKey` names the broadcast; `startSecond` is `live_time` when the message carried one. */
export interface LiveStarted extends Base<'live-started'> {
  readonly liveKey: string | null;
  readonly startSecond: number | null;
}

export interface LiveEnded extends Base<'live-ended'> {
  /** True when a replay loop follows (`round: 1`). */
  readonly replay: boolean;
}

/** What a poll of the room said: reconciles what a lost LIVE or PREPARING left open. */
export interface RoomPolled extends Base<'room-polled'> {
  readonly liveStatus: LiveStatus;
  readonly startSecond: number | null;
  readonly liveKey: string | null;
  readonly shortId: number | null;
  readonly uid: number;
  readonly name: string | null;
  readonly title: string | null;
  readonly area: string | null;
  readonly coverUrl: string | null;
}

export interface RoomChanged extends Base<'room-changed'> {
  readonly title: string;
  readonly area: string;
}

/** WARNING or CUT_OFF by Bilibili's moderation. */
export interface RoomWarned extends Base<'room-warned'> {
  readonly cutOff: boolean;
  readonly message: string;
}

/** Cumulative viewers of the broadcast (WATCHED_CHANGE). */
export interface Watched extends Base<'watched'> {
  readonly count: number;
}

/** Viewers on the rank right now (ONLINE_RANK_COUNT). */
export interface Online extends Base<'online'> {
  readonly count: number;
}

export interface Likes extends Base<'likes'> {
  readonly count: number;
}

export interface Interaction extends Base<'interaction'> {
  readonly viewer: Viewer;
  readonly action: 'enter' | 'follow' | 'share' | 'like' | 'other';
}

/** Moderation recalled the recent danmaku of this viewer. */
export interface Recalled extends Base<'recalled'> {
  readonly viewerKey: ViewerKey;
}

/** Why nothing was seen. Stored with the gap and shown. */
export type GapReason =
  | 'not-watched'
  | 'waiting'
  | 'disconnected'
  | 'half-open'
  | 'throttled'
  | 'auth-refused'
  | 'process-down';

/** The room's socket is up and authenticated (`up`), or has not been since `atMs` (`reason`). */
export interface Observed extends Base<'observed'> {
  readonly up: boolean;
  readonly reason: GapReason | null;
}

export type LiveEvent =
  | Danmaku
  | Gift
  | SuperChat
  | SuperChatTranslated
  | SuperChatsDeleted
  | Guard
  | GuardHeld
  | LiveStarted
  | LiveEnded
  | RoomPolled
  | RoomChanged
  | RoomWarned
  | Watched
  | Online
  | Likes
  | Interaction
  | Recalled
  | Observed;

export type Kind = LiveEvent['kind'];
export type EventOf<K extends Kind> = Extract<LiveEvent, { kind: K }>;
/** The kinds that carry money. */
export type Payment = Gift | SuperChat | Guard;

/** True for what people are told about in Discord: such an event is committed at once, not with the next batch. */
export function isTold(event: LiveEvent): boolean {
  switch (event.kind) {
    case 'gift':
      return event.paidMilli > 0;
    case 'super-chat':
    case 'guard':
    case 'live-started':
    case 'live-ended':
    case 'room-warned':
      return true;
    default:
      return false;
  }
}
