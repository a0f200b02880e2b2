import { inflateSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { demoRooms, quietRooms } from '#src/sandbox/bilibili/presets.ts';
import {
  type BilibiliSandbox,
  type SandboxOptions,
  startBilibiliSandbox,
} from '#src/sandbox/bilibili/sandbox.ts';
import { call, openSession, type Row, sign } from './bilibili-watcher.ts';

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
let sandbox: BilibiliSandbox;

async function start(options: Partial<SandboxOptions> = {}): Promise<string> {
  sandbox = await startBilibiliSandbox({ seed: 1, rooms: demoRooms(), isPaused: true, ...options });
  return sandbox.url;
}

afterEach(() => sandbox.close());

it('room_init turns short ids into long ones and knows what is no room', async () => {
  const url = await start({ now: () => START_MS });
  const ask = (id: number | string) => call(`${url}/room/v1/Room/room_init?id=${id}`);
  const short = await ask(721);
  expect(short).toEqual(await ask(6710021));
  expect(short.data).toMatchObject({
    room_id: 6710021,
    short_id: 721,
    uid: 401700231,
    live_status: 1,
    live_time: START_MS / 1000 - 2400,
    encrypted: false,
    is_locked: false,
  });
  expect((await ask(23370916)).data).toMatchObject({ short_id: 0, live_status: 0, live_time: -62170012800 });
  for (const id of [999, 'abc', '']) expect((await ask(id)).code).toBe(60004);
});

it('get_info tells the time as a string of UTC+8, and code 1 for no room', async () => {
  const url = await start({ now: () => START_MS });
  const ask = (id: number) => call(`${url}/room/v1/Room/get_info?room_id=${id}`);
  expect((await ask(721)).data).toMatchObject({
    room_id: 6710021,
    title: '【歌回】把星星一颗一颗唱给你听',
    live_time: '2026-01-02 10:24:05',
    area_name: '虚拟Singer',
    parent_area_name: '虚拟主播',
    attention: 238114,
  });
  expect((await ask(23370916)).data).toMatchObject({ live_status: 0, live_time: '0000-00-00 00:00:00' });
  expect((await ask(4)).code).toBe(1);
});

it('getRoomBaseInfo answers for many rooms at once, by the real id', async () => {
  const url = await start();
  const path = `${url}/xlive/web-room/v1/index/getRoomBaseInfo?req_biz=web_room_componet`;
  const { data } = await call(`${path}&room_ids=721&room_ids=25510347&room_ids=5`);
  const rooms = data.by_room_ids as Record<string, Row>;
  expect(Object.keys(rooms).sort()).toEqual(['25510347', '6710021']);
  expect(rooms['6710021']).toMatchObject({ uname: '月见团子Dango', live_status: 1, short_id: 721 });
  expect((await call(path)).data.by_room_ids).toEqual({});
  expect((await call(path.replace('req_biz', 'biz'))).code).toBe(-400);
});

it('get_status_info_by_uids takes GET and POST; nothing is an array', async () => {
  const url = await start();
  const path = `${url}/room/v1/Room/get_status_info_by_uids`;
  const got = await call(`${path}?uids[]=401700231&uids[]=57120488`);
  expect(Object.keys(got.data)).toEqual(['57120488', '401700231']);
  expect(got.data['57120488']).toMatchObject({ live_status: 0, live_time: 0, uname: '小满的深夜食堂' });
  const init = { method: 'POST', body: JSON.stringify({ uids: [401700231, 57120488] }) };
  expect(await call(path, { 'content-type': 'application/json' }, init)).toEqual(got);
  expect((await call(`${path}?uids[]=5`)).data).toEqual([]);
});

it('tells locked, encrypted and hidden rooms', async () => {
  const [first, second, third] = quietRooms(3);
  if (!first || !second || !third) throw new Error('three rooms');
  const url = await start({
    rooms: [
      { ...first, isLocked: true },
      { ...second, isEncrypted: true },
      { ...third, isHidden: true },
    ],
  });
  const ask = async (id: number) => (await call(`${url}/room/v1/Room/room_init?id=${id}`)).data;
  expect(await ask(first.roomId)).toMatchObject({ is_locked: true, encrypted: false, is_hidden: false });
  expect(await ask(second.roomId)).toMatchObject({ is_locked: false, encrypted: true, is_hidden: false });
  expect(await ask(third.roomId)).toMatchObject({ is_locked: false, encrypted: false, is_hidden: true });
});

it('getInfoByRoom is signed and shows the super chats of now', async () => {
  let nowMs = Date.now();
  const url = await start({ now: () => nowMs });
  const session = await openSession(url);
  const ask = async () => {
    const query = sign({ room_id: 6710021 }, session.mixin, Math.floor(nowMs / 1000));
    return call(`${url}/xlive/web-room/v1/index/getInfoByRoom?${query}`, { cookie: session.cookie });
  };
  sandbox.superChat(6710021, { price: 30, text: '短' });
  sandbox.superChat(6710021, { price: 100, text: '长' });
  const texts = async () =>
    ((await ask()).data.super_chat_info as { message_list: Row[] }).message_list.map((row) => row.message);
  expect(await texts()).toEqual(['短', '长']);
  nowMs += 70_000;
  expect(await texts()).toEqual(['长']);
  const { data } = await ask();
  expect(data).toMatchObject({
    room_info: { room_id: 6710021, live_status: 1 },
    anchor_info: { base_info: { uname: '月见团子Dango' }, medal_info: { medal_name: '小团子' } },
    watched_show: { num: 23811, text_small: '2.3万' },
  });
  expect((await call(`${url}/xlive/web-room/v1/index/getInfoByRoom?room_id=1`)).code).toBe(-352);
});

it('gethistory has the last ten danmaku for an account, and nothing for the anonymous', async () => {
  const url = await start({ accounts: [{ uid: 9, name: '账号', sessdata: 's' }] });
  for (let index = 0; index < 12; index += 1) sandbox.say(6710021, { text: `第${index}条` });
  const path = `${url}/xlive/web-room/v1/dM/gethistory?roomid=721`;
  const rows = (await call(path, { cookie: 'SESSDATA=s' })).data.room as Row[];
  expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: 10 }, (_, index) => `第${index + 2}条`));
  expect(rows.map((row) => row.id_str)).toEqual(sandbox.ledger.entries.slice(2).map(({ id }) => id));
  expect((await call(path)).data).toEqual({ admin: [], room: [] });
});

it('lists live rooms, gifts and who streams', async () => {
  const url = await start();
  const list = `${url}/room/v3/area/getRoomList?platform=web&sort_type=online&page=1`;
  const all = await call(`${list}&page_size=99`);
  expect(all.data.count).toBe(4);
  expect((all.data.list as Row[]).map(({ roomid }) => roomid)).not.toContain(23370916);
  expect((await call(`${list}&parent_area_id=9`)).data.count).toBe(2);
  expect(((await call(`${list}&page_size=3`)).data.list as Row[]).length).toBe(3);
  expect((await call(`${list}&page_size=100`)).code).toBe(-400);
  const gifts = await call(`${url}/xlive/web-room/v1/giftPanel/roomGiftList?platform=pc&room_id=1`);
  const config = gifts.data.gift_config as { base_config: { list: Row[] }; room_config: Row[] };
  expect(config.base_config.list.find(({ id }) => id === 31036)).toMatchObject({
    name: '小花花',
    price: 100,
    coin_type: 'gold',
  });
  expect(config.room_config.map(({ name }) => name)).toEqual(['心愿盲盒', '调皮盲盒']);
  const master = await call(`${url}/live_user/v1/Master/info?uid=401700231`);
  expect(master.data).toMatchObject({
    info: { uname: '月见团子Dango' },
    room_id: 6710021,
    medal_name: '小团子',
  });
});

it('serves covers as pictures of its own', async () => {
  const url = await start();
  const response = await fetch(`${url}/bfs/live/cover-6710021.png`);
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(response.headers.get('content-type')).toBe('image/png');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([320, 180]);
  const start_ = bytes.indexOf('IDAT') + 4;
  const pixels = inflateSync(bytes.subarray(start_, start_ + bytes.readUInt32BE(start_ - 8)));
  expect(pixels.length).toBe((320 * 3 + 1) * 180);
});
