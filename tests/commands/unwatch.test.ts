import { describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { CHANNEL, channel, GUILD, OTHER_CHANNEL } from './loopback.ts';
import { text, useStages } from './stage.ts';

const stage = useStages();

describe('/unwatch', () => {
  const watched = {
    id: 1,
    guildId: GUILD,
    channelId: OTHER_CHANNEL,
    room: asRoomId(1001),
    giftMinMilli: 1,
    roleId: null,
    paused: null,
  };

  it('ends the watch of the named channel', async () => {
    const { run, world } = await stage((w) => w.watches.push(watched));
    const there = channel(OTHER_CHANNEL);
    const answer = await run('unwatch', { ...there, options: [text('room', 'hoshi'), ...there.options] });
    expect(answer.text).toContain('What was collected stays.');
    expect(world.watches).toEqual([]);
  });

  it('names the channels that watch it when this one does not', async () => {
    const { run, world } = await stage((w) => w.watches.push(watched));
    const answer = await run('unwatch', { options: [text('room', '1001')] });
    expect(answer.text).toContain(
      `is not watched in <#${CHANNEL}>. Channels that watch it: <#${OTHER_CHANNEL}>`,
    );
    expect(world.watches).toHaveLength(1);
  });
});
