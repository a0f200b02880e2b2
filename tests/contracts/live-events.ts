/** Events of invented people, for suites that need many of them. */
import {
  asRoomId,
  type Danmaku,
  type Gift,
  type Guard,
  type LiveEvent,
  type SuperChat,
  type Viewer,
} from '#src/events.ts';

export const ROOM = asRoomId(777);
export const OTHER_ROOM = asRoomId(888);
export const MASKED: Viewer = { key: null, uid: null, name: '小***' };

export function viewerOf(uid: number): Viewer {
  return { key: `u:${uid}`, uid, name: `观众${uid}` };
}

export function danmakuOf(id: string, atMs: number, changes: Partial<Danmaku> = {}): Danmaku {
  return {
    kind: 'danmaku',
    id,
    room: ROOM,
    atMs,
    viewer: viewerOf(1),
    text: `弹幕 ${id}`,
    medal: null,
    guardLevel: 0,
    userLevel: 3,
    isAdmin: false,
    emoticonUrl: null,
    ...changes,
  };
}

export function giftOf(id: string, atMs: number, paidMilli: number, changes: Partial<Gift> = {}): Gift {
  return {
    kind: 'gift',
    id,
    room: ROOM,
    atMs,
    viewer: viewerOf(2),
    giftId: 31036,
    name: '小花花',
    count: 1,
    paidMilli,
    worthMilli: paidMilli,
    comboId: null,
    coin: paidMilli > 0 ? 'gold' : 'silver',
    fromBag: false,
    blindBox: null,
    receiver: null,
    ...changes,
  };
}

export function superChatOf(id: string, atMs: number, paidMilli: number): SuperChat {
  return {
    kind: 'super-chat',
    id,
    room: ROOM,
    atMs,
    viewer: viewerOf(3),
    text: '加油',
    translation: null,
    paidMilli,
    endMs: atMs + 60_000,
  };
}

export function guardOf(id: string, atMs: number, paidMilli: number): Guard {
  return {
    kind: 'guard',
    id,
    room: ROOM,
    atMs,
    viewer: viewerOf(4),
    level: 3,
    count: 1,
    unit: '月',
    paidMilli,
    worthMilli: 198_000,
    isListPrice: false,
    isBonus: false,
    action: 'new',
  };
}

export function gaugeOf(kind: 'watched' | 'online' | 'likes', count: number, atMs: number): LiveEvent {
  return { kind, id: `${kind}:${atMs}:${count}`, room: ROOM, atMs, count };
}
