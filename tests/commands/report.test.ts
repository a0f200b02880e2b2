import { describe, expect, it } from 'vitest';
import { CHANNEL, GUILD } from './loopback.ts';
import { integer, text, useStages } from './stage.ts';

const stage = useStages();

describe('/report', () => {
  const sub = (name: string, options: object[] = []) => ({ options: [{ type: 1, name, options }] });

  it('adds, lists, completes and removes', async () => {
    const { run, complete, world } = await stage();
    expect((await run('report', sub('list'))).text).toContain('No reports yet');
    const add = sub('add', [text('room', '1001'), text('every', 'hour')]);
    expect((await run('report', add)).text).toContain(`will be posted in <#${CHANNEL}> every hour`);
    expect(world.reports).toMatchObject([{ guildId: GUILD, channelId: CHANNEL, room: 1001, every: 'hour' }]);
    expect((await run('report', add)).text).toContain('there already: number 1');
    expect((await run('report', sub('list'))).text).toContain('`1` [Hoshino]');
    const rooms = world.rooms.splice(0);
    expect((await run('report', sub('list'))).text).toContain(
      'nothing is posted: the room is not watched here',
    );
    world.rooms.push(...rooms);
    const focused = { type: 4, name: 'report', value: '', focused: true };
    expect(await complete('report', sub('remove', [focused]))).toEqual([
      { name: '1: Hoshino (1001), every hour', value: 1 },
    ]);
    expect((await run('report', sub('remove', [integer('report', 1)]))).text).toContain('Report ended');
    expect((await run('report', sub('remove', [integer('report', 1)]))).text).toContain(
      'no report with the number 1',
    );
  });
});
