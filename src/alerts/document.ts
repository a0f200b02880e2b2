/**
 * What a Discord message is to say, without Discord in it: the outbox stores these as JSON, src/discord/format
 * turns them into embeds. A document is a whole wanted state, so the newest one replaces the others.
 */
import type { RoomId } from '#src/events.ts';
import type { Totals } from '#src/shapes.ts';

/** The room as an alert names it. */
export interface RoomFace {
  readonly room: RoomId;
  readonly name: string;
  readonly title: string;
  readonly area: string;
  readonly coverUrl: string | null;
}

/** One message per broadcast and channel: live first, its report when it has ended. Key `stream:ROOM:CARD`. */
export interface StreamDocument {
  readonly type: 'stream';
  readonly room: RoomFace;
  readonly startedMs: number;
  /** Null while live. */
  readonly endedMs: number | null;
  /** Told at the end. */
  readonly totals: Totals | null;
  readonly peakOnline: number | null;
  /** Mentioned by the first post only; null for a broadcast that goes on after a short break. */
  readonly roleId: string | null;
}

/** All gifts of one combo (or one gift without one). Key `gift:ROOM:VIEWER:COMBO`. */
export interface GiftDocument {
  readonly type: 'gift';
  readonly room: RoomFace;
  readonly viewerName: string;
  readonly giftId: number;
  readonly giftName: string;
  /** Running sums of the combo. */
  readonly count: number;
  readonly paidMilli: number;
  readonly worthMilli: number;
  readonly boxName: string | null;
  readonly receiverName: string | null;
  readonly atMs: number;
}

/** Key `super-chat:ROOM:ID`. */
export interface SuperChatDocument {
  readonly type: 'super-chat';
  readonly room: RoomFace;
  readonly viewerName: string;
  readonly text: string;
  readonly translation: string | null;
  readonly paidMilli: number;
  readonly takenDown: boolean;
  readonly atMs: number;
}

/** Key `guard:ROOM:ID`. */
export interface GuardDocument {
  readonly type: 'guard';
  readonly room: RoomFace;
  readonly viewerName: string;
  readonly level: 1 | 2 | 3;
  readonly count: number;
  readonly unit: string;
  readonly paidMilli: number;
  readonly isListPrice: boolean;
  readonly action: 'new' | 'renew' | 'auto-renew' | 'unknown';
  readonly atMs: number;
}

/** A warning or a cut by moderation. Key `warning:ROOM:ID`. */
export interface WarningDocument {
  readonly type: 'warning';
  readonly room: RoomFace;
  readonly cutOff: boolean;
  readonly message: string;
  readonly atMs: number;
}

/** What did not get a message of its own: too many at once, or too old after a restart. */
export interface FoldDocument {
  readonly type: 'fold';
  readonly reason: 'burst' | 'late';
  readonly rooms: readonly string[];
  readonly starts: number;
  readonly gifts: number;
  readonly superChats: number;
  readonly guards: number;
  readonly warnings: number;
  readonly paidMilli: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A periodic chart picture, drawn when it is posted. Key `report:ID:FROM`. */
export interface ReportDocument {
  readonly type: 'report';
  readonly room: RoomFace;
  readonly every: 'hour' | '6h' | 'day' | 'week';
  readonly fromMs: number;
  readonly toMs: number;
  readonly totals: Totals;
}

export type AlertDocument =
  | StreamDocument
  | GiftDocument
  | SuperChatDocument
  | GuardDocument
  | WarningDocument
  | FoldDocument
  | ReportDocument;
