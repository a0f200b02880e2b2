import { describe, expect, it } from 'vitest';
import { CHANNEL, channel, GUILD, OTHER_CHANNEL, ROLE } from './loopback.ts';
import { amount, text, useStages } from './stage.ts';

const stage = useStages();

describe('/watch', () => {
  it('watches a new room here with the defaults, and says what will be posted', async () => {
    const { run, world } = await stage();
    const answer = await run('watch', { options: [text('room', '2002')] });
    expect(answer.ephemeral).toBe(true);
    expect(answer.text).toContain(`In <#${CHANNEL}> I will post`);
    expect(answer.text).toContain('gifts from ¥100;');
    expect(world.watches).toEqual([
      {
        id: 1,
        guildId: GUILD,
        channelId: CHANNEL,
        room: 2002,
        giftMinMilli: 100_000,
        roleId: null,
        paused: null,
      },
    ]);
    expect(world.calls.map(({ name }) => name)).toEqual(['resolve', 'putRoom', 'refresh']);
  });

  it('changes only what is named when the room is watched there already', async () => {
    const { run, world } = await stage();
    const role = { type: 8, name: 'role', value: ROLE };
    const resolved = { roles: { [ROLE]: { id: ROLE, name: 'fans', permissions: '0' } } };
    await run('watch', { options: [text('room', '1001'), amount('gift-min', 0.1), role], resolved });
    expect(world.watches[0]).toMatchObject({ giftMinMilli: 100, roleId: ROLE });
    const answer = await run('watch', { options: [text('room', '1001'), amount('gift-min', 29.9)] });
    expect(answer.text).toContain('Watch updated');
    expect(answer.text).toContain(`mentioning <@&${ROLE}>`);
    expect(world.watches).toMatchObject([{ giftMinMilli: 29_900, roleId: ROLE }]);
  });

  it('says which permissions it lacks in the channel, and watches nothing', async () => {
    const { run, world } = await stage();
    const there = channel(OTHER_CHANNEL);
    const answer = await run('watch', { ...there, options: [text('room', '2002'), ...there.options] });
    expect(answer.text).toContain(
      `I cannot post in <#${OTHER_CHANNEL}>: I lack **View Channel**, **Attach Files** there.`,
    );
    const here = await run('watch', { options: [text('room', '2002')], appPermissions: 1n << 10n });
    expect(here.text).toContain('I lack **Send Messages**, **Embed Links**, **Attach Files** there.');
    expect(world.watches).toEqual([]);
  });

  it('warns of a role that Discord would not notify', async () => {
    const { run } = await stage();
    const options = [text('room', '2002'), { type: 8, name: 'role', value: ROLE }];
    const resolved = { roles: { [ROLE]: { id: ROLE, name: 'fans', permissions: '0', mentionable: false } } };
    const may = await run('watch', { options, resolved });
    expect(may.text).not.toContain('will not be notified');
    const answer = await run('watch', { options, resolved, appPermissions: (1n << 17n) - 9n });
    expect(answer.text).toContain(`<@&${ROLE}> will not be notified`);
  });

  it.each([
    ['a room that does not exist', [text('room', '404')], 'There is no such live room.'],
    ['a threshold below 0.1', [text('room', '2002'), amount('gift-min', 0.05)], 'from 0.1'],
    [
      'everyone as the role',
      [text('room', '2002'), { type: 8, name: 'role', value: GUILD }],
      'cannot be @everyone',
    ],
  ])('refuses %s', async (_what, options, message) => {
    const { run, world } = await stage();
    const resolved = { roles: { [GUILD]: { id: GUILD, name: '@everyone', permissions: '0' } } };
    expect((await run('watch', { options, resolved })).text).toContain(message);
    expect(world.watches).toEqual([]);
  });
});

describe('commands of managers', () => {
  it.each(['watch', 'unwatch', 'report', 'settings'])(
    '/%s wants Manage Server, whatever Discord let through',
    async (name) => {
      const { run, world } = await stage();
      const answer = await run(name, { options: [text('room', '2002')], permissions: 1n << 10n });
      expect(answer).toMatchObject({ ephemeral: true, text: `/${name} needs the permission Manage Server.` });
      expect(world.calls).toEqual([]);
    },
  );
});
