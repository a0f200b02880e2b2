/** Which event becomes which document for which watch. Pure: the writer calls it inside the transaction. */
import type { AlertDocument, RoomFace } from '#src/alerts/document.ts';
import type { Gift, Guard, RoomWarned, SuperChat } from '#src/events.ts';
import type { WatchRow } from '#src/shapes.ts';

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

/** The message for a gift, or null when the running paid sum of its combo is below the watch's threshold. */
export function giftIntent(_watch: WatchRow, _room: RoomFace, _gift: Gift, _combo: ComboSums): Intent | null {
  throw new Error('to be written by the owner of src/alerts');
}

export function superChatIntent(
  _watch: WatchRow,
  _room: RoomFace,
  _superChat: SuperChat,
  _takenDown: boolean,
): Intent {
  throw new Error('to be written by the owner of src/alerts');
}

/** Null for bonus days: nobody bought anything. */
export function guardIntent(_watch: WatchRow, _room: RoomFace, _guard: Guard): Intent | null {
  throw new Error('to be written by the owner of src/alerts');
}

export function warningIntent(_watch: WatchRow, _room: RoomFace, _event: RoomWarned): Intent {
  throw new Error('to be written by the owner of src/alerts');
}

/** A broadcast as the store sees it when it starts, goes on or has ended. */
export interface Broadcast {
  /** Session whose card this is: the same for one that goes on after a short break. */
  readonly card: string;
  readonly startedMs: number;
  readonly endedMs: number | null;
  readonly peakOnline: number | null;
  /** Null while live. */
  readonly totals: import('#src/shapes.ts').Totals | null;
  /** True when it goes on with the card of the one before: nobody is mentioned. */
  readonly resumed: boolean;
}

export function streamIntent(_watch: WatchRow, _room: RoomFace, _broadcast: Broadcast): Intent {
  throw new Error('to be written by the owner of src/alerts');
}
