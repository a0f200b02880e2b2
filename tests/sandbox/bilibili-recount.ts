/** Counts a room from the raw messages alone, as protocol readers do; shares no code with src/. */
import type { Row } from './bilibili-watcher.ts';

type Value = bigint | Buffer;

/** Fields of a protobuf message by number. */
export function readFields(bytes: Buffer): Map<number, Value[]> {
  const fields = new Map<number, Value[]>();
  let offset = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(offset);
      offset += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
  };
  while (offset < bytes.length) {
    const key = Number(varint());
    let value: Value;
    if (key % 8 === 0) value = varint();
    else {
      const length = key % 8 === 2 ? Number(varint()) : 4;
      value = bytes.subarray(offset, offset + length);
      if (value.length !== length) throw new Error('a field is cut off');
      offset += length;
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

const int = (fields: Map<number, Value[]>, field: number): number => Number(fields.get(field)?.[0] ?? 0n);
const text = (fields: Map<number, Value[]>, field: number): string =>
  (fields.get(field)?.[0] ?? '').toString();

interface Recount {
  /** id → uid */
  readonly danmaku: Map<string, number>;
  /** tid → [uid, items, paidMilli] */
  readonly gifts: Map<string, readonly [number, number, number]>;
  readonly superChats: Map<string, readonly [number, number]>;
  /** payflow id, or a made-up one for a lone GUARD_BUY → [uid, paidMilli] */
  readonly guards: Map<string, readonly [number, number]>;
}

function takeGiftV2(recount: Recount, data: Row): void {
  const pb = readFields(Buffer.from(String(data.pb), 'base64'));
  const uid = int(pb, 1);
  for (const item of pb.get(10) ?? []) {
    const fields = readFields(item as Buffer);
    const isPaid = text(fields, 8) === 'gold' && !fields.has(31);
    recount.gifts.set(text(fields, 9), [uid, int(fields, 3), isPaid ? int(fields, 7) : 0]);
  }
}

function takeGift(recount: Recount, data: Row): void {
  const isPaid = data.coin_type === 'gold' && data.bag_gift === null;
  recount.gifts.set(String(data.tid), [
    Number(data.uid),
    Number(data.num),
    isPaid ? Number(data.total_coin) : 0,
  ]);
}

export function recount(messages: readonly Row[]): Recount {
  const result: Recount = { danmaku: new Map(), gifts: new Map(), superChats: new Map(), guards: new Map() };
  const bought: { key: string; uid: number; price: number; second: number }[] = [];
  const toasted = new Set<string>();
  for (const message of messages) {
    const data = (message.data ?? {}) as Row;
    const info = message.info as [unknown[], string, [number]];
    switch (String(message.cmd).split(':')[0]) {
      case 'DANMU_MSG': {
        const extra = JSON.parse((info[0][15] as { extra: string }).extra) as { id_str: string };
        result.danmaku.set(extra.id_str, info[2][0]);
        break;
      }
      case 'SEND_GIFT':
        takeGift(result, data);
        break;
      case 'SEND_GIFT_V2':
        takeGiftV2(result, data);
        break;
      case 'SUPER_CHAT_MESSAGE':
      case 'SUPER_CHAT_MESSAGE_JPN':
        result.superChats.set(String(data.id), [Number(data.uid), Number(data.price) * 1000]);
        break;
      case 'GUARD_BUY':
        bought.push({
          key: `${data.uid} ${data.guard_level}`,
          uid: Number(data.uid),
          price: Number(data.price),
          second: Number(data.start_time),
        });
        break;
      case 'USER_TOAST_MSG':
        toasted.add(`${data.uid} ${data.guard_level} ${data.start_time}`);
        result.guards.set(String(data.payflow_id), [Number(data.uid), Number(data.price)]);
        break;
      case 'USER_TOAST_MSG_V2': {
        const [sender, guard, pay, option] = ['sender_uinfo', 'guard_info', 'pay_info', 'option'].map(
          (key) => data[key] as Row,
        );
        if (option?.source === 2) break;
        toasted.add(`${sender?.uid} ${guard?.guard_level} ${guard?.start_time}`);
        result.guards.set(String(pay?.payflow_id), [Number(sender?.uid), Number(pay?.price)]);
        break;
      }
      default:
    }
  }
  for (const { key, uid, price, second } of bought)
    if (!toasted.has(`${key} ${second}`)) result.guards.set(`guard-buy:${uid}:${second}`, [uid, price]);
  return result;
}
