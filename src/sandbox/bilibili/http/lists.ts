import { ALL_GIFTS, BLIND_BOXES } from '../gifts.ts';
import { giftPictureUrl } from '../messages/gift.ts';
import { faceUrl } from '../messages/person.ts';
import { shortNumber } from '../messages/room.ts';
import type { Room, World } from '../world.ts';
import { findNumber, ok, type Route, refuse } from './route.ts';

const PAGE_SIZE_MAX = 99;

function listed(world: World, room: Room): object {
  const watched = shortNumber(room.watched);
  return {
    roomid: room.roomId,
    uid: room.uid,
    title: room.title,
    uname: room.name,
    online: room.online,
    user_cover: '',
    user_cover_flag: 0,
    system_cover: '',
    cover: room.script.hasCover === true ? `${world.origin}/bfs/live/cover-${room.roomId}.png` : '',
    keyframe: '',
    link: `/${room.roomId}`,
    face: faceUrl(world.origin, room.uid),
    area_id: room.area.id,
    area_name: room.area.name,
    parent_id: room.area.parentId,
    parent_name: room.area.parentName,
    area_v2_id: room.area.id,
    area_v2_name: room.area.name,
    area_v2_parent_id: room.area.parentId,
    area_v2_parent_name: room.area.parentName,
    session_id: '',
    group_id: 0,
    pendant_info: {},
    verify: { role: 0, desc: '', type: -1 },
    watched_show: {
      switch: true,
      num: room.watched,
      text_small: watched,
      text_large: `${watched}人看过`,
      icon: '',
      icon_location: 0,
      icon_web: '',
    },
  };
}

const getRoomList: Route = ({ world, query }) => {
  const page = findNumber(query, 'page') ?? 1;
  const size = findNumber(query, 'page_size') ?? 30;
  if (page < 1 || size < 1 || size > PAGE_SIZE_MAX) return refuse(-400, '请求错误');
  const parent = findNumber(query, 'parent_area_id') ?? 0;
  const area = findNumber(query, 'area_id') ?? 0;
  const rooms = [...world.rooms.values()]
    .filter((room) => room.status === 1 && room.script.isHidden !== true)
    .filter((room) => parent === 0 || room.area.parentId === parent)
    .filter((room) => area === 0 || room.area.id === area);
  const order = query.get('sort_type') === 'live_time' ? 'startSecond' : 'online';
  rooms.sort((a, b) => b[order] - a[order]);
  const list = rooms.slice((page - 1) * size, page * size).map((room) => listed(world, room));
  return ok({
    banner: [],
    new_tags: [],
    list,
    count: rooms.length,
    has_more: page * size < rooms.length ? 1 : 0,
  });
};

const roomGiftList: Route = ({ world }) => {
  const list = ALL_GIFTS.map((gift) => ({
    id: gift.id,
    name: gift.name,
    price: gift.price,
    type: gift.coin === 'gold' ? 0 : 5,
    coin_type: gift.coin,
    bag_gift: 0,
    effect: 0,
    corner_mark: '',
    broadcast: 0,
    draw: 0,
    stay_time: 3,
    animation_frame_num: 0,
    desc: gift.name,
    rule: '',
    rights: '',
    privilege_required: 0,
    count_map: [{ num: 1, text: '' }],
    img_basic: giftPictureUrl(world.origin, gift, 'png'),
    img_dynamic: '',
    gif: giftPictureUrl(world.origin, gift, 'gif'),
    webp: giftPictureUrl(world.origin, gift, 'webp'),
  }));
  const boxes = new Set(BLIND_BOXES.map(({ id }) => id));
  const gold = ALL_GIFTS.filter(({ coin }) => coin === 'gold').map(({ id }) => ({
    position: id,
    gift_id: id,
    id,
  }));
  return ok({
    gift_config: {
      base_config: { version: 1, list: list.filter(({ id }) => !boxes.has(id)), combo_resources: [] },
      room_config: list.filter(({ id }) => boxes.has(id)),
    },
    gift_data: {
      room_gift_list: { gold_list: gold, silver_list: [] },
      tab_list: [{ tab_id: 1, tab_name: '礼物', position: 1, list: gold }],
    },
  });
};

const blindFirstWin: Route = ({ query }) => {
  const box = BLIND_BOXES.find(({ id }) => id === findNumber(query, 'gift_id'));
  if (box === undefined) return refuse(-400, '请求错误');
  const whole = box.contents.reduce((sum, { weight }) => sum + weight, 0);
  return ok({
    note_text: '',
    blind_price: box.price,
    blind_gift_name: box.name,
    gifts: box.contents.map(({ gift, weight }) => ({
      gift_id: gift.id,
      price: gift.price,
      gift_name: gift.name,
      gift_img: '',
      is_win_gift: gift.price > box.price ? 1 : 0,
      chance: `${Math.round((weight / whole) * 10_000) / 100}%`,
    })),
  });
};

export const LISTS: Readonly<Record<string, Route>> = {
  '/room/v3/area/getRoomList': getRoomList,
  '/xlive/web-room/v1/giftPanel/roomGiftList': roomGiftList,
  '/xlive/general-interface/v1/blindFirstWin/getInfo': blindFirstWin,
};
