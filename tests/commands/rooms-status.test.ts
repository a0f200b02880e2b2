import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { CHANNEL, GUILD } from './loopback.ts';
import { useStages } from './stage.ts';
import { roomRow } from './world.ts';

const stage = useStages();

describe('/rooms and /status', () => {
  it('lists rooms with state, connection and reason, live ones first', async () => {
    const answer = await (await stage()).run('rooms');
    expect(answer.ephemeral).toBe(false);
    expect(answer.text).toMatch(
      /2 rooms, 1 live[\s\S]*Hoshino[\s\S]*live\*\* since <t:\d+:R>[\s\S]*星野 Mio/u,
    );
    expect(answer.text).toContain('waiting: no socket is free');
  });

  it('says where nothing is posted any more, why, and what to do', async () => {
    const paused = 'Discord 403/50013: Missing @everyone Permissions';
    const watch = { id: 1, guildId: GUILD, channelId: CHANNEL, giftMinMilli: 1, roleId: null, paused };
    const { run } = await stage((w) => {
      w.watches.push({ ...watch, room: asRoomId(1002) });
      w.watches.push({ ...watch, room: asRoomId(1001), guildId: '1', channelId: '77' });
    });
    const { text: seen } = await run('rooms');
    expect(seen).toMatch(
      /星野 Mio[\s\S]*Nothing is posted in <#\d+>: Discord 403\/50013: Missing \\@everyone/u,
    );
    expect(seen).toContain('`/watch` takes it up again');
    expect(seen).not.toContain('<#77>');
  });

  it('says how to begin where nothing is watched', async () => {
    const answer = await (await stage((w) => Object.assign(w, { rooms: [] }))).run('rooms');
    expect(answer.text).toContain('`/watch room:`');
  });

  it('stays within an embed with a hundred rooms of long names', async () => {
    const { run } = await stage((w) => {
      for (let room = 5000; room < 5100; room += 1) w.rooms.push(roomRow(room, '长'.repeat(200)));
    });
    const { text: seen } = await run('rooms');
    expect(seen.length).toBeLessThan(4200);
    expect(seen).toMatch(/and \d+ more$/u);
  });

  it('tells how the bot is, and errors to operators only', async () => {
    const lastErrors = [{ atMs: 1, message: 'disk is full' }];
    const { run } = await stage((w) => Object.assign(w, { health: { ...w.health, lastErrors } }), {
      operatorIds: ['900000000000000077'],
    });
    const answer = await run('status');
    for (const part of [
      '1 connected',
      '1 waiting',
      '25 a second',
      'delivery p99 80 ms',
      'loop delay p99 12.3 ms',
      'store 3 MiB',
      'SOME',
      'Version 0.1.0',
      'no socket is free',
    ])
      expect(answer.text).toContain(part);
    expect(answer.text).not.toContain('disk is full');
    expect((await run('status', { userId: '900000000000000077' })).text).toContain('disk is full');
  });
});
