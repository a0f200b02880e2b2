import { faceUrl } from '../messages/person.ts';
import { shortNumber } from '../messages/room.ts';
import { superChatBody, superChatSeconds } from '../messages/super-chat.ts';
import { findRoom, type Room, type World } from '../world.ts';
import { findRisk } from './entrance.ts';
import { type Answer, type Call, chinaTime, findNumber, ok, oldOk, type Route, refuse } from './route.ts';

/** What room_init says for `live_time` while nothing is on. */
const NEVER_SECOND = -62170012800;

const coverUrl = (world: World, room: Room): string =>
  room.script.hasCover === true ? `${world.origin}/bfs/live/cover-${room.roomId}.png` : '';

const roomInit: Route = ({ world, query }) => {
  const room = findRoom(world, findNumber(query, 'id') ?? 0);
  if (room === null) {
    const message = '直播间不存在';
    return { body: { code: 60004, msg: message, message, data: [] }, fault: message };
  }
  const { script } = room;
  const isLive = room.status === 1;
  return oldOk({
    room_id: room.roomId,
    short_id: room.shortId,
    uid: room.uid,
    need_p2p: 0,
    is_hidden: script.isHidden ?? false,
    is_locked: script.isLocked ?? false,
    is_portrait: false,
    live_status: room.status,
    hidden_till: script.isHidden === true ? Math.floor(world.now() / 1000) + 86_400 : 0,
    lock_till: script.isLocked === true ? Math.floor(world.now() / 1000) + 86_400 : 0,
    encrypted: script.isEncrypted ?? false,
    pwd_verified: false,
    live_time: isLive ? room.startSecond : NEVER_SECOND,
    room_shield: 0,
    is_sp: 0,
    special_type: 0,
  });
};

const getInfo: Route = ({ world, query }) => {
  const room = findRoom(world, findNumber(query, 'room_id') ?? 0);
  if (room === null) {
    const message = '未找到该房间';
    return { body: { code: 1, msg: message, message, data: [] }, fault: message };
  }
  return oldOk({
    uid: room.uid,
    room_id: room.roomId,
    short_id: room.shortId,
    attention: room.followers,
    online: room.online,
    is_portrait: false,
    description: '',
    live_status: room.status,
    area_id: room.area.id,
    parent_area_id: room.area.parentId,
    parent_area_name: room.area.parentName,
    old_area_id: 6,
    background: '',
    title: room.title,
    user_cover: coverUrl(world, room),
    keyframe: '',
    is_strict_room: false,
    live_time: chinaTime(room.status === 1 ? room.startSecond : 0),
    tags: '',
    is_anchor: 0,
    room_silent_type: '',
    room_silent_level: 0,
    room_silent_second: 0,
    area_name: room.area.name,
    pendants: '',
    area_pendants: '',
    hot_words: ['哈哈哈', '打call'],
    hot_words_status: 0,
    verify: '',
    up_session: room.liveKey,
    pk_status: 0,
    pk_id: 0,
    battle_id: 0,
    allow_change_area_time: 0,
    allow_upload_cover_time: 0,
    studio_info: { status: 0, master_list: [] },
  });
};

function baseInfo(world: World, room: Room): object {
  return {
    room_id: room.roomId,
    uid: room.uid,
    area_id: room.area.id,
    live_status: room.status,
    live_url: `https://live.bilibili.com/${room.roomId}`,
    parent_area_id: room.area.parentId,
    title: room.title,
    parent_area_name: room.area.parentName,
    area_name: room.area.name,
    live_time: chinaTime(room.status === 1 ? room.startSecond : 0),
    description: '',
    tags: '',
    attention: room.followers,
    online: room.online,
    short_id: room.shortId,
    uname: room.name,
    cover: coverUrl(world, room),
    background: '',
    join_slide: 1,
    live_id: room.liveKey === '0' ? 0 : Number(room.liveKey),
    live_id_str: room.liveKey,
  };
}

const getRoomBaseInfo: Route = ({ world, query }) => {
  if (!query.has('req_biz')) return refuse(-400, '请求错误');
  const rooms = query.getAll('room_ids').map((id) => findRoom(world, Number(id)));
  const uids = new Set(query.getAll('uids').map(Number));
  const byUid = [...world.rooms.values()].filter(({ uid }) => uids.has(uid));
  const found = rooms.filter((room) => room !== null);
  return ok({
    by_uids: Object.fromEntries(byUid.map((room) => [room.uid, baseInfo(world, room)])),
    by_room_ids: Object.fromEntries(found.map((room) => [room.roomId, baseInfo(world, room)])),
  });
};

function readUids(call: Call): number[] {
  if (call.method !== 'POST')
    return [...call.query.getAll('uids[]'), ...call.query.getAll('uids')].map(Number);
  try {
    const body: unknown = JSON.parse(call.body.toString());
    const list = typeof body === 'object' && body !== null && 'uids' in body ? body.uids : [];
    return Array.isArray(list) ? list.map(Number) : [];
  } catch {
    return [];
  }
}

const getStatusByUids: Route = (call) => {
  const { world } = call;
  const uids = new Set(readUids(call));
  const rooms = [...world.rooms.values()].filter(({ uid }) => uids.has(uid));
  const rows = rooms.map((room) => [
    room.uid,
    {
      title: room.title,
      room_id: room.roomId,
      uid: room.uid,
      online: room.online,
      live_time: room.status === 1 ? room.startSecond : 0,
      live_status: room.status,
      short_id: room.shortId,
      area: 6,
      area_name: '生活娱乐',
      area_v2_id: room.area.id,
      area_v2_name: room.area.name,
      area_v2_parent_name: room.area.parentName,
      area_v2_parent_id: room.area.parentId,
      uname: room.name,
      face: faceUrl(world.origin, room.uid),
      tag_name: '',
      tags: '',
      cover_from_user: coverUrl(world, room),
      keyframe: '',
      lock_till: '0000-00-00 00:00:00',
      hidden_till: '0000-00-00 00:00:00',
      broadcast_type: 0,
    },
  ]);
  const data = rows.length === 0 ? [] : Object.fromEntries(rows);
  return { body: { code: 0, msg: 'success', message: 'success', data } };
};

const getInfoByRoom: Route = (call) => {
  const { world, query } = call;
  const risk = findRisk(call);
  if (risk !== null) return risk;
  const room = findRoom(world, findNumber(query, 'room_id') ?? 0);
  if (room === null) return refuse(19002000, '获取初始化数据失败');
  const nowMs = world.now();
  const shown = room.superChats.filter(({ atMs, price }) => atMs + superChatSeconds(price) * 1000 > nowMs);
  const watched = shortNumber(room.watched);
  return ok({
    room_info: {
      ...baseInfo(world, room),
      live_start_time: room.status === 1 ? room.startSecond : 0,
      lock_status: room.script.isLocked === true ? 1 : 0,
      hidden_status: room.script.isHidden === true ? 1 : 0,
    },
    anchor_info: {
      base_info: { uname: room.name, face: faceUrl(world.origin, room.uid), gender: '保密' },
      live_info: { level: 30 },
      relation_info: { attention: room.followers },
      medal_info: { medal_name: room.medalName, medal_id: room.uid % 100_000, fansclub: room.guards * 12 },
    },
    watched_show: { switch: true, num: room.watched, text_small: watched, text_large: `${watched}人看过` },
    like_info_v3: { total_likes: room.likes },
    guard_info: { count: room.guards, anchor_guard_achieve_level: room.guards >= 100 ? 100 : 0 },
    super_chat_info: { status: 1, message_list: shown.map(superChatBody) },
  });
};

const getHistory: Route = ({ world, query, account }) => {
  const room = findRoom(world, findNumber(query, 'roomid') ?? 0);
  const isOpen = account !== null || world.rules.hasAnonymousHistory;
  const lines = room !== null && isOpen ? room.history : [];
  return { body: { code: 0, data: { admin: [], room: lines }, message: '', msg: '' } };
};

const masterInfo: Route = ({ world, query }): Answer => {
  const uid = findNumber(query, 'uid') ?? 0;
  const room = [...world.rooms.values()].find((other) => other.uid === uid);
  if (room === undefined) return refuse(-400, '请求错误');
  return {
    body: {
      code: 0,
      msg: '',
      message: '',
      data: {
        info: {
          uid,
          uname: room.name,
          face: faceUrl(world.origin, uid),
          official_verify: { type: -1, desc: '' },
          gender: -1,
        },
        exp: { master_level: { level: 30, color: 10512625, current: [0, 0], next: [0, 0] } },
        follower_num: room.followers,
        room_id: room.roomId,
        medal_name: room.medalName,
        glory_count: 0,
        pendant: '',
        link_group_num: 0,
        room_news: { content: '', ctime: '', ctime_text: '' },
      },
    },
  };
};

export const ROOMS: Readonly<Record<string, Route>> = {
  '/room/v1/Room/room_init': roomInit,
  '/room/v1/Room/get_info': getInfo,
  '/xlive/web-room/v1/index/getRoomBaseInfo': getRoomBaseInfo,
  '/room/v1/Room/get_status_info_by_uids': getStatusByUids,
  '/xlive/web-room/v1/index/getInfoByRoom': getInfoByRoom,
  '/xlive/web-room/v1/dM/gethistory': getHistory,
  '/live_user/v1/Master/info': masterInfo,
};
