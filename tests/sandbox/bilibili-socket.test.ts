import { afterEach, describe, expect, it } from 'vitest';
import { closeStage, cmds, join, OTHER, ROOM, sandbox, sayings, start, watchers } from './bilibili-stage.ts';
import { codeOfAuth, openSocket, pack, until, type Watcher } from './bilibili-watcher.ts';

afterEach(closeStage);

describe('auth', () => {
  it('is answered 0, and the anonymous are told that names are hidden', async () => {
    await start({ accounts: [{ uid: 77, name: '号', sessdata: 's' }] });
    const anonymous = await join();
    await until(() => anonymous.messages.length > 0);
    expect([codeOfAuth(anonymous), cmds(anonymous)]).toEqual([0, ['LOG_IN_NOTICE']]);
    const known = await join({ sessdata: 's', auth: { uid: 77 } });
    sandbox.say(ROOM, { text: '嗨' });
    await until(() => known.messages.length > 0);
    expect([codeOfAuth(known), cmds(known)]).toEqual([0, ['DANMU_MSG']]);
    expect(sandbox.connections(ROOM)).toBe(2);
  });

  it.each([
    ['a wrong uid', { uid: 5 }],
    ['another room', { roomid: OTHER }],
    ['a short id', { roomid: 101 }],
    ['a made-up token', { key: 'x' }],
  ])('with %s is answered -101 and closed', async (_, auth) => {
    await start();
    const watcher = await join({ auth });
    await until(watcher.isClosed);
    expect(codeOfAuth(watcher)).toBe(-101);
    expect(sandbox.connections()).toBe(0);
  });

  it('is hung up on when it is malformed, late, or not first', async () => {
    await start({ rules: { authMsMax: 100 } });
    const broken = [
      pack(7, '{'),
      pack(7, '{"roomid":"8000001"}'),
      pack(2, ''),
      Buffer.from('GET / HTTP/1.1'),
      pack(7, '{}').subarray(0, 17),
    ];
    for (const bytes of [...broken, null]) {
      const watcher = await openSocket(sandbox.port);
      watchers.push(watcher);
      if (bytes !== null) watcher.ws.send(bytes);
      await until(watcher.isClosed);
      expect(watcher.packets).toEqual([]);
    }
    const elsewhere = await openSocket(sandbox.port, '/pub');
    expect(elsewhere.isClosed()).toBe(true);
  });

  it('is refused on purpose as often as asked', async () => {
    await start();
    sandbox.faults.refuseAuth(1);
    expect(codeOfAuth(await join())).toBe(-101);
    sandbox.faults.closeSilently(1);
    const silent = await join();
    expect([silent.isClosed(), silent.packets.length]).toEqual([true, 0]);
    expect(codeOfAuth(await join())).toBe(0);
    const auths = sandbox.requests.filter(({ kind }) => kind === 'auth');
    expect(auths.map(({ fault }) => fault)).toEqual(['refused on purpose', 'hung up on purpose', null]);
  });
});

describe('heartbeats', () => {
  it('are answered with a length of 20 that leaves the echo out', async () => {
    await start();
    const watcher = await join();
    watcher.ws.send(pack(2, '[object Object]'));
    watcher.ws.send(pack(2, ''));
    const replies = () => watcher.packets.filter(({ operation }) => operation === 3);
    await until(() => replies().length === 2);
    expect(replies().map(({ lengthField, version }) => [lengthField, version])).toEqual([
      [20, 1],
      [20, 1],
    ]);
    expect(replies().map(({ body }) => body.subarray(4).toString())).toEqual(['[object Object]', '']);
  });

  it('keep a watcher in; a silent one is dropped', async () => {
    await start({ rules: { silenceMsMax: 300 } });
    const silent = await join();
    const alive = await join();
    const timer = setInterval(() => alive.ws.send(pack(2, '')), 50);
    await until(silent.isClosed);
    clearInterval(timer);
    expect(alive.isClosed()).toBe(false);
  });
});

describe('pushes', () => {
  it('come plain, by zlib and by brotli, several in a packet and several packets in a message', async () => {
    await start({ wire: { innerMax: 20, outerMax: 3, plainShare: 0 } });
    const [plain, zlib, brotli] = [await join({ protover: 1 }), await join({ protover: 2 }), await join()];
    const texts = Array.from({ length: 150 }, (_, index) => `第${index}条`);
    for (const text of texts) sandbox.say(ROOM, { text });
    for (const watcher of [plain, zlib, brotli]) {
      await until(() => sayings(watcher).length === texts.length);
      expect(sayings(watcher)).toEqual(texts);
      expect(Math.max(...watcher.outerCounts)).toBeGreaterThan(1);
    }
    expect(new Set(plain.packets.filter((one) => one.operation === 5).map(({ version }) => version))).toEqual(
      new Set([0]),
    );
    for (const [watcher, version] of [
      [zlib, 2],
      [brotli, 3],
    ] as const) {
      const pushes = watcher.packets.filter(({ operation }) => operation === 5);
      expect(pushes.every((one) => one.version === version)).toBe(true);
      expect(Math.max(...watcher.innerCounts)).toBeGreaterThan(5);
      expect(Math.max(...watcher.innerCounts)).toBeLessThanOrEqual(20);
    }
  });

  it('come plain now and then although brotli was asked for', async () => {
    await start({ wire: { plainShare: 0.5 } });
    const watcher = await join();
    for (let index = 0; index < 400; index += 1) sandbox.say(ROOM, { text: 'x' });
    await until(() => sayings(watcher).length === 400);
    const versions = watcher.packets.filter(({ operation }) => operation === 5).map(({ version }) => version);
    expect(new Set(versions)).toEqual(new Set([0, 3]));
  });

  it('go to their room only, and not to who comes later', async () => {
    await start();
    const here = await join();
    const there = await join({}, OTHER);
    sandbox.say(ROOM, { text: '一' });
    const late = await join();
    sandbox.push(ROOM, [{ cmd: 'DANMU_MSG', info: [[], '二'] }, '{"cmd":"DANMU_MSG","info":[[],"三"]}']);
    await until(() => sayings(here).length === 3 && sayings(late).length === 2);
    expect([sayings(here), sayings(late), sayings(there)]).toEqual([['一', '二', '三'], ['二', '三'], []]);
  });

  it('hide names and medals from the anonymous where the room is so', async () => {
    await start({ masking: 'danmaku', accounts: [{ uid: 77, name: '号', sessdata: 's' }] });
    const anonymous = await join();
    const known = await join({ sessdata: 's', auth: { uid: 77 } });
    const viewer = sandbox.rooms[0]?.crowd.find(({ medal }) => medal !== null);
    if (viewer === undefined) throw new Error('nobody has a medal');
    sandbox.say(ROOM, { viewer, text: '嗨' });
    sandbox.gift(ROOM, { viewer, dialect: 'v1' });
    await until(() => known.messages.length === 2 && anonymous.messages.length === 3);
    const info = (watcher: Watcher) =>
      watcher.messages.find(({ cmd }) => cmd === 'DANMU_MSG')?.info as unknown[][];
    expect(info(anonymous)[2]?.slice(0, 2)).toEqual([0, `${[...viewer.name][0]}***`]);
    expect(info(anonymous)[3]).toEqual([]);
    expect(JSON.stringify(info(anonymous))).not.toContain(String(viewer.uid));
    expect(info(known)[2]?.slice(0, 2)).toEqual([viewer.uid, viewer.name]);
    expect(info(known)[3]?.[1]).toBe(viewer.medal?.name);
    expect(anonymous.messages.at(-1)?.data).toMatchObject({ uid: viewer.uid });
    expect(sandbox.ledger.totals()).toMatchObject({ danmaku: 1, maskedDanmaku: 1, chatters: 0, payers: 1 });
  });

  it('are thinned for who has no buvid', async () => {
    await start();
    const thin = await join({ auth: { buvid: '' } });
    const whole = await join();
    for (let index = 0; index < 70; index += 1) sandbox.say(ROOM, { text: 'x' });
    await until(() => sayings(whole).length === 70);
    expect(sayings(thin).length).toBe(10);
  });
});
