/** Which event becomes which document for which watch. Pure: the writer calls it inside the transaction. */
import { createHash } from 'node:crypto';
import type { AlertDocument, RoomFace } from '#src/alerts/document.ts';
import type { Gift, Guard, RoomWarned, SuperChat } from '#src/events.ts';
import type { Totals, WatchRow } from '#src/shapes.ts';

/** A wanted message: upserted by channel and key. */
export interface Intent {
  readonly channelId: string;
  readonly key: string;
  readonly document: AlertDocument;
  readonly eventMs: number;
}

/** Running sums of a combo, this gift included; for a gift without combo its own. */
export interface ComboSums {
  readonly count: number;
  readonly paidMilli: number;
  readonly worthMilli: number;
}

/** Longest part of a key: with a kind, a room and two parts a key stays below 200 characters. */
const KEY_PART_CHARS_MAX = 80;
const DIGEST_CHARS = 24;

/** The message for a gift, or null when the running paid sum of its combo is below the watch's threshold. */
export function giftIntent(watch: WatchRow, room: RoomFace, gift: Gift, combo: ComboSums): Intent | null {
  if (gift.paidMilli <= 0 || combo.paidMilli < watch.giftMinMilli) return null;
  const key = keyOf('gift', room, gift.viewer.key ?? 'masked', gift.comboId ?? gift.id);
  return intent(watch, key, gift.atMs, {
    type: 'gift',
    room,
    viewerName: gift.viewer.name,
    giftId: gift.giftId,
    giftName: gift.name,
    count: combo.count,
    paidMilli: combo.paidMilli,
    worthMilli: combo.worthMilli,
    boxName: gift.blindBox?.name ?? null,
    receiverName: gift.receiver?.name ?? null,
    atMs: gift.atMs,
  });
}

/** The message for a super chat; the same key again when a translation came or it was taken down. */
export function superChatIntent(
  watch: WatchRow,
  room: RoomFace,
  superChat: SuperChat,
  takenDown: boolean,
): Intent {
  return intent(watch, keyOf('super-chat', room, superChat.id), superChat.atMs, {
    type: 'super-chat',
    room,
    viewerName: superChat.viewer.name,
    text: superChat.text,
    translation: superChat.translation,
    paidMilli: superChat.paidMilli,
    takenDown,
    atMs: superChat.atMs,
  });
}

/** Null for bonus days: nobody bought anything. */
export function guardIntent(watch: WatchRow, room: RoomFace, guard: Guard): Intent | null {
  if (guard.isBonus) return null;
  return intent(watch, keyOf('guard', room, guard.id), guard.atMs, {
    type: 'guard',
    room,
    viewerName: guard.viewer.name,
    level: guard.level,
    count: guard.count,
    unit: guard.unit,
    paidMilli: guard.paidMilli,
    isListPrice: guard.isListPrice,
    action: guard.action,
    atMs: guard.atMs,
  });
}

export function warningIntent(watch: WatchRow, room: RoomFace, event: RoomWarned): Intent {
  return intent(watch, keyOf('warning', room, event.id), event.atMs, {
    type: 'warning',
    room,
    cutOff: event.cutOff,
    message: event.message,
    atMs: event.atMs,
  });
}

/** A broadcast as the store sees it when it starts, goes on or has ended. */
export interface Broadcast {
  /** Session whose card this is: the same for one that goes on after a short break. */
  readonly card: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly peakOnline: number | null;
  /** Null while live. */
  readonly totals: Totals | null;
  /** True when it goes on with the card of the one before: nobody is mentioned. */
  readonly resumed: boolean;
}

/** The card of a broadcast. Its role is mentioned for a start alone, not when the first post is of one that is over. */
export function streamIntent(watch: WatchRow, room: RoomFace, broadcast: Broadcast): Intent {
  const { card, startedMs, endedMs, totals, peakOnline, resumed } = broadcast;
  const roleId = resumed || endedMs !== null ? null : watch.roleId;
  return intent(watch, keyOf('stream', room, card), endedMs ?? startedMs, {
    ...{ type: 'stream', room, startedMs, endedMs, totals, peakOnline, roleId },
  });
}

function intent(watch: WatchRow, key: string, eventMs: number, document: AlertDocument): Intent {
  return { channelId: watch.channelId, key, document, eventMs };
}

function keyOf(kind: AlertDocument['type'], room: RoomFace, ...parts: string[]): string {
  return [kind, room.room, ...parts.map(keyPart)].join(':');
}

/** Ids come from outside: a long one is cut and told apart by its digest. */
function keyPart(part: string): string {
  if (part.length <= KEY_PART_CHARS_MAX) return part;
  const digest = createHash('sha256').update(part).digest('hex').slice(0, DIGEST_CHARS);
  return `${part.slice(0, KEY_PART_CHARS_MAX - DIGEST_CHARS - 1).toWellFormed()}~${digest}`;
}
