import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { A, openStage, type Stage, until } from './stage.ts';
import { accept, PATHS, packet } from './stand-in.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

describe('what was true when it connected may not be so any more: it', () => {
  it('asks who it is again when tokens are refused: the account may be logged out', async () => {
    const nav = (uid: number) => ({
      code: uid === 0 ? -101 : 0,
      data: {
        ...{ isLogin: uid !== 0, mid: uid },
        wbi_img: {
          img_url: 'https://example.invalid/7cd084941338484aae1ad9425b84077c.png',
          sub_url: 'https://example.invalid/4932caff0ff746eab6f01bf08b70ac45.png',
        },
      },
    });
    stage.standIn.answers.set(PATHS.nav, () => nav(42));
    stage.standIn.onAuth = (socket, auth) => {
      if (auth.uid === 0) accept(socket);
      else socket.send(packet(1, 8, '{"code":-101}'));
      stage.standIn.answers.set(PATHS.nav, () => nav(0));
    };
    const collectors = await stage.open({ cookie: 'SESSDATA=gone; buvid3=AAAA-BBBB12345infoc' });
    collectors.watch([A]);
    await stage.isUp(collectors);
    expect(stage.standIn.auths.map(({ uid }) => uid)).toEqual([42, 42, 0]);
  });

  it('tells a loss after its connection, also when the clock was set back meanwhile', async () => {
    let nowMs = Date.now();
    const collectors = await stage.open({ now: () => nowMs });
    collectors.watch([A]);
    await stage.isUp(collectors);
    nowMs -= 3_600_000;
    const beats = stage.standIn.heartbeats.length;
    await until(() => expect(stage.standIn.heartbeats.length).toBeGreaterThan(beats + 1));
    for (const socket of stage.standIn.sockets) socket.terminate();
    await until(() => expect(stage.observed()).toHaveLength(3));
    const times = stage.of('observed').map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });
});
