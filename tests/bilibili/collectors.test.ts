import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiError, UserError } from '#src/lib/errors.ts';
import { A, B, C, openStage, type Stage, until } from './stage.ts';
import { PATHS } from './stand-in.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

function baseOf(live: ReadonlySet<number>) {
  return (query: URLSearchParams) => ({
    code: 0,
    data: {
      by_room_ids: Object.fromEntries(
        query.getAll('room_ids').map((id) => [
          id,
          {
            room_id: Number(id),
            uid: 700001,
            uname: `主播${id}`,
            title: '标题',
            area_name: '聊天',
            short_id: 0,
            cover: '',
            live_status: live.has(Number(id)) ? 1 : 0,
            live_time: live.has(Number(id)) ? '2026-05-29 04:26:40' : '0000-00-00 00:00:00',
          },
        ]),
      ),
    },
  });
}

describe('many rooms', () => {
  it('wait for a connection, live ones first, and take it from those that are not', async () => {
    const live = new Set<number>([B]);
    stage.standIn.answers.set(PATHS.base, baseOf(live));
    stage.standIn.answers.set(PATHS.roomInit, (query) => ({
      code: 0,
      data: {
        room_id: Number(query.get('id')),
        uid: 700001,
        live_status: live.has(Number(query.get('id'))) ? 1 : 0,
      },
    }));
    const collectors = await stage.open({ roomBudget: 1, pollIntervalMs: 50 });
    collectors.watch([A, B, C]);
    await stage.isUp(collectors, B);
    expect(collectors.status(A)).toMatchObject({
      connection: 'waiting',
      reason: expect.stringMatching(/turn 1 of 2/),
    });
    expect(stage.observed()).toContainEqual([A, false, 'waiting']);

    live.clear();
    live.add(C);
    await stage.isUp(collectors, C);
    expect(collectors.status(B)?.connection).toBe('waiting');
    expect(stage.observed()).toContainEqual([B, false, 'waiting']);
    expect(stage.standIn.sockets.size).toBeLessThanOrEqual(2);
  });

  it('are polled in batches, so that a lost LIVE is known', async () => {
    const live = new Set<number>();
    stage.standIn.answers.set(PATHS.base, baseOf(live));
    const collectors = await stage.open({ pollIntervalMs: 40 });
    collectors.watch([A, B]);
    await until(() => expect(stage.of('room-polled').some(({ name }) => name === '主播9001')).toBe(true));
    live.add(A);
    await until(() =>
      expect(stage.of('room-polled')).toContainEqual(
        expect.objectContaining({
          room: A,
          name: '主播9001',
          liveStatus: 'live',
          startSecond: 1780000000,
          coverUrl: null,
        }),
      ),
    );
    expect(
      stage.standIn.calls.filter(({ url }) => url.includes('room_ids=9001&room_ids=9002')).length,
    ).toBeGreaterThan(1);
  });
});

describe('resolving', () => {
  it('finds the room of a short id, with or without its name', async () => {
    stage.standIn.answers.set(PATHS.roomInit, () => ({
      code: 0,
      data: { room_id: 9001, short_id: 6, uid: 700001, live_status: 2 },
    }));
    const collectors = await stage.open();
    const room = { room: A, shortId: 6, uid: 700001, liveStatus: 'replay' };
    expect(await collectors.resolve(6)).toMatchObject({ ...room, name: 'room 9001' });
    stage.standIn.answers.set(PATHS.base, baseOf(new Set()));
    expect(await collectors.resolve(6)).toMatchObject({
      ...room,
      name: '主播9001',
      title: '标题',
      area: '聊天',
    });
  });

  it('says when there is none, or no answer', async () => {
    const collectors = await stage.open();
    stage.standIn.answers.set(PATHS.roomInit, () => ({ code: 60004, msg: 'no' }));
    await expect(collectors.resolve(77)).rejects.toThrow(UserError);
    stage.standIn.answers.set(PATHS.roomInit, () => ({ status: 502, text: '' }));
    await expect(collectors.resolve(77)).rejects.toThrow(ApiError);
  });
});

it('closing ends every connection and tells the gap', async () => {
  const collectors = await stage.open();
  collectors.watch([A]);
  await stage.isUp(collectors);
  await collectors.close();
  expect(stage.observed().at(-1)).toEqual([A, false, 'process-down']);
  await until(() => expect(stage.standIn.sockets.size).toBe(0));
});
