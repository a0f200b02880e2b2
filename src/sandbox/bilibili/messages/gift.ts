import type { BlindBox, GiftKind } from '../gifts.ts';
import type { Person } from '../room-script.ts';
import { medalInfo, uinfo } from './person.ts';

export interface Receiver {
  readonly uid: number;
  readonly name: string;
}

/** One charge: what SEND_GIFT says, or one item of SEND_GIFT_V2. */
export interface GiftFacts {
  readonly gift: GiftKind;
  readonly count: number;
  /** What was charged in seeds; from the backpack the list price stands here, and `fromBag` says so. */
  readonly totalCoin: number;
  readonly discountPrice: number;
  readonly tid: string;
  readonly atMs: number;
  /** "" for silver. */
  readonly comboId: string;
  /** Running totals of the combo, this charge included. */
  readonly comboCount: number;
  readonly comboCoin: number;
  readonly isComboStart: boolean;
  readonly box: BlindBox | null;
  readonly fromBag: boolean;
}

export interface Giver {
  readonly person: Person;
  readonly face: string;
  readonly receiver: Receiver;
  /** For gifts to somebody else than the streamer in rooms with guests. */
  readonly sendMaster: { readonly uid: number; readonly uname: string; readonly room_id: number } | null;
  readonly origin: string;
}

/** Where the sandbox says that a gift's picture is. */
export const giftPictureUrl = (origin: string, gift: GiftKind, ending: string): string =>
  `${origin}/bfs/live/gift-${gift.id}.${ending}`;

function blindGift(box: BlindBox, gift: GiftKind): object {
  return {
    blind_gift_config_id: box.configId,
    from: 0,
    gift_action: '爆出',
    gift_tip_price: gift.price,
    original_gift_id: box.id,
    original_gift_name: box.name,
    original_gift_price: box.price,
  };
}

function comboStart(facts: GiftFacts, giver: Giver): object {
  const { gift, box, comboId, count } = facts;
  const common = {
    action: '投喂',
    gift_id: gift.id,
    gift_name: gift.name,
    gift_num: count,
    send_master: null,
    uid: giver.person.uid,
    uname: giver.person.name,
  };
  return {
    batch_combo_send: {
      ...common,
      batch_combo_id: comboId,
      batch_combo_num: 1,
      blind_gift: box === null ? null : blindGift(box, gift),
    },
    combo_send: { ...common, combo_id: comboId.replace(/^batch:/, ''), combo_num: 1 },
  };
}

function unchanging(origin: string, gift: GiftKind, isGold: boolean): object {
  return {
    beatId: '0',
    biz_source: 'Live',
    broadcast_id: 0,
    combo_resources_id: 1,
    combo_stay_time: 5,
    crit_prob: 0,
    demarcation: 2,
    dmscore: 100,
    draw: 0,
    effect: isGold ? 0 : 3,
    effect_block: isGold ? 0 : 1,
    face_effect_id: 0,
    face_effect_type: 0,
    face_effect_v2: { id: 0, type: 0 },
    float_sc_resource_id: 0,
    gift_info: {
      effect_id: 0,
      gif: giftPictureUrl(origin, gift, 'gif'),
      has_imaged_gift: 0,
      img_basic: giftPictureUrl(origin, gift, 'png'),
      webp: giftPictureUrl(origin, gift, 'webp'),
    },
    gift_tag: [],
    gold: 0,
    is_join_receiver: false,
    is_naming: false,
    is_special_batch: 0,
    magnification: 1,
    name_color: '',
    original_gift_name: '',
    rcost: 1000,
    remain: 0,
    silver: 0,
    super: 0,
    svga_block: 0,
    switch: true,
    tag_image: '',
    top_list: null,
  };
}

/** SEND_GIFT as an object. */
export function sendGift(facts: GiftFacts, giver: Giver): object {
  const { gift, box } = facts;
  const { person } = giver;
  const isGold = gift.coin === 'gold';
  return {
    cmd: 'SEND_GIFT',
    danmu: { area: 0 },
    data: {
      action: '投喂',
      batch_combo_id: facts.comboId,
      batch_combo_send: null,
      combo_send: null,
      ...(facts.isComboStart && facts.comboId !== '' ? comboStart(facts, giver) : {}),
      blind_gift: box === null ? null : blindGift(box, gift),
      bag_gift: facts.fromBag ? { show_price: 1, price_for_show: gift.price } : null,
      coin_type: gift.coin,
      combo_total_coin: isGold ? facts.comboCoin : 0,
      discount_price: facts.discountPrice,
      face: giver.face,
      giftId: gift.id,
      giftName: gift.name,
      giftType: isGold ? 0 : 5,
      guard_level: person.guardLevel,
      is_first: facts.isComboStart,
      medal_info: medalInfo(person.medal, false),
      num: facts.count,
      price: gift.price,
      receive_user_info: { uid: giver.receiver.uid, uname: giver.receiver.name },
      rnd: facts.tid,
      send_master: giver.sendMaster,
      sender_uinfo: uinfo(person, giver.face),
      super_batch_gift_num: isGold ? facts.comboCount : 0,
      super_gift_num: isGold ? facts.comboCount : 0,
      tid: facts.tid,
      timestamp: Math.floor(facts.atMs / 1000),
      total_coin: facts.totalCoin,
      uid: person.uid,
      uname: person.name,
      wealth_level: person.wealthLevel,
      ...unchanging(giver.origin, gift, isGold),
    },
  };
}

/** COMBO_SEND: the summary that closes a combo. Nothing new was paid. */
export function comboSend(last: GiftFacts, giver: Giver): object {
  return {
    cmd: 'COMBO_SEND',
    data: {
      action: '投喂',
      batch_combo_id: last.comboId,
      batch_combo_num: last.comboCount,
      coin_type: last.gift.coin,
      combo_id: last.comboId.replace(/^batch:/, ''),
      combo_num: last.comboCount,
      combo_total_coin: last.comboCoin,
      dmscore: 100,
      gift_id: last.gift.id,
      gift_name: last.gift.name,
      gift_num: 0,
      is_join_receiver: false,
      is_naming: false,
      is_show: 1,
      medal_info: medalInfo(giver.person.medal, false),
      name_color: '',
      r_uname: giver.receiver.name,
      receive_user_info: { uid: giver.receiver.uid, uname: giver.receiver.name },
      ruid: giver.receiver.uid,
      send_master: null,
      total_num: last.comboCount,
      uid: giver.person.uid,
      uname: giver.person.name,
    },
  };
}
