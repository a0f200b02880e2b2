import { afterEach, describe, expect, it } from 'vitest';
import { quietRooms } from '#src/sandbox/bilibili/presets.ts';
import {
  type BilibiliSandbox,
  type SandboxOptions,
  startBilibiliSandbox,
} from '#src/sandbox/bilibili/sandbox.ts';
import { mixWbiKeys, signWbi } from '#src/sandbox/bilibili/wbi.ts';
import { BROWSER, call, getDanmuInfo, openSession, openSocket, sign } from './bilibili-watcher.ts';

const DANMU_INFO = '/xlive/web-room/v1/index/getDanmuInfo';
const ROOM = 8_000_001;
let sandbox: BilibiliSandbox;

async function start(options: Partial<SandboxOptions> = {}): Promise<BilibiliSandbox> {
  sandbox = await startBilibiliSandbox({ seed: 1, rooms: quietRooms(2), ...options });
  return sandbox;
}

afterEach(() => sandbox.close());

describe('the WBI signature', () => {
  const keys = { img: '7cd084941338484aae1ad9425b84077c', sub: '4932caff0ff746eab6f01bf08b70ac45' };

  it.each([
    [{ foo: '114', bar: '514', zab: '1919810', wts: '1702204169' }, '8f6f2b5b3d485fe1886cec6a0be8c5d4'],
    [{ id: '1017', type: '0', web_location: '444.8', wts: '1748266797' }, 'cf24f88ea0cbb61e7b29aed0c070187d'],
  ])('of a published example is the published one', async (params, rid) => {
    await start();
    expect(mixWbiKeys(keys)).toBe('ea1db124af3c7062474693fa704f4ff8');
    expect(signWbi(Object.entries(params), keys)).toBe(rid);
    expect(sign({ ...params, wts: undefined }, mixWbiKeys(keys), Number(params.wts))).toContain(rid);
  });
});

describe('getDanmuInfo', () => {
  it('gives a token and hosts on loopback to a signed call with a buvid', async () => {
    const { url, port } = await start();
    const info = await getDanmuInfo(url, await openSession(url), ROOM);
    expect(info.token.length).toBeGreaterThan(100);
    expect(info.host_list).toEqual([
      { host: '127.0.0.1', port, ws_port: port, wss_port: port },
      { host: '127.0.0.1', port, ws_port: port, wss_port: port },
    ]);
  });

  it('answers -352 to whatever is not signed well', async () => {
    const { url, faults } = await start();
    const session = await openSession(url);
    const params = { id: ROOM, type: 0, web_location: '444.8' };
    const ask = async (query: string, headers: Record<string, string> = { cookie: session.cookie }) =>
      (await call(`${url}${DANMU_INFO}?${query}`, headers)).code;
    const good = (): string => sign(params, session.mixin);
    const second = Math.floor(Date.now() / 1000);
    expect(await ask(good())).toBe(0);
    expect(await ask('id=8000001&type=0')).toBe(-352);
    expect(await ask(good().replace(`id=${ROOM}`, 'id=8000002'))).toBe(-352);
    expect(await ask(good().replace(/w_rid=\w+/, `w_rid=${'0'.repeat(32)}`))).toBe(-352);
    expect(await ask(sign(params, session.mixin, second - 3600))).toBe(-352);
    expect(await ask(good(), {})).toBe(-352);
    expect(await ask(good(), { cookie: 'buvid3=; b_nut=1' })).toBe(-352);
    expect(await ask(good(), { cookie: session.cookie, 'user-agent': 'node' })).toBe(-352);
    faults.riskControl(2);
    expect([await ask(good()), await ask(good()), await ask(good())]).toEqual([-352, -352, 0]);
    faults.rotateKeys();
    expect(await ask(good())).toBe(-352);
    expect(await ask(sign(params, (await openSession(url)).mixin))).toBe(0);
    expect(sandbox.requests.filter(({ code }) => code === -352).map(({ fault }) => fault)).toEqual([
      'no w_rid',
      'w_rid is wrong',
      'w_rid is wrong',
      'wts is stale',
      'no buvid3 cookie',
      'no buvid3 cookie',
      'not a browser',
      '-352 on purpose',
      '-352 on purpose',
      'w_rid is wrong',
    ]);
  });

  it('takes values with spaces, Chinese and signs as encodeURIComponent writes them', async () => {
    const { url } = await start();
    const session = await openSession(url);
    const query = sign({ id: ROOM, note: '贝多芬 x+y&z=%~' }, session.mixin);
    expect((await call(`${url}${DANMU_INFO}?${query}`, { cookie: session.cookie })).code).toBe(0);
  });

  it('knows no short id and no other room', async () => {
    const { url } = await start();
    const session = await openSession(url);
    for (const id of [101, 5]) {
      const query = sign({ id }, session.mixin);
      expect((await call(`${url}${DANMU_INFO}?${query}`, { cookie: session.cookie })).code).toBe(1002002);
    }
  });

  it('blocks everything with 412 when called too often, until the time is over', async () => {
    let nowMs = Date.now();
    const { url } = await start({ now: () => nowMs, rules: { danmuInfoPerSecondMax: 2, blockMs: 60_000 } });
    const session = await openSession(url);
    const ask = async () => {
      const query = sign({ id: ROOM }, session.mixin, Math.floor(nowMs / 1000));
      return (await call(`${url}${DANMU_INFO}?${query}`, { cookie: session.cookie })).status;
    };
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 412]);
    const init = `${url}/room/v1/Room/room_init?id=101`;
    expect(await call(init)).toMatchObject({ status: 412, code: -412 });
    nowMs += 61_000;
    expect((await call(init)).status).toBe(200);
    expect(await ask()).toBe(200);
    sandbox.faults.block(1000);
    expect(await ask()).toBe(412);
    sandbox.faults.block(0);
    expect(await ask()).toBe(200);
  });

  it('may name a first host where nobody listens', async () => {
    const { url } = await start({ faults: { hasDeadFirstHost: true } });
    const { host_list } = await getDanmuInfo(url, await openSession(url), ROOM);
    const first = await openSocket(host_list[0]?.ws_port ?? 0);
    const second = await openSocket(host_list[1]?.ws_port ?? 0);
    expect([first.ws.readyState, second.ws.readyState]).toEqual([3, 1]);
  });
});

describe('the cookies and keys', () => {
  it('come without an account, and with one nav knows who it is', async () => {
    const { url } = await start({ accounts: [{ uid: 77, name: '值班员', sessdata: 'abc' }] });
    const spi = await call(`${url}/x/frontend/finger/spi`);
    expect(spi.data.b_3).toMatch(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\d{5}infoc$/);
    const nav = `${url}/x/web-interface/nav`;
    const anonymous = await call(nav);
    expect(anonymous).toMatchObject({ status: 200, code: -101, data: { isLogin: false } });
    expect(await call(nav, { cookie: 'SESSDATA=abc' })).toMatchObject({
      code: 0,
      data: { isLogin: true, mid: 77, uname: '值班员', wbi_img: anonymous.data.wbi_img },
    });
    expect((await call(nav, { cookie: 'SESSDATA=wrong' })).code).toBe(-101);
  });

  it('leaves a log of every call', async () => {
    const { url, requests } = await start();
    await openSession(url);
    expect((await call(`${url}/x/nothing?a=1`)).status).toBe(404);
    expect(requests.map(({ url: path, status }) => [path, status])).toEqual([
      ['/x/frontend/finger/spi', 200],
      ['/x/web-interface/nav', 200],
      ['/x/nothing?a=1', 404],
    ]);
    expect(requests[0]?.userAgent).toBe(BROWSER);
    expect(requests[1]?.cookie).toMatch(/^buvid3=/);
  });
});
