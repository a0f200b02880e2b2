/** The real process between stand-ins: what people see in Discord, and what commands answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StoredMessage } from '#src/sandbox/discord/sandbox.ts';
import { type Bot, eventually } from '../support/bot.ts';
import { HAS_DISCORD_SCHEMA, validateRequests } from '../support/discord-schema.ts';
import { BY_HAND, CHATTY, GIFT_MIN_CNY, ledgerOf, MASKED, pick, type Totals, tellStory } from './story.ts';
import type { Page, World } from './world.ts';

let world: World;
let bot: Bot;

beforeAll(async () => {
  ({ world, bot } = await tellStory());
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

const ledger = (index: number) => ledgerOf(world, index);

interface Alert {
  readonly id: number;
  readonly type: string;
  readonly paidMilli: number | null;
  readonly delivered: boolean;
  readonly folded: boolean;
  readonly error: string | null;
}

function textOf(message: StoredMessage): string {
  return JSON.stringify(message.embeds);
}

describe('Discord', () => {
  it('got every gift, super chat and guard that was to be told, with its money, once', async () => {
    const { items } = await eventually(async () => {
      const page = await bot.get<Page<Alert>>('/api/alerts?limit=100');
      return page.items.every((alert) => alert.delivered || alert.folded) ? page : null;
    });
    const { entries } = world.bilibili.ledger;
    const combos = Map.groupBy(
      entries.filter((entry) => entry.kind === 'gift' && entry.paidMilli > 0),
      (entry) => `${entry.roomId} ${entry.comboId || entry.id}`,
    );
    const sums = [...combos.values()].map((combo) => combo.reduce((sum, entry) => sum + entry.paidMilli, 0));
    const told = {
      gift: sums.filter((sum) => sum >= GIFT_MIN_CNY * 1000),
      'super-chat': entries.filter((entry) => entry.kind === 'super-chat').map((entry) => entry.paidMilli),
      guard: entries.filter((entry) => entry.kind === 'guard').map((entry) => entry.paidMilli),
    };
    const count = told.gift.length + told['super-chat'].length + told.guard.length;
    expect(count).toBeGreaterThan(15);
    expect(count, 'the page lists at most 100').toBeLessThan(95);
    for (const [type, milli] of Object.entries(told)) {
      const posted = items.filter((alert) => alert.type === type).map((alert) => alert.paidMilli ?? 0);
      expect([type, posted.sort((a, b) => a - b)]).toEqual([type, milli.sort((a, b) => a - b)]);
    }
  });

  it('mentions the role once, at the start, and tells the end with its sums', async () => {
    const card = await eventually(async () =>
      world.discord
        .messages(world.channel('commands'))
        .find(
          (message) =>
            message.interaction === null && textOf(message).includes('早起读书') && message.edits > 0,
        ),
    );
    const posts = world.discord.requests.filter(({ path }) =>
      path.startsWith(`/channels/${world.channel('commands')}/messages`),
    );
    const pinging = posts.filter(
      ({ body }) =>
        (body as { allowed_mentions?: { roles?: string[] } } | null)?.allowed_mentions?.roles?.length,
    );
    expect(pinging.map(({ method, body }) => [method, JSON.stringify(body).includes('is live')])).toEqual([
      ['POST', true],
    ]);
    const { revenueMilli } = world.bilibili.ledger.totals({ roomId: BY_HAND });
    expect(textOf(card)).toContain(
      `¥${(revenueMilli / 1000).toLocaleString('en-US', { maximumFractionDigits: 2 })}`,
    );
  });

  it('posted no message twice and was never asked too fast', () => {
    const created = world.discord.requests.filter(
      (request) => request.method === 'POST' && request.route === '/channels/{channel_id}/messages',
    );
    const nonces = created.map((request) => (request.body as { nonce?: string }).nonce);
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(world.discord.rateLimited).toMatchObject({ own: 0 });
  });
});

describe('commands', () => {
  const press = (command: string, options: Record<string, string | number> = {}, subcommand?: string) =>
    world.discord.press({
      command,
      options,
      ...(subcommand === undefined ? {} : { subcommand }),
      channelId: world.channel('live-alerts'),
    });

  it('/stats says what the script sent', async () => {
    const { answer } = await press('stats', { room: '911', period: 'all' });
    const text = JSON.stringify(answer?.embeds);
    const { danmaku, revenueMilli } = ledger(0);
    expect(text).toContain(danmaku.toLocaleString('en-US'));
    expect(text).toContain(`¥${(revenueMilli / 1000).toLocaleString('en-US', { maximumFractionDigits: 2 })}`);
  });

  it('/top-gifters names the first by what was paid', async () => {
    const { answer } = await press('top-gifters', { room: String(CHATTY), period: 'all', limit: 3 });
    const [first] = [...world.bilibili.ledger.byViewer({ roomId: CHATTY }).values()]
      .map((totals) => totals.revenueMilli)
      .sort((a, b) => b - a);
    expect(JSON.stringify(answer?.embeds)).toContain(
      `¥${((first ?? 0) / 1000).toLocaleString('en-US', { maximumFractionDigits: 2 })}`,
    );
  });

  it.each(['activity', 'revenue'])('/chart %s attaches a picture that says its numbers', async (metric) => {
    const { answer } = await press('chart', { room: String(CHATTY), metric, period: '1h' });
    const [file] = answer?.files ?? [];
    expect(file?.data.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect(file?.description?.length).toBeGreaterThan(20);
  });

  it.each([
    ['rooms', {}, '话很多的小鹿'],
    ['status', {}, 'connected'],
    ['help', {}, '/watch'],
    ['history', { room: '早起' }, '早起读书'],
    ['search', { room: String(BY_HAND), text: '早上', period: 'all' }, '早上好'],
    ['settings', { 'time-zone': 'Asia/Shanghai' }, 'Asia/Shanghai'],
  ])('/%s answers', async (command, options, part) => {
    const { answer } = await press(command, options);
    expect(JSON.stringify(answer?.embeds)).toContain(part);
  });

  it('/report is added, listed and removed', async () => {
    await press('report', { room: String(CHATTY), every: 'hour' }, 'add');
    const { answer } = await press('report', {}, 'list');
    expect(JSON.stringify(answer?.embeds)).toContain('话很多的小鹿');
    await press('report', { report: 1 }, 'remove');
    expect(JSON.stringify((await press('report', {}, 'list')).answer?.embeds)).toContain('No reports');
  });

  it('completes rooms by a part of the name', async () => {
    const { choices } = await world.discord.autocomplete({ command: 'stats', option: 'room', value: '小鹿' });
    expect(choices).toEqual([expect.objectContaining({ value: String(CHATTY) })]);
  });

  it('says what is not watched here, and how to watch it', async () => {
    const answer = await press('stats', { room: '12345' });
    expect(answer.ephemeral).toBe(true);
    expect(JSON.stringify(answer.answer)).toMatch(/not watched here.*\/watch/);
  });

  it('keeps what was collected when a watch ends', async () => {
    await press('unwatch', { room: String(MASKED), channel: world.channel('gifts') });
    await expect(bot.get(`/api/rooms/${MASKED}`)).rejects.toThrow('404');
    await world.watch(bot, MASKED, 'gifts');
    expect(pick(await bot.get<Totals>(`/api/rooms/${MASKED}/stats`))).toEqual(ledger(1));
  });
});

describe('the end', () => {
  it.runIf(HAS_DISCORD_SCHEMA)('made only requests that fit Discord’s own description', () => {
    expect(world.discord.requests.length).toBeGreaterThan(30);
    expect(validateRequests(world.discord.requests)).toEqual([]);
  });
});
