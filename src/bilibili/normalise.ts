/** Every command that is known: who reads it, or why nobody does. Anything else is counted by name. */
import { findIgnored } from './ignored.ts';
import type { Message } from './message.ts';
import { readLikes, readOnline, readWatched } from './normalise/audience.ts';
import { readDanmaku, readRecall } from './normalise/danmaku.ts';
import { readGift } from './normalise/gift.ts';
import { readGiftV2 } from './normalise/gift-v2.ts';
import { readGuardBuy, readToast, readToastV2 } from './normalise/guard.ts';
import { readInteractWord, readInteractWordV2 } from './normalise/interaction.ts';
import { readLive, readPreparing } from './normalise/live.ts';
import { readCutOff, readCutOffV2, readRoomChange, readWarning } from './normalise/notice.ts';
import type { MessageReader, RoomState } from './normalise/room-state.ts';
import { readSuperChat, readSuperChatDelete, readSuperChatJpn } from './normalise/super-chat.ts';

const READERS: ReadonlyMap<string, MessageReader> = new Map([
  ['DANMU_MSG', readDanmaku],
  ['RECALL_DANMU_MSG', readRecall],
  ['SEND_GIFT', readGift],
  ['SEND_GIFT_V2', readGiftV2],
  ['GUARD_BUY', readGuardBuy],
  ['USER_TOAST_MSG', readToast],
  ['USER_TOAST_MSG_V2', readToastV2],
  ['SUPER_CHAT_MESSAGE', readSuperChat],
  ['SUPER_CHAT_MESSAGE_JPN', readSuperChatJpn],
  ['SUPER_CHAT_MESSAGE_DELETE', readSuperChatDelete],
  ['LIVE', readLive],
  ['PREPARING', readPreparing],
  ['ROOM_CHANGE', readRoomChange],
  ['WARNING', readWarning],
  ['CUT_OFF', readCutOff],
  ['CUT_OFF_V2', readCutOffV2],
  ['WATCHED_CHANGE', readWatched],
  ['ONLINE_RANK_COUNT', readOnline],
  ['LIKE_INFO_V3_UPDATE', readLikes],
  ['INTERACT_WORD', readInteractWord],
  ['INTERACT_WORD_V2', readInteractWordV2],
]);

/** Commands that become events. */
export const READ_COMMANDS: readonly string[] = [...READERS.keys()];

/** Reads a message into events; false when nobody knows its command. Throws Unreadable for what cannot be read. */
export function normalise(message: Message, state: RoomState): boolean {
  const read = READERS.get(message.cmd);
  if (read === undefined) return findIgnored(message.cmd) !== null;
  read(message, state);
  return true;
}
