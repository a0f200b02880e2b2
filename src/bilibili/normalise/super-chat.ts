/** Super chats (protocol §4.5): price is CNY; the _JPN twin and audit copies repeat the same id. */
import {
  findInteger,
  findText,
  findTimeMs,
  isFields,
  needFields,
  readCount,
  readText,
  Unreadable,
} from '../fields.ts';
import { findId, type Message, messageId, sentAtMs } from '../message.ts';
import { type RoomState, readViewer } from './room-state.ts';

const EARLY_MAX = 500;
const DELETED_MAX = 1000;

/** Translations that came before their super chat did, by its id. */
export class EarlyTranslations {
  readonly #texts = new Map<string, string>();

  put(superChat: string, translation: string): void {
    const [oldest] = this.#texts.keys();
    if (this.#texts.size >= EARLY_MAX && oldest !== undefined) this.#texts.delete(oldest);
    this.#texts.set(superChat, translation);
  }

  take(superChat: string): string | null {
    const translation = this.#texts.get(superChat) ?? null;
    this.#texts.delete(superChat);
    return translation;
  }
}

function needSuperChatId(message: Message): string {
  const id = findId(message, 'data', 'id');
  if (id === null) throw new Unreadable('data.id');
  return id;
}

export function readSuperChat(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const id = needSuperChatId(message);
  const price = typeof data.price === 'string' ? Number(data.price) : data.price;
  if (typeof price !== 'number' || !Number.isFinite(price)) throw new Unreadable('data.price');
  const user = isFields(data.user_info) ? data.user_info : {};
  const atMs = findTimeMs(data.start_time) ?? findTimeMs(data.ts) ?? sentAtMs(message, state.now());
  const early = state.translations.take(id);
  const translation = findText(data.message_trans) ?? early;
  const isNew = state.emit({
    kind: 'super-chat',
    id,
    room: state.room,
    atMs,
    viewer: readViewer(data.uid, readText(user.uname)),
    text: readText(data.message),
    translation,
    paidMilli: Math.max(0, Math.round(price * 1000)),
    endMs: findTimeMs(data.end_time) ?? atMs + readCount(data.time) * 1000,
  });
  // An audit copy may bring the translation that the first one lacked.
  if (!isNew && translation !== null) emitTranslation(message, id, translation, state);
}

function emitTranslation(message: Message, id: string, translation: string, state: RoomState): void {
  const atMs = sentAtMs(message, state.now());
  state.emit({ kind: 'super-chat-translated', id, room: state.room, atMs, superChat: id, translation });
}

/**
 * The same super chat again with its translation: no money. Coming before the original, it is told at once
 * (the original may be from before a restart) and kept for the original, which then brings the money.
 */
export function readSuperChatJpn(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const id = needSuperChatId(message);
  const translation = findText(data.message_jpn);
  if (translation === null) return;
  state.translations.put(id, translation);
  emitTranslation(message, id, translation, state);
}

export function readSuperChatDelete(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  if (!Array.isArray(data.ids)) throw new Unreadable('data.ids is no list');
  const superChats = data.ids
    .slice(0, DELETED_MAX)
    .map((id: unknown) => (typeof id === 'string' ? id : String(findInteger(id) ?? '')))
    .filter((id) => id !== '');
  if (superChats.length === 0) return;
  const atMs = sentAtMs(message, state.now());
  const id = superChats.length <= 5 ? superChats.join(',') : messageId(message, atMs);
  state.emit({ kind: 'super-chats-deleted', id, room: state.room, atMs, superChats });
}
