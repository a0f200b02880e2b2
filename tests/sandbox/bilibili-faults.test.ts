import { brotliDecompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { closeStage, cmds, join, OTHER, ROOM, sandbox, sayings, start, watchers } from './bilibili-stage.ts';
import { codeOfAuth, getDanmuInfo, openSession, openSocket, pack, until } from './bilibili-watcher.ts';

afterEach(closeStage);

describe('faults', () => {
  it.each(['rst', 'close', 'end'] as const)('cut the sockets of one room (%s)', async (how) => {
    await start();
    const [here, there] = [await join(), await join({}, OTHER)];
    expect(sandbox.faults.drop(how, ROOM)).toBe(1);
    await until(here.isClosed);
    expect([there.isClosed(), sandbox.connections(OTHER)]).toEqual([false, 1]);
    await until(() => sandbox.connections(ROOM) === 0);
  });

  it('leave a socket half open, while a new one works', async () => {
    await start({ rules: { silenceMsMax: 100 } });
    const deaf = await join();
    await until(() => deaf.messages.length === 1);
    expect(sandbox.faults.halfOpen()).toBe(1);
    deaf.ws.send(pack(2, ''));
    const fresh = await join();
    const entry = sandbox.say(ROOM, { text: '嗨' });
    await until(() => sayings(fresh).length === 1);
    expect([sayings(deaf).length, deaf.packets.length, entry?.carriers[0]?.sockets]).toEqual([0, 2, 1]);
    await until(fresh.isClosed);
    expect(deaf.isClosed()).toBe(false);
  });

  it('let tokens expire: a new one is needed', async () => {
    await start();
    const watcher = await join();
    const session = await openSession(sandbox.url);
    const { token } = await getDanmuInfo(sandbox.url, session, ROOM);
    sandbox.faults.expireTokens();
    expect(watcher.isClosed()).toBe(false);
    const old = await openSocket(sandbox.port);
    watchers.push(old);
    old.ws.send(pack(7, JSON.stringify({ uid: 0, roomid: ROOM, protover: 3, key: token })));
    await until(old.isClosed);
    expect(codeOfAuth(old)).toBe(-101);
    expect(codeOfAuth(await join())).toBe(0);
  });

  it('refuse upgrades, lose a PREPARING, send twice', async () => {
    await start();
    sandbox.faults.refuseUpgrade(1);
    expect((await openSocket(sandbox.port)).isClosed()).toBe(true);
    const watcher = await join();
    sandbox.faults.loseNextPreparing(ROOM);
    sandbox.preparing(ROOM);
    expect(sandbox.rooms[0]?.status).toBe(0);
    sandbox.live(ROOM);
    sandbox.preparing(ROOM, { isReplay: true });
    sandbox.faults.repeatLast(ROOM, 1);
    await until(() => watcher.messages.length === 5);
    expect(cmds(watcher)).toEqual(['LOG_IN_NOTICE', 'LIVE', 'LIVE', 'PREPARING', 'PREPARING']);
    expect(watcher.texts.at(-1)).toBe(watcher.texts.at(-2));
    expect(watcher.messages.at(-1)).toMatchObject({ roomid: String(ROOM), round: 1 });
  });

  it('send bytes that a reader must survive', async () => {
    await start();
    const watcher = await join();
    const raw: Buffer[] = [];
    watcher.ws.removeAllListeners('message');
    watcher.ws.on('message', (data: Buffer) => raw.push(data));
    const kinds = [
      'truncated',
      'garbage',
      'bad-json',
      'short-length',
      'long-length',
      'unknown-version',
    ] as const;
    for (const kind of [...kinds, 'bomb' as const]) expect(sandbox.faults.sendBroken(ROOM, kind)).toBe(1);
    await until(() => raw.length === kinds.length + 1);
    expect(raw[0]?.readUInt32BE(0)).toBeGreaterThan(raw[0]?.length ?? 0);
    expect(raw[1]?.toString()).toMatch(/^HTTP\/0\.9 403/);
    expect(raw[3]?.readUInt32BE(0)).toBe(3);
    expect(raw[4]?.readUInt32BE(0)).toBe(0x7fffffff);
    const bomb = raw.at(-1) ?? Buffer.alloc(0);
    expect(bomb.length).toBeLessThan(100_000);
    expect(() => brotliDecompressSync(bomb.subarray(16), { maxOutputLength: 2 ** 25 })).toThrow();
  });
});
