import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { A, B, openStage, type Stage, until } from './stage.ts';
import { accept, PATHS, packet, push } from './stand-in.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('a room', () => {
  it('is found, authenticated and read, on nothing but the vital calls', async () => {
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    expect(stage.standIn.auths).toEqual([
      {
        uid: 0,
        roomid: 9001,
        protover: 3,
        platform: 'web',
        type: 2,
        buvid: 'AAAA-BBBB12345infoc',
        key: 'token-1',
      },
    ]);
    const danmuInfo = stage.standIn.calls.find(({ url }) => url.startsWith(PATHS.danmuInfo));
    expect(danmuInfo?.url).toMatch(/id=9001&type=0&web_location=444\.8&wts=\d+&w_rid=[0-9a-f]{32}$/);
    expect(danmuInfo?.headers.cookie).toBe('buvid3=AAAA-BBBB12345infoc');
    expect(new Set(stage.standIn.calls.map(({ headers }) => headers['user-agent'])).size).toBe(1);
    expect(stage.observed()).toEqual([[A, true, null]]);
    expect(stage.of('room-polled')).toMatchObject([
      { room: A, liveStatus: 'live', startSecond: 1780000000, uid: 700001 },
    ]);

    const [socket] = stage.standIn.sockets;
    socket?.send(
      Buffer.concat([push({ cmd: 'WATCHED_CHANGE', data: { num: 1 } }, { cmd: 'NEW' }), Buffer.from('xx')]),
    );
    await until(() => expect(stage.of('watched')).toHaveLength(1));
    await until(() =>
      expect(Object.fromEntries(collectors.unknownCommands())).toEqual({ NEW: 1, 'frame!': 1 }),
    );
    await until(() => expect(stage.standIn.heartbeats.length).toBeGreaterThan(2));
    expect(stage.standIn.heartbeats[0]?.body).toBe('');
    expect(collectors.status(A)).toMatchObject({ connection: 'connected', reason: null, reconnects: 0 });
    expect(collectors.status(B)).toBeNull();
  });

  it('asks for a new token when its own is refused, or when the server just closes', async () => {
    const ways = [
      (socket: Parameters<typeof accept>[0]) => socket.send(packet(1, 8, '{"code":-101}')),
      (socket: Parameters<typeof accept>[0]) => socket.send(packet(1, 8, 'nonsense')),
      (socket: Parameters<typeof accept>[0]) => socket.terminate(),
      () => undefined,
    ];
    stage.standIn.onAuth = (socket) => (ways.shift() ?? accept)(socket);
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    expect(stage.standIn.auths.map(({ key }) => key)).toEqual([
      'token-1',
      'token-2',
      'token-3',
      'token-4',
      'token-5',
    ]);
    expect(stage.observed()).toEqual([
      [A, false, 'auth-refused'],
      [A, true, null],
    ]);
  });

  it('goes to the next server when the first is dead, with the same token', async () => {
    const hosts = [
      { host: '127.0.0.1', ws_port: 1, wss_port: 1 },
      { host: '127.0.0.1', ws_port: 1, wss_port: 1 },
      { host: '127.0.0.1', ws_port: stage.standIn.port, wss_port: 1 },
    ];
    stage.standIn.answers.set(PATHS.danmuInfo, () => ({
      code: 0,
      data: { token: 'token', host_list: hosts },
    }));
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    expect(stage.standIn.callsTo(PATHS.danmuInfo)).toBe(1);
  });

  it('does not go back to a server that never answered while another one does', async () => {
    let knocks = 0;
    const dead = createServer((socket) => {
      knocks++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(dead, 'listening');
    const { port } = dead.address() as AddressInfo;
    const hosts = [port, stage.standIn.port].map((ws_port) => ({ host: '127.0.0.1', ws_port, wss_port: 1 }));
    stage.standIn.answers.set(PATHS.danmuInfo, () => ({
      code: 0,
      data: { token: 'token', host_list: hosts },
    }));
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    for (const times of [1, 2, 3]) {
      for (const socket of stage.standIn.sockets) socket.terminate();
      await until(() => expect(collectors.status(A)).toMatchObject({ reconnects: times }));
    }
    dead.close();
    expect(knocks).toBe(1);
  });

  it('asks for a new token when no server can be reached', async () => {
    let calls = 0;
    stage.standIn.answers.set(PATHS.danmuInfo, () => {
      const ws_port = ++calls === 1 ? 1 : stage.standIn.port;
      return { code: 0, data: { token: 'token', host_list: [{ host: '127.0.0.1', ws_port, wss_port: 1 }] } };
    });
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    expect(calls).toBe(2);
  });

  it('comes back after a loss and tells since when it saw nothing', async () => {
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    const [socket] = stage.standIn.sockets;
    socket?.terminate();
    await until(() => expect(stage.observed()).toHaveLength(3));
    expect(stage.observed().slice(1)).toEqual([
      [A, false, 'disconnected'],
      [A, true, null],
    ]);
    const [up, down, again] = stage.of('observed');
    expect(down?.atMs).toBeGreaterThanOrEqual(up?.atMs ?? 0);
    expect(again?.atMs).toBeGreaterThanOrEqual(down?.atMs ?? 0);
    expect(collectors.status(A)).toMatchObject({ connection: 'connected', reconnects: 1 });
    expect(stage.standIn.callsTo(PATHS.danmuInfo)).toBe(1);
  });

  it('notices a connection that is half open', async () => {
    stage.standIn.onHeartbeat = () => undefined;
    const collectors = await stage.open();
    collectors.watch([A]);
    await until(() => expect(stage.observed()[1]).toEqual([A, false, 'half-open']));
    stage.standIn.onHeartbeat = (socket) => socket.send(packet(1, 3, Buffer.alloc(4)));
    await until(() => expect(stage.observed().at(-1)).toEqual([A, true, null]));
  });

  it.each([
    ['unknown', { code: 60004, msg: '直播间不存在' }, /no such room/],
    ['locked', { code: 0, data: { room_id: 9001, uid: 1, is_locked: true } }, /locked/],
    ['encrypted', { code: 0, data: { room_id: 9001, uid: 1, encrypted: true } }, /password/],
    ['hidden', { code: 0, data: { room_id: 9001, uid: 1, is_hidden: true } }, /hidden/],
    ['paid', { code: 0, data: { room_id: 9001, uid: 1, special_type: 1 } }, /paid/],
  ])('that is %s stops with the reason', async (_name, answer, reason) => {
    stage.standIn.answers.set(PATHS.roomInit, () => answer);
    const collectors = await stage.open();
    collectors.watch([A, B]);
    await until(() =>
      expect(collectors.statuses().every(({ connection }) => connection === 'failed')).toBe(true),
    );
    expect(collectors.status(A)?.reason).toMatch(reason);
    expect(stage.standIn.callsTo(PATHS.roomInit)).toBe(2);
    expect(stage.standIn.callsTo(PATHS.danmuInfo)).toBe(0);
  });

  it('that was closed is looked at again later', async () => {
    const open9001 = stage.standIn.answers.get(PATHS.roomInit);
    stage.standIn.answers.set(PATHS.roomInit, () => ({
      code: 0,
      data: { room_id: 9001, uid: 1, is_locked: true },
    }));
    const collectors = await stage.open({ timings: { recheckMs: 50 } });
    collectors.watch([A]);
    await until(() => expect(collectors.status(A)?.connection).toBe('failed'));
    if (open9001 !== undefined) stage.standIn.answers.set(PATHS.roomInit, open9001);
    await stage.isUp(collectors);
  });

  it('survives vital calls that fail for a while', async () => {
    const good = new Map(stage.standIn.answers);
    const bad = [
      () => ({ status: 500, text: 'oops' }),
      () => ({ status: 200, text: '<html>' }),
      () => ({ code: -509, message: 'overloaded' }),
      () => ({ code: 0, data: null }),
    ];
    for (const path of [PATHS.roomInit, PATHS.spi, PATHS.nav, PATHS.danmuInfo]) {
      const faults = [...bad];
      stage.standIn.answers.set(path, (query) => (faults.shift() ?? good.get(path))?.(query) ?? {});
    }
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
  });

  it('that is not watched any more is disconnected', async () => {
    const collectors = await stage.open();
    collectors.watch([A]);
    await stage.isUp(collectors);
    collectors.watch([]);
    expect(collectors.statuses()).toEqual([]);
    expect(stage.observed().at(-1)).toEqual([A, false, 'not-watched']);
    await until(() => expect(stage.standIn.sockets.size).toBe(0));
  });
});

describe('risk control', () => {
  it('is answered with new keys once, then with rest', async () => {
    const good = stage.standIn.answers.get(PATHS.danmuInfo);
    const refusals: object[] = [
      { code: -352, message: '-352' },
      { code: 0, data: { v_voucher: 'voucher' } },
      { code: -352 },
    ];
    stage.standIn.answers.set(PATHS.danmuInfo, (query) => refusals.shift() ?? good?.(query) ?? {});
    const collectors = await stage.open({ timings: { riskControl: { baseMs: 300, maxMs: 300 } } });
    collectors.watch([A]);
    await until(() => expect(collectors.trouble()).toMatch(/-352/));
    expect(stage.standIn.callsTo(PATHS.nav)).toBe(2);
    await stage.isUp(collectors);
    expect(stage.standIn.callsTo(PATHS.danmuInfo)).toBe(4);
    expect(collectors.trouble()).toBeNull();
    expect(stage.observed()).toEqual([
      [A, false, 'throttled'],
      [A, true, null],
    ]);
  });

  it('412 rests the whole host', async () => {
    const good = stage.standIn.answers.get(PATHS.roomInit);
    stage.standIn.answers.set(PATHS.roomInit, () => ({ status: 412, text: '<html>blocked</html>' }));
    const collectors = await stage.open({ timings: { rateBlock: { baseMs: 400, maxMs: 400 } } });
    collectors.watch([A, B]);
    await until(() => expect(collectors.trouble()).toMatch(/blocks/));
    if (good !== undefined) stage.standIn.answers.set(PATHS.roomInit, good);
    const calls = stage.standIn.callsTo(PATHS.roomInit);
    await expect(collectors.resolve(9001)).rejects.toMatchObject({ name: 'ApiError', code: -412 });
    expect(stage.standIn.callsTo(PATHS.roomInit)).toBe(calls);
    await stage.isUp(collectors);
    await stage.isUp(collectors, B);
  });
});
