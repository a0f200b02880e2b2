/** Messages of a busy room in the shapes and sizes of the wire (Go's order of keys), of people who do not exist. */
import { brotliCompressSync, deflateSync } from 'node:zlib';
import { HEADER_BYTES, OP } from '#src/bilibili/frame.ts';

import {
  danmaku,
  hex,
  noOfficial,
  openRandom,
  personOf,
  pick,
  type Random,
  uinfo,
  upTo,
} from './decode-danmaku.ts';

const GIFTS = ['小花花', '人气票', '辣条', '这个好诶', '小蛋糕', '情书'];

function gift(random: Random, atMs: number): object {
  const person = personOf(random);
  const { uid, name, face } = person;
  const [price, num] = [100 * (1 + upTo(random, 50)), 1 + upTo(random, 5)];
  const giftId = 31_000 + upTo(random, 60);
  const medal = {
    anchor_roomid: 0,
    anchor_uname: '',
    guard_level: 0,
    icon_id: 0,
    is_lighted: 1,
    medal_color: 6_126_494,
  };
  const image = (kind: string) => `https://s1.hdslb.com/bfs/live/${hex(random, 40)}.${kind}`;
  const id = `${upTo(random, 9e8) + 1e8}${upTo(random, 9e8) + 1e8}1`;
  const combo = `batch:gift:combo_id:${uid}:700001:${giftId}:${atMs / 1000}`;
  return {
    cmd: 'SEND_GIFT',
    danmu: { area: 1 },
    data: {
      ...{
        action: '投喂',
        bag_gift: null,
        batch_combo_id: combo,
        batch_combo_send: null,
        beatId: '',
        biz_source: 'Live',
      },
      ...{ blind_gift: null, broadcast_id: 0, coin_type: 'gold', combo_resources_id: 1, combo_send: null },
      ...{
        combo_stay_time: 5,
        combo_total_coin: price * num,
        crit_prob: 0,
        demarcation: 1,
        discount_price: price,
      },
      ...{ dmscore: 56, draw: 0, effect: 0, effect_block: 1, face, face_effect_id: 0, face_effect_type: 0 },
      ...{
        face_effect_v2: { id: 0, type: 0 },
        float_sc_resource_id: 0,
        giftId,
        giftName: pick(random, GIFTS),
      },
      gift_info: {
        effect_id: 0,
        gif: image('gif'),
        has_imaged_gift: 0,
        img_basic: image('png'),
        webp: image('webp'),
      },
      ...{ giftType: 0, gift_tag: [], gold: 0, guard_level: 0, is_first: true, is_join_receiver: false },
      ...{
        is_naming: false,
        is_special_batch: 0,
        magnification: 1,
        name_color: '',
        num,
        original_gift_name: '',
      },
      medal_info: {
        ...medal,
        medal_color_border: 6_126_494,
        medal_level: 8,
        medal_name: '小夜灯',
        target_id: 700_001,
      },
      ...{ price, rcost: 54_000_000, receive_user_info: { uid: 700_001, uname: '夜灯电台' } },
      receiver_uinfo: { base: { face, name: '夜灯电台', official_info: noOfficial }, uid: 700_001 },
      ...{ remain: 0, rnd: id, send_master: null, sender_uinfo: uinfo(random, person), silver: 0, super: 0 },
      ...{
        super_batch_gift_num: num,
        super_gift_num: num,
        svga_block: 0,
        switch: true,
        tag_image: '',
        tid: id,
      },
      ...{ timestamp: Math.floor(atMs / 1000), top_list: null, total_coin: price * num, uid, uname: name },
      ...{ wealth_level: 20, benefits: null, effect_config: null, test: 0, group_medal: null, num_text: '' },
    },
    ...{ msg_id: `${atMs}:1000:1000`, p_is_ack: true, p_msg_type: 1, send_time: atMs },
  };
}

function interaction(random: Random, atMs: number): object {
  const person = personOf(random);
  const none = {
    anchor_roomid: 0,
    guard_level: 0,
    icon_id: 0,
    is_lighted: 0,
    medal_color: 0,
    medal_level: 0,
  };
  return {
    cmd: 'INTERACT_WORD',
    data: {
      ...{
        contribution: { grade: 0 },
        core_user_type: 0,
        dmscore: 14,
        fans_medal: { ...none, medal_name: '', score: 0 },
      },
      ...{ identities: [1], is_mystery: false, is_spread: 0, msg_type: 1, privilege_type: 0, roomid: 9001 },
      ...{
        score: atMs,
        spread_desc: '',
        spread_info: '',
        tail_icon: 0,
        tail_text: '',
        timestamp: Math.floor(atMs / 1000),
      },
      ...{
        trigger_time: atMs * 1_000_000,
        uid: person.uid,
        uinfo: uinfo(random, person),
        uname: person.name,
      },
    },
  };
}

function rest(random: Random, atMs: number): object {
  const kind = upTo(random, 5);
  const count = upTo(random, 9000);
  if (kind === 0)
    return { cmd: 'ONLINE_RANK_COUNT', data: { count, count_text: String(count), online_count: count } };
  if (kind === 1)
    return { cmd: 'WATCHED_CHANGE', data: { num: count, text_small: '1.2万', text_large: '1.2万人看过' } };
  if (kind === 2) {
    const people = Array.from({ length: 7 }, () => personOf(random));
    const list = people.map(({ uid, name, face }, i) => ({
      uid,
      face,
      score: '99',
      uname: name,
      rank: i + 1,
      guard_level: 0,
    }));
    return { cmd: 'ONLINE_RANK_V2', data: { list, rank_type: 'gold-rank' } };
  }
  const person = personOf(random);
  const who = { uid: person.uid, uinfo: uinfo(random, person) };
  if (kind === 3)
    return {
      cmd: 'LIKE_INFO_V3_CLICK',
      data: { like_icon: '', like_text: '为主播点赞了', show_area: 1, ...who },
    };
  return {
    cmd: 'ENTRY_EFFECT',
    data: { id: 4, face: person.face, copy_writing: `<%${person.name}%>`, ...who, trigger_time: atMs },
  };
}

/** 70 % DANMU_MSG, 10 % SEND_GIFT, 10 % INTERACT_WORD, and what else there is, as JSON. */
export function messagesOf(count: number, seed: number): Buffer[] {
  const random = openRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const atMs = 1_780_000_000_000 + i * 17;
    const dice = random();
    const make = dice < 0.7 ? danmaku : dice < 0.8 ? gift : dice < 0.9 ? interaction : rest;
    return Buffer.from(JSON.stringify(make(random, atMs)));
  });
}

function packetOf(version: number, body: Buffer): Buffer {
  const packet = Buffer.alloc(HEADER_BYTES + body.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt16BE(HEADER_BYTES, 4);
  packet.writeUInt16BE(version, 6);
  packet.writeUInt32BE(OP.message, 8);
  body.copy(packet, HEADER_BYTES);
  return packet;
}

/** The messages in their order, 1 to `innerMax` in a compressed packet, one packet a frame. */
export function framesOf(messages: readonly Buffer[], version: 2 | 3, innerMax: number): Buffer[] {
  const random = openRandom(innerMax);
  const frames: Buffer[] = [];
  for (let at = 0; at < messages.length; ) {
    const inner = messages.slice(at, at + 1 + upTo(random, innerMax));
    at += inner.length;
    const body = Buffer.concat(inner.map((message) => packetOf(0, message)));
    frames.push(packetOf(version, version === 3 ? brotliCompressSync(body) : deflateSync(body)));
  }
  return frames;
}
