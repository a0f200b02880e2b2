/** SEND_GIFT (protocol §4.2), and what it shares with SEND_GIFT_V2: 1000 seeds of gold are 1 CNY, so seeds are milli. */
import type { Gift, Viewer } from '#src/events.ts';
import {
  type Fields,
  findInteger,
  findText,
  findTimeMs,
  isFields,
  needFields,
  needInteger,
  readCount,
  readText,
  Unreadable,
} from '../fields.ts';
import { findId, type Message, sentAtMs } from '../message.ts';
import { type RoomState, readViewer } from './room-state.ts';

/** What both forms of a gift say, in their own words. */
interface GiftFields {
  readonly id: string;
  readonly atMs: number;
  readonly viewer: Viewer;
  readonly giftId: number;
  readonly name: string;
  readonly num: number;
  readonly price: number;
  readonly totalCoin: number;
  readonly coinType: string;
  readonly comboId: string | null;
  readonly fromBag: boolean;
  readonly blindBox: Gift['blindBox'];
  /** Who it may be for besides the streamer, best source first. */
  readonly receivers: readonly (readonly [uid: number, name: string])[];
}

function readCoin(coinType: string): Gift['coin'] {
  return coinType === 'gold' || coinType === 'silver' ? coinType : 'unknown';
}

/** A gift as an event; throws Unreadable for numbers that cannot be. Only gold from no backpack was paid for; `combo_total_coin` is a running total and never added. */
export function makeGift(gift: GiftFields, state: RoomState): Gift {
  const coin = readCoin(gift.coinType);
  const count = Math.max(1, gift.num);
  // Beyond 2^53 neither sums nor dates hold: one such row would spoil its whole broadcast.
  const numbers = [gift.atMs, count, gift.totalCoin, gift.price * count];
  if (!numbers.every(Number.isSafeInteger)) throw new Unreadable(`a gift of ${numbers.join(', ')}`);
  const receiver = gift.receivers.find(([uid]) => uid > 0 && uid !== state.streamerUid);
  return {
    kind: 'gift',
    id: gift.id,
    room: state.room,
    atMs: gift.atMs,
    viewer: gift.viewer,
    giftId: gift.giftId,
    name: gift.name,
    count,
    paidMilli: coin === 'gold' && !gift.fromBag ? Math.max(0, gift.totalCoin) : 0,
    worthMilli: Math.max(0, gift.price * count),
    comboId: gift.comboId,
    coin,
    fromBag: gift.fromBag,
    blindBox: gift.blindBox,
    receiver:
      receiver === undefined || state.streamerUid === null ? null : { uid: receiver[0], name: receiver[1] },
  };
}

function readPerson(value: unknown): [number, string] {
  if (!isFields(value)) return [0, ''];
  const base = isFields(value.base) ? value.base : {};
  return [readCount(value.uid), readText(value.uname) || readText(base.name)];
}

function readBlindBox(value: unknown): Gift['blindBox'] {
  if (!isFields(value)) return null;
  const giftId = findInteger(value.original_gift_id);
  return giftId === null ? null : { giftId, name: readText(value.original_gift_name) };
}

/** `tid` names a charge; old messages have none, the oldest not even `rnd`. */
function readGiftId(message: Message, data: Fields, giftId: number): string {
  const tid = findId(message, 'data', 'tid');
  if (tid !== null) return tid;
  const uid = readCount(data.uid);
  const rnd = findId(message, 'data', 'rnd');
  if (rnd !== null) return `${rnd}:${uid}:${giftId}`;
  return [uid, giftId, readCount(data.timestamp), readCount(data.num), readCount(data.super_gift_num)].join(
    ':',
  );
}

export function readGift(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const giftId = needInteger(data.giftId, 'data.giftId');
  const num = needInteger(data.num, 'data.num');
  const price = readCount(data.price);
  const gift: GiftFields = {
    id: readGiftId(message, data, giftId),
    atMs: findTimeMs(data.timestamp) ?? sentAtMs(message, state.now()),
    viewer: readViewer(data.uid, readText(data.uname)),
    giftId,
    name: readText(data.giftName),
    num,
    price,
    totalCoin: data.total_coin === undefined ? price * num : needInteger(data.total_coin, 'data.total_coin'),
    coinType: readText(data.coin_type),
    comboId: findText(data.batch_combo_id),
    fromBag: isFields(data.bag_gift),
    blindBox: readBlindBox(data.blind_gift),
    receivers: [
      readPerson(data.send_master),
      readPerson(data.receive_user_info),
      readPerson(data.receiver_uinfo),
    ],
  };
  state.emit(makeGift(gift, state));
}
