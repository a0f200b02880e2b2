/** Invented rooms, people and purchases for the tests of alerts and of what Discord shows. */
import type { RoomFace } from '#src/alerts/document.ts';
import { asRoomId, type Gift, type Guard, type SuperChat } from '#src/events.ts';
import type { Totals, WatchRow } from '#src/shapes.ts';

export const AT_MS = 1_760_000_000_000;
export const ROOM = asRoomId(9_100_001);

export const watch: WatchRow = {
  id: 1,
  guildId: '300000000000000001',
  channelId: '300000000000000002',
  room: ROOM,
  giftMinMilli: 100_000,
  roleId: '300000000000000003',
  paused: null,
};

export const face: RoomFace = {
  room: ROOM,
  name: '云雀',
  title: '晨间歌会',
  area: '唱见',
  coverUrl: 'https://i0.hdslb.com/bfs/live/cover.jpg',
};

export const totals: Totals = {
  danmaku: 12_345,
  chatters: 678,
  gifts: 90,
  giftMilli: 1_234_500,
  superChats: 3,
  superChatMilli: 130_000,
  guards: 2,
  guardMilli: 396_000,
  revenueMilli: 1_760_500,
  payers: 41,
  gaps: [],
  maskedDanmaku: 0,
  maskedMilli: 0,
};

export const gift: Gift = {
  kind: 'gift',
  id: 'tid-1',
  room: ROOM,
  atMs: AT_MS,
  viewer: { key: 'u:77', uid: 77, name: '麦穗' },
  giftId: 31_000,
  name: '小花车',
  count: 1,
  paidMilli: 60_000,
  worthMilli: 60_000,
  comboId: 'combo-1',
  coin: 'gold',
  fromBag: false,
  blindBox: null,
  receiver: null,
};

export const superChat: SuperChat = {
  kind: 'super-chat',
  id: '5501',
  room: ROOM,
  atMs: AT_MS,
  viewer: { key: 'u:78', uid: 78, name: '夜航' },
  text: '早上好！',
  translation: null,
  paidMilli: 30_000,
  endMs: AT_MS + 60_000,
};

export const guard: Guard = {
  kind: 'guard',
  id: 'flow-1',
  room: ROOM,
  atMs: AT_MS,
  viewer: { key: 'u:79', uid: 79, name: '青岚' },
  level: 3,
  count: 1,
  unit: '月',
  paidMilli: 168_000,
  worthMilli: 198_000,
  isListPrice: false,
  isBonus: false,
  action: 'new',
};
