import { afterEach, describe, expect, it } from 'vitest';
import { asRoomId } from '#src/events.ts';
import { CHANNEL, GUILD, OTHER_CHANNEL, ROLE } from './loopback.ts';
import { amount, integer, openStage, type Stage, type StageOptions, text } from './stage.ts';
import { roomRow, sessionRow, TOTALS } from './world.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
});

async function stage(change: StageOptions['change'] = () => {}, rest: StageOptions = {}): Promise<Stage> {
  const opened = await openStage({ change, ...rest });
  open.push(opened);
  return opened;
}

const channel = (id: string) => ({
  options: [{ type: 7, name: 'channel', value: id }],
  resolved: { channels: { [id]: { id, type: 0, name: 'x', permissions: '0' } } },
});

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

  it.each(['watch', 'unwatch', 'report'])(
    '/%s wants Manage Server, whatever Discord let through',
    async (name) => {
      const { run, world } = await stage();
      const answer = await run(name, { options: [text('room', '2002')], permissions: 1n << 10n });
      expect(answer).toMatchObject({ ephemeral: true, text: `/${name} needs the permission Manage Server.` });
      expect(world.calls).toEqual([]);
    },
  );
});

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

describe('/rooms and /status', () => {
  it('lists rooms with state, connection and reason, live ones first', async () => {
    const answer = await (await stage()).run('rooms');
    expect(answer.ephemeral).toBe(false);
    expect(answer.text).toMatch(
      /2 rooms, 1 live[\s\S]*Hoshino[\s\S]*live\*\* since <t:\d+:R>[\s\S]*星野 Mio/u,
    );
    expect(answer.text).toContain('waiting: no socket is free');
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

describe('/stats', () => {
  it('shows totals and averages of the current broadcast', async () => {
    const { text: seen } = await (await stage()).run('stats', { options: [text('room', '1001')] });
    for (const part of [
      'current broadcast',
      'Evening songs',
      '**1,200**\n20 a minute',
      '**¥318.5**',
      '¥120.5',
      '12,345 watched',
    ])
      expect(seen).toContain(part);
    expect(seen).not.toContain('Not observed');
  });

  it('says what was not observed and what is masked', async () => {
    const gaps = [{ fromMs: 0, toMs: 900_000, reason: 'the connection was lost' }];
    const session = { ...sessionRow(asRoomId(1001)), gaps, maskedDanmaku: 300, maskedMilli: 100 };
    const { run } = await stage((w) => Object.assign(w, { session }));
    const { text: seen } = await run('stats', { options: [text('room', '1001')] });
    expect(seen).toContain('15 min (25 %) in one gap: the connection was lost.');
    expect(seen).toContain('25 % of the danmaku and < 1 % of the money');
    expect(seen).toContain('26.7 a minute');
  });

  it('asks the store for the period, and for everything without a range', async () => {
    const { run, world } = await stage();
    await run('stats', { options: [text('room', '1001'), text('period', '24h')] });
    await run('stats', { options: [text('room', '1001'), text('period', 'all')] });
    const [day, all] = world.calls.map(({ args }) => args[1]);
    expect(day).toEqual({ fromMs: Date.UTC(2026, 5, 30, 12), toMs: Date.UTC(2026, 6, 1, 12) });
    expect(all).toBeUndefined();
  });

  it.each([
    ['nobody', 'nobody', [], false],
    ['a role the caller lacks', ROLE, [], false],
    ['a role the caller has', ROLE, [ROLE], true],
    ['everyone', 'everyone', [], true],
  ])('with money for %s', async (_who, moneyFor, roles, sees) => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor }));
    const { text: seen } = await run('stats', { options: [text('room', '1001')], roles });
    expect(seen.includes('¥')).toBe(sees);
  });
});

describe('/top-gifters', () => {
  const row = (rank: number, name: string) => ({
    rank,
    uid: rank,
    name,
    valueMilli: 5_000_500,
    gifts: 3,
    danmaku: 1,
  });

  it('ranks, inert and within an embed, 25 hostile names', async () => {
    const names = Array.from(
      { length: 25 },
      (_, i) => `@everyone **[x](https://evil.example)** \`${'<@&1>'.repeat(40)}${i}`,
    );
    const { run } = await stage((w) =>
      Object.assign(w.queries, { top: async () => names.map((name, i) => row(i + 1, name)) }),
    );
    const answer = await run('top-gifters', { options: [text('room', '1001'), integer('limit', 25)] });
    expect(answer.text).not.toMatch(/@everyone|\]\(https:\/\/evil|<@&/u);
    expect(answer.text).toContain('25. **everyone');
    expect(answer.text).toContain('¥5,000.5 · 3 gifts');
    expect(answer.text.length).toBeLessThan(4096);
    expect(answer.body.allowed_mentions).toEqual({ parse: [] });
  });

  it('says what cannot be ranked, and when nobody paid', async () => {
    const totals = { ...TOTALS, maskedMilli: 5_000 };
    const { run } = await stage((w) => Object.assign(w, { totals, queries: { top: async () => [] } }));
    const answer = await run('top-gifters', { options: [text('room', '1001'), text('period', '7d')] });
    expect(answer.text).toContain('Nobody with a name paid anything in this time.');
    expect(answer.text).toContain('¥5 more came from people whom Bilibili masks');
  });

  it('refuses politely where money is hidden', async () => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor: 'nobody' }));
    const answer = await run('top-gifters', { options: [text('room', '1001')] });
    expect(answer).toMatchObject({ ephemeral: true });
    expect(answer.text).toContain('does not show you money');
  });
});

describe('/chart', () => {
  const series = async (_room: unknown, _range: unknown, stepMs: number) => ({
    stepMs,
    points: [],
    gaps: [],
  });

  it('attaches the picture with its description', async () => {
    const { run, world } = await stage((w) => Object.assign(w.queries, { series }));
    const options = [text('room', '1001'), text('metric', 'revenue'), text('period', '24h')];
    const answer = await run('chart', { options });
    expect(answer.files).toEqual([{ name: 'chart.png', bytes: 9 }]);
    expect(answer.body.attachments).toMatchObject([{ id: '0', description: 'Danmaku from 12:00 to 13:00.' }]);
    expect(answer.body.embeds).toMatchObject([{ image: { url: 'attachment://chart.png' } }]);
    expect(world.calls.at(-1)?.args[0]).toMatchObject({
      metric: 'revenue',
      timeZone: 'Asia/Shanghai',
      series: { stepMs: 600_000 },
    });
  });

  it('draws no money where it is hidden', async () => {
    const { run } = await stage((w) => Object.assign(w.settings, { moneyFor: 'nobody' }));
    const answer = await run('chart', { options: [text('room', '1001'), text('metric', 'revenue')] });
    expect(answer.text).toContain('does not show you money');
  });
});

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

describe('/help', () => {
  it('names every command, clickable once registered, in the language of the caller', async () => {
    const { run, commands } = await stage();
    await commands.register();
    const english = await run('help');
    for (const name of [
      'chart',
      'help',
      'report',
      'rooms',
      'stats',
      'status',
      'top-gifters',
      'unwatch',
      'watch',
    ])
      expect(english.text).toMatch(new RegExp(`</${name}:\\d+> \\p{Lu}`, 'u'));
    expect((await run('help', { locale: 'ja' })).text).toContain('ギフト');
  });
});
