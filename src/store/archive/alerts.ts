/** Asks the pure rules what each event means for each watch of its room; the outbox writes the answers. */
import { foldDocuments } from '#src/alerts/fold.ts';
import {
  type Broadcast,
  type ComboSums,
  giftIntent,
  guardIntent,
  type Intent,
  streamIntent,
  superChatIntent,
  warningIntent,
} from '#src/alerts/rules.ts';
import type { Gift, Guard, RoomId, RoomWarned, SuperChat } from '#src/events.ts';
import type { WatchRow } from '#src/shapes.ts';
import { type Batch, want } from './batch.ts';
import type { Rooms } from './rooms.ts';
import type { KeptWatch } from './watches.ts';

/** The rules of src/alerts; tests may put in others. */
export const RULES = { giftIntent, superChatIntent, guardIntent, warningIntent, streamIntent, foldDocuments };
export type AlertRules = typeof RULES;

/** `creates` false: only a message that is there already changes. */
interface Manner {
  readonly creates: boolean;
}

export interface Alerts {
  gift(batch: Batch, gift: Gift, combo: ComboSums): void;
  superChat(batch: Batch, superChat: SuperChat, takenDown: boolean, manner: Manner): void;
  guard(batch: Batch, guard: Guard): void;
  warning(batch: Batch, event: RoomWarned): void;
  /** `eventMs`: what happened now, where the broadcast itself may have begun long ago. */
  stream(
    batch: Batch,
    room: RoomId,
    broadcast: Broadcast,
    manner: Manner & { readonly eventMs: number; readonly unfolds: boolean },
  ): void;
}

interface AlertParts {
  readonly rules: AlertRules;
  readonly rooms: Rooms;
  /** Watches of a room that are not paused, the page's own included. */
  readonly watchesOf: (room: RoomId) => readonly KeptWatch[];
}

export function openAlerts({ rules, rooms, watchesOf }: AlertParts): Alerts {
  function each(
    batch: Batch,
    room: RoomId,
    manner: Manner & { readonly unfolds?: boolean; readonly overMs?: number | null },
    decide: (watch: WatchRow, face: ReturnType<Rooms['face']>) => Intent | null,
  ): void {
    const watches = watchesOf(room);
    if (watches.length === 0) return;
    const face = rooms.face(room);
    for (const watch of watches) {
      const intent = decide(watch, face);
      if (intent === null) continue;
      // What was over before the channel watched is no news in it.
      const isOver = manner.overMs != null && manner.overMs < watch.createdMs;
      want(batch, { room, intent, creates: manner.creates && !isOver, unfolds: manner.unfolds === true });
    }
  }

  return {
    gift(batch, gift, combo) {
      each(batch, gift.room, { creates: true }, (watch, face) => rules.giftIntent(watch, face, gift, combo));
    },
    superChat(batch, superChat, takenDown, manner) {
      each(batch, superChat.room, manner, (watch, face) =>
        rules.superChatIntent(watch, face, superChat, takenDown),
      );
    },
    guard(batch, guard) {
      each(batch, guard.room, { creates: true }, (watch, face) => rules.guardIntent(watch, face, guard));
    },
    warning(batch, event) {
      each(batch, event.room, { creates: true }, (watch, face) => rules.warningIntent(watch, face, event));
    },
    stream(batch, room, broadcast, manner) {
      each(batch, room, { ...manner, overMs: broadcast.endedMs }, (watch, face) => ({
        ...rules.streamIntent(watch, face, broadcast),
        eventMs: manner.eventMs,
      }));
    },
  };
}
