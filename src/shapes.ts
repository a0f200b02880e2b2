/** What the store answers with: the vocabulary that commands, charts, pages and plugins share. */
import type { LiveStatus, RoomId } from '#src/events.ts';

/** Half-open [fromMs, toMs). */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Gap {
  readonly fromMs: number;
  /** A gap that still goes on ends at the time of asking. */
  readonly toMs: number;
  readonly reason: string;
}

/** Sums over a range. `gifts` counts items; `revenueMilli` = gifts + super chats + guards; masked people are in the sums, never in `chatters` and `payers`. */
export interface Totals {
  readonly danmaku: number;
  readonly chatters: number;
  readonly gifts: number;
  readonly giftMilli: number;
  readonly superChats: number;
  readonly superChatMilli: number;
  readonly guards: number;
  readonly guardMilli: number;
  readonly revenueMilli: number;
  readonly payers: number;
  readonly gaps: readonly Gap[];
  readonly maskedDanmaku: number;
  readonly maskedMilli: number;
}

export interface RoomRow {
  readonly room: RoomId;
  readonly shortId: number | null;
  readonly uid: number;
  readonly name: string;
  readonly title: string;
  readonly area: string;
  readonly coverUrl: string | null;
  readonly liveStatus: LiveStatus;
  readonly liveSinceMs: number | null;
  readonly firstSeenMs: number;
  readonly onPage: boolean;
}

export interface SessionRow extends Totals {
  readonly id: string;
  readonly room: RoomId;
  readonly title: string;
  readonly area: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly peakOnline: number | null;
  readonly peakWatched: number | null;
}

export interface DanmakuRow {
  readonly id: string;
  readonly uid: number | null;
  readonly name: string;
  readonly text: string;
  readonly atMs: number;
  readonly medal: { readonly name: string; readonly level: number } | null;
  readonly guardLevel: number;
  readonly userLevel: number;
  readonly isAdmin: boolean;
  readonly recalled: boolean;
}

export interface PaymentRow {
  readonly id: string;
  readonly kind: 'gift' | 'super-chat' | 'guard';
  readonly uid: number | null;
  readonly name: string;
  readonly giftId: number | null;
  readonly giftName: string;
  readonly count: number;
  readonly valueMilli: number;
  readonly worthMilli: number;
  readonly text: string | null;
  readonly atMs: number;
  readonly isListPrice: boolean;
}

export interface TopRow {
  readonly rank: number;
  readonly uid: number | null;
  readonly name: string;
  readonly valueMilli: number;
  readonly gifts: number;
  readonly danmaku: number;
}

/** A bucket of a series. One that was not observed at all has null everywhere: no invented zero. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly danmaku: number | null;
  readonly chatters: number | null;
  readonly revenueMilli: number | null;
  readonly giftMilli: number | null;
  readonly superChatMilli: number | null;
  readonly guardMilli: number | null;
  readonly watched: number | null;
  readonly online: number | null;
}

export interface Series {
  readonly stepMs: number;
  readonly points: readonly SeriesPoint[];
  readonly gaps: readonly Gap[];
}

/** Newest first; `next` goes into `before` for the page after, null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface WatchRow {
  readonly id: number;
  readonly guildId: string;
  readonly channelId: string;
  readonly room: RoomId;
  readonly giftMinMilli: number;
  readonly roleId: string | null;
  readonly paused: string | null;
}

export type Language = 'en' | 'zh-CN' | 'ja';

export interface GuildSettings {
  readonly guildId: string;
  readonly language: Language;
  readonly timeZone: string;
  /** `everyone`, `nobody`, or a role id. */
  readonly moneyFor: string;
}

export type ReportEvery = 'hour' | '6h' | 'day' | 'week';

export interface ReportRow {
  readonly id: number;
  readonly guildId: string;
  readonly channelId: string;
  readonly room: RoomId;
  readonly every: ReportEvery;
  readonly lastPeriodMs: number | null;
}
