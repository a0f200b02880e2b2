import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { type Stage, text, useStages } from '../commands/stage.ts';
import { roomRow, sessionRow } from '../commands/world.ts';

const stage = useStages();

describe('the room option', () => {
  it.each([
    ['an id', '1002'],
    ['a short id', '12'],
    ['a link', 'https://live.bilibili.com/12?from=search'],
    ['a mobile link', 'live.bilibili.com/h5/1002'],
    ['a name in full-width letters', 'ＭＩＯ'],
    ['part of a name', '星野'],
  ])('takes %s', async (_what, typed) => {
    const { run } = await stage((w) => Object.assign(w, { session: sessionRow(asRoomId(1002)) }));
    expect((await run('stats', { options: [text('room', typed)] })).text).toContain('Statistics of 星野 Mio');
  });

  it('tells of a room that is not watched here, and how to watch it, to the caller only', async () => {
    const { run, loopback } = await stage((w) => w.rooms.push(roomRow(1003, 'Room 99 fans')));
    const answer = await run('stats', { options: [text('room', 'https://live.bilibili.com/99')] });
    expect(answer.ephemeral).toBe(true);
    expect(answer.text).toMatch(/is not watched here\..*`\/watch room:99`/u);
    expect(loopback.requests.map(({ method }) => method)).toEqual(['POST', 'PATCH']);
  });

  it("knows the operator's rooms for the operator alone", async () => {
    const add = (w: Stage['world']) => {
      w.operatorRooms.push(roomRow(3003, 'Hidden'));
      w.session = sessionRow(asRoomId(3003));
    };
    const { run } = await stage(add, { operatorIds: ['900000000000000077'] });
    const options = [text('room', '3003')];
    expect((await run('stats', { options })).text).toContain('not watched here');
    expect((await run('stats', { options, userId: '900000000000000077' })).text).toContain(
      'Statistics of Hidden',
    );
  });

  it('asks back when several rooms fit', async () => {
    const { run } = await stage((w) => w.rooms.push(roomRow(1004, 'Hoshino second')));
    expect((await run('stats', { options: [text('room', 'hosh')] })).text).toContain(
      'Several watched rooms fit',
    );
    expect((await run('stats', { options: [text('room', 'hoshino')] })).text).toContain(
      'Statistics of Hoshino',
    );
  });

  it('completes from what is watched here: 25 choices of 100 characters at most', async () => {
    const hostile = '\u202e@everyone\u200b'.padEnd(200, '长');
    const { complete } = await stage((w) => {
      for (let room = 5000; room < 5040; room += 1) w.rooms.push(roomRow(room, `${hostile}${room}`));
    });
    const all = await complete('stats', { options: [text('room', '', true)] });
    expect(all).toHaveLength(25);
    expect(all.filter(({ name }) => name.length > 100 || /[\p{Cf}\p{Cc}]/u.test(name))).toEqual([]);
    expect(await complete('chart', { options: [text('room', 'hoSHI', true)] })).toEqual([
      { name: 'Hoshino (1001) · live', value: '1001' },
    ]);
  });
});
