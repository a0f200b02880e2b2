import {
  type BlindBoxOptions,
  blindBox,
  type ComboOptions,
  combo,
  type GiftOptions,
  gift,
  giftsTogether,
} from './acts/gifts.ts';
import { type GuardOptions, guard } from './acts/guards.ts';
import {
  type AudienceOptions,
  audience,
  changeRoom,
  type LiveOptions,
  live,
  noise,
  preparing,
  warn,
} from './acts/room-state.ts';
import {
  deleteSuperChat,
  type InteractOptions,
  interact,
  type SayOptions,
  type SuperChatOptions,
  say,
  superChat,
} from './acts/talk.ts';
import type { LedgerEntry } from './ledger.ts';
import type { NoiseKind } from './messages/room.ts';
import type { Area } from './room-script.ts';
import { deliver, type Stage } from './stage.ts';
import { roomOf } from './world.ts';

/** What can be made to happen in a room, by its real id. Each throws RangeError for a room that is not there. */
export interface Acts {
  /** Sends messages as they are; text is sent byte by byte. Nothing goes into the ledger. */
  push(roomId: number, message: object | string | readonly (object | string)[]): void;
  /** Null for the mirror of another room's danmaku. */
  say(roomId: number, options?: SayOptions): LedgerEntry | null;
  gift(roomId: number, options?: GiftOptions): LedgerEntry;
  /** Several kinds of gifts at once: one SEND_GIFT_V2 of several items. */
  gifts(roomId: number, items: readonly GiftOptions[], options?: GiftOptions): LedgerEntry[];
  combo(roomId: number, options?: ComboOptions): void;
  blindBox(roomId: number, options?: BlindBoxOptions): LedgerEntry[];
  guard(roomId: number, options?: GuardOptions): LedgerEntry;
  superChat(roomId: number, options?: SuperChatOptions): LedgerEntry;
  deleteSuperChat(roomId: number, ids: readonly (string | number)[]): void;
  interact(roomId: number, options?: InteractOptions): void;
  /** Returns the `live_key`. */
  live(roomId: number, options?: LiveOptions): string;
  preparing(roomId: number, options?: { readonly isReplay?: boolean }): void;
  roomChange(roomId: number, title: string, area?: Area): void;
  audience(roomId: number, options: AudienceOptions): void;
  warning(roomId: number, text: string): void;
  /** CUT_OFF, then PREPARING. */
  cutOff(roomId: number, text: string): void;
  noise(roomId: number, kind: NoiseKind): void;
}

export function openActs(stage: Stage): Acts {
  const room = (roomId: number) => roomOf(stage.world, roomId);
  return {
    push(roomId, message) {
      const list = Array.isArray(message) ? (message as (object | string)[]) : [message as object | string];
      for (const one of list) deliver(room(roomId), one);
    },
    say: (roomId, options = {}) => say(stage, room(roomId), options),
    gift: (roomId, options = {}) => gift(stage, room(roomId), options),
    gifts: (roomId, items, options = {}) => giftsTogether(stage, room(roomId), items, options),
    combo: (roomId, options = {}) => combo(stage, room(roomId), options),
    blindBox: (roomId, options = {}) => blindBox(stage, room(roomId), options),
    guard: (roomId, options = {}) => guard(stage, room(roomId), options),
    superChat: (roomId, options = {}) => superChat(stage, room(roomId), options),
    deleteSuperChat: (roomId, ids) => deleteSuperChat(room(roomId), ids.map(Number)),
    interact: (roomId, options = {}) => interact(stage, room(roomId), options),
    live: (roomId, options = {}) => live(stage, room(roomId), options),
    preparing: (roomId, options = {}) => preparing(stage, room(roomId), options.isReplay),
    roomChange: (roomId, title, area) => changeRoom(room(roomId), title, area),
    audience: (roomId, options) => audience(room(roomId), options),
    warning: (roomId, text) => warn(room(roomId), text, false),
    cutOff(roomId, text) {
      warn(room(roomId), text, true);
      preparing(stage, room(roomId));
    },
    noise: (roomId, kind) => noise(stage, room(roomId), kind),
  };
}
