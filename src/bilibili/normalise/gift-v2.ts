/** SEND_GIFT_V2 (protocol §4.3): base64 protobuf, several gifts in one message. */
import type { Gift } from '#src/events.ts';
import { isFields, Unreadable } from '../fields.ts';
import { type Message, sentAtMs } from '../message.ts';
import { ProtobufReader } from '../protobuf.ts';
import { makeGift } from './gift.ts';
import { type RoomState, readViewer } from './room-state.ts';

const ITEMS_MAX = 1000;

type Person = [uid: number, name: string];

interface Item {
  giftId: number;
  name: string;
  num: number;
  price: number;
  totalCoin: number;
  coinType: string;
  tid: string;
  seconds: number;
  comboHits: number;
  comboId: string;
  receiver: Person;
  receiverUser: Person;
  fromBag: boolean;
}

interface Broadcast {
  uid: number;
  name: string;
  sendMaster: Person;
  blindBox: Gift['blindBox'];
  items: Item[];
  switchedOff: boolean;
  user: Person;
}

/** The protobuf of `data.pb`, at a few mirrors of `data.data.pb`. */
export function needPayload(message: Message): ProtobufReader {
  const data = message.body.data;
  const inner = isFields(data) && isFields(data.data) ? data.data : data;
  const pb = isFields(data) && typeof data.pb === 'string' ? data.pb : isFields(inner) ? inner.pb : null;
  if (typeof pb !== 'string') throw new Unreadable('data.pb is no text');
  return new ProtobufReader(Buffer.from(pb, 'base64'));
}

/** A person at two fields of a message; the order of uid and name differs between them. */
function readPerson(reader: ProtobufReader, uidField: number, nameField: number): Person {
  const person: Person = [0, ''];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === uidField) person[0] = reader.integer();
    else if (field === nameField) person[1] = reader.text();
    else reader.skip();
  }
  return person;
}

/** UserInfo: 1 uid, 2 base{1 name}. */
export function readUser(reader: ProtobufReader): Person {
  const person: Person = [0, ''];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) person[0] = reader.integer();
    else if (field === 2) person[1] = readPerson(reader.message(), -1, 1)[1];
    else reader.skip();
  }
  return person;
}

/** proto3 leaves zeros out: what is missing is 0, and a gift that is not counted is one. */
function emptyItem(): Item {
  return {
    giftId: 0,
    name: '',
    num: 0,
    price: 0,
    totalCoin: 0,
    coinType: '',
    tid: '',
    seconds: 0,
    comboHits: 0,
    comboId: '',
    receiver: [0, ''],
    receiverUser: [0, ''],
    fromBag: false,
  };
}

/** One setter a field, by its number. */
const ITEM_FIELDS: Readonly<Record<number, (item: Item, reader: ProtobufReader) => void>> = {
  1: (item, reader) => (item.giftId = reader.integer()),
  2: (item, reader) => (item.name = reader.text()),
  3: (item, reader) => (item.num = reader.integer()),
  5: (item, reader) => (item.price = reader.integer()),
  7: (item, reader) => (item.totalCoin = reader.integer()),
  8: (item, reader) => (item.coinType = reader.text()),
  9: (item, reader) => (item.tid = reader.text()),
  10: (item, reader) => (item.seconds = reader.integer()),
  11: (item, reader) => (item.comboHits = reader.integer()),
  12: (item, reader) => (item.comboId = reader.text()),
  29: (item, reader) => (item.receiver = readPerson(reader.message(), 2, 1)),
  31: (item, reader) => {
    reader.skip();
    item.fromBag = true;
  },
  33: (item, reader) => (item.receiverUser = readUser(reader.message())),
};

function readItem(reader: ProtobufReader): Item {
  const item = emptyItem();
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const read = ITEM_FIELDS[field];
    if (read === undefined) reader.skip();
    else read(item, reader);
  }
  return item;
}

/** 2 original_gift_id, 3 original_gift_name. */
function readBlindBox(reader: ProtobufReader): Gift['blindBox'] {
  const [giftId, name] = readPerson(reader, 2, 3);
  return giftId > 0 ? { giftId, name } : null;
}

const BROADCAST_FIELDS: Readonly<Record<number, (broadcast: Broadcast, reader: ProtobufReader) => void>> = {
  1: (broadcast, reader) => (broadcast.uid = reader.integer()),
  2: (broadcast, reader) => (broadcast.name = reader.text()),
  7: (broadcast, reader) => (broadcast.sendMaster = readPerson(reader.message(), 1, 2)),
  9: (broadcast, reader) => (broadcast.blindBox = readBlindBox(reader.message())),
  10: (broadcast, reader) => {
    if (broadcast.items.length >= ITEMS_MAX) throw new Unreadable(`more than ${ITEMS_MAX} gifts`);
    broadcast.items.push(readItem(reader.message()));
  },
  11: (broadcast, reader) => (broadcast.switchedOff = !reader.flag()),
  15: (broadcast, reader) => (broadcast.user = readUser(reader.message())),
};

function readBroadcast(reader: ProtobufReader): Broadcast {
  const broadcast: Broadcast = {
    uid: 0,
    name: '',
    sendMaster: [0, ''],
    blindBox: null,
    items: [],
    switchedOff: false,
    user: [0, ''],
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    const read = BROADCAST_FIELDS[field];
    if (read === undefined) reader.skip();
    else read(broadcast, reader);
  }
  return broadcast;
}

/** The id of an item. Every item has its own `tid`; should two gifts share one, the gift belongs to the name. */
function nameItem(item: Item, uid: number, giftOfTid: Map<string, number>): string {
  const { tid, giftId } = item;
  if (tid === '' || tid === '0') {
    return [item.comboId, uid, giftId, item.seconds, item.comboHits].join(':');
  }
  const first = giftOfTid.get(tid) ?? giftId;
  giftOfTid.set(tid, first);
  return first === giftId ? tid : `${tid}:${giftId}`;
}

/** All gifts of the message. The web page ignores one whose `switch` says no (protocol §4.3). */
export function readGiftV2(message: Message, state: RoomState): void {
  const broadcast = readBroadcast(needPayload(message));
  if (broadcast.switchedOff) return;
  const viewer = readViewer(broadcast.uid, broadcast.name || broadcast.user[1]);
  const giftOfTid = new Map<string, number>();
  const gifts = broadcast.items.map((item) => {
    if (item.giftId <= 0) throw new Unreadable('a gift without id');
    return makeGift(
      {
        ...item,
        id: nameItem(item, broadcast.uid, giftOfTid),
        atMs: item.seconds > 0 ? item.seconds * 1000 : sentAtMs(message, state.now()),
        viewer,
        comboId: item.comboId || null,
        blindBox: broadcast.blindBox,
        receivers: [broadcast.sendMaster, item.receiver, item.receiverUser],
      },
      state,
    );
  });
  for (const gift of gifts) state.emit(gift);
}
