/** What the readers of one room's messages know and remember. */
import type { GuardLevel, LiveEvent, RoomId, Viewer } from '#src/events.ts';
import { findInteger } from '../fields.ts';
import type { GuardHold } from '../guard-hold.ts';
import type { Message } from '../message.ts';
import type { LiveSignal } from './live.ts';
import type { EarlyTranslations } from './super-chat.ts';

export interface RoomState {
  readonly room: RoomId;
  /** The streamer's uid; null until room_init has told. */
  readonly streamerUid: number | null;
  readonly guards: GuardHold;
  readonly translations: EarlyTranslations;
  readonly live: LiveSignal;
  now(): number;
  /** Publishes the event; false when its kind and id came already. */
  emit(event: LiveEvent): boolean;
}

/** Reads one command. Throws Unreadable for what it cannot read. */
export type MessageReader = (message: Message, state: RoomState) => void;

/** Uid 0 is "masked", never a person. */
export function readViewer(uid: unknown, name: string): Viewer {
  const number = findInteger(uid);
  return number !== null && number > 0
    ? { key: `u:${number}`, uid: number, name }
    : { key: null, uid: null, name };
}

export function readGuardLevel(value: unknown): GuardLevel {
  const level = findInteger(value);
  return level === 1 || level === 2 || level === 3 ? level : 0;
}
