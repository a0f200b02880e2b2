/** Hostile names, titles and texts through the real bot: they appear as text, call nobody, link nowhere, break nothing. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '#src/sandbox/bilibili/room-script.ts';
import { type Bot, eventually } from '../support/bot.ts';
import { findOverflow, openBrowser, openPage } from '../support/browser.ts';
import { skipReason } from '../support/needs.ts';
import { openWorld, type World } from './world.ts';

const reason = await skipReason('chromium');
const ROOM = 9_300_001;
const FIRST_UID = 6_300_001;
const ZALGO = `Z${'\u0335\u0321\u0322\u0316\u0330\u0353'.repeat(30)}algo`;
/** Each in three places at once: a viewer's name, a text, a title. `seen` is a part that must still be readable. */
const HOSTILE: readonly { readonly text: string; readonly seen: string }[] = [
  { text: '@everyone 抽奖', seen: '抽奖' },
  { text: '@here 快来', seen: '快来' },
  {
    text: '<@&1100000000000000021> <@1100000000000000101> <#1100000000000000999>',
    seen: '1100000000000000021',
  },
  { text: '**粗** __线__ ~~删~~ ||剧透|| `码` > 引', seen: '剧透' },
  { text: '[免费礼物](https://evil.example/a)', seen: '免费礼物' },
  { text: 'https://evil.example/b 和 discord.gg/evil', seen: 'evil' },
  { text: '<https://evil.example/c> <t:0:R> </stats:1>', seen: 'evil' },
  { text: '\u202e反过来\u2066的名字\u202d', seen: '反过来' },
  { text: '看\u200b不\u200d见\ufeff的\u2060字', seen: '看' },
  { text: '长'.repeat(200), seen: '长长长长' },
  { text: 'W'.repeat(200), seen: 'WWWW' },
  { text: ZALGO, seen: 'algo' },
  { text: '<script>document.title="hacked"</script>', seen: 'script' },
  { text: '<img src=x onerror="document.title=\'hacked\'">"><svg onload=alert(1)>', seen: 'onerror' },
  { text: '# 标题\n- 项\n> 引用\n```js\n码', seen: '标题' },
];

const person = (index: number, name: string): Person => ({
  ...{ uid: FIRST_UID + index, name, medal: null, guardLevel: 0 },
  ...{ userLevel: 1, wealthLevel: 1, isAdmin: false },
});

/** Texts that Discord reads as markdown: everything but footers, authors and what names pictures. */
function markdownOf(body: unknown): string[] {
  const { content, embeds } = (body ?? {}) as {
    content?: string;
    embeds?: { title?: string; description?: string; fields?: { name: string; value: string }[] }[];
  };
  return [
    content ?? '',
    ...(embeds ?? []).flatMap(({ title, description, fields }) => [
      title ?? '',
      description ?? '',
      ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
    ]),
  ];
}

/** What is left of a text when everything with a backslash before it is gone, and the links that the bot means. */
const bare = (text: string) =>
  text
    .replace(/\\[^\p{L}\p{N}\s]/gu, ' ')
    .replace(/\((?:<)?https:\/\/(?:live|space)\.bilibili\.com\/\d+(?:>)?\)/g, ' ')
    .replace(`<#${world.channel('live-alerts')}>`, ' ')
    .replace(/<t:\d{9,11}:[RtTdDfF]>/g, ' ');

/** Runs in the page: our own words and numbers whose first character is not left of their last. */
const TURNED_AROUND = `[...document.querySelectorAll('.sum, small, .badge, dd, .session')].flatMap((element) =>
  [...element.childNodes].filter((node) => node.nodeType === 3).flatMap((node) => {
    const at = (index) => {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + 1);
      return range.getBoundingClientRect();
    };
    const start = node.data.search(/\\S/);
    const end = node.data.trimEnd().length - 1;
    if (end <= start) return [];
    const [first, last] = [at(start), at(end)];
    return first.top === last.top && first.left >= last.left ? [node.data] : [];
  }),
)`;

let world: World;
let bot: Bot;

beforeAll(async () => {
  const [first] = HOSTILE;
  world = await openWorld({
    seed: 31,
    rooms: [
      {
        ...{ roomId: ROOM, uid: 6_299_999, status: 0, hasCover: true },
        ...{ name: `[主播](https://evil.example) @everyone \u202e`, title: first?.text ?? '' },
      },
    ],
  });
  bot = await world.start();
  await world.watch(bot, ROOM, 'live-alerts', { 'gift-min': 1 });
  for (const [index, { text }] of HOSTILE.entries()) await play(index, text);
  await settle();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

/** A title, a danmaku, a gift, a super chat and a guard, all of that name and text. */
async function play(index: number, text: string): Promise<void> {
  const { bilibili } = world;
  const viewer = person(index, text);
  if (index === 0) bilibili.live(ROOM, { title: text });
  else bilibili.roomChange(ROOM, text);
  bilibili.say(ROOM, { viewer, text });
  bilibili.combo(ROOM, { viewer, hits: [10] });
  bilibili.superChat(ROOM, { viewer, price: 30 + index, text });
  bilibili.guard(ROOM, { viewer });
  await eventually(async () =>
    JSON.stringify(await bot.get(`/api/rooms/${ROOM}/gifts?kind=guard`)).includes(String(FIRST_UID + index)),
  );
}

/** Resolves when nothing waits for Discord any more. */
async function settle(): Promise<void> {
  await eventually(async () => {
    const { outbox } = await bot.get<{ outbox: { open: number } }>('/api/health');
    return outbox.open === 0;
  }, 60_000);
}

const press = (command: string, options: Record<string, string | number> = {}) =>
  world.discord.press({ command, options, channelId: world.channel('live-alerts') });

const COMMANDS: [string, Record<string, string | number>][] = [
  ['rooms', {}],
  ['stats', { room: String(ROOM), period: 'all' }],
  ['top-gifters', { room: String(ROOM), period: 'all', limit: 25 }],
  ['history', { room: String(ROOM) }],
  ['search', { room: String(ROOM), text: 'evil', period: 'all' }],
  ['status', {}],
];

describe('Discord', () => {
  it.each(COMMANDS)('/%s answers with text', async (command, options) => {
    const { answer } = await press(command, options);
    expect(answer?.embeds.length).toBeGreaterThan(0);
    expect(answer?.pings).toEqual({ everyone: false, users: [], roles: [] });
  });

  it('shows each name and text in its messages', () => {
    const posted = JSON.stringify(
      world.discord.messages(world.channel('live-alerts')).map(({ embeds }) => embeds),
    );
    for (const { seen } of HOSTILE) expect(posted).toContain(seen);
  });

  it('is never asked to mention anybody', () => {
    const sent = world.discord.requests.filter(
      ({ method, body }) => method !== 'GET' && body !== null && markdownOf(body).some((text) => text !== ''),
    );
    expect(sent.length).toBeGreaterThan(HOSTILE.length);
    for (const { path, body } of sent) {
      const allowed = (body as { allowed_mentions?: object; data?: { allowed_mentions?: object } }) ?? {};
      const mentions = allowed.allowed_mentions ?? allowed.data?.allowed_mentions;
      if (path.startsWith('/channels/')) expect(mentions, path).toMatchObject({ parse: [] });
      expect(JSON.stringify(mentions ?? {})).not.toMatch(/everyone|"roles":\[".|"users":\[".|"parse":\["./);
    }
    for (const message of world.discord.channels.flatMap(({ id }) => world.discord.messages(id)))
      expect(message.pings).toEqual({ everyone: false, users: [], roles: [] });
  });

  it('gets nothing that it would read as a mention, a link or markup from outside', () => {
    const texts = world.discord.requests.flatMap(({ body }) => {
      const inner = (body as { data?: unknown } | null)?.data;
      return [...markdownOf(body), ...markdownOf(inner)];
    });
    for (const text of texts.filter((one) => one !== '')) {
      expect(bare(text)).not.toMatch(
        /@(?:everyone|here)|<[@#]|<\/|<t:|https?:\/\/|evil\.example|discord\.gg/,
      );
      expect(bare(text)).not.toMatch(/\|\||~~|```|[\u202a-\u202e\u200b\ufeff\u2060]/);
      expect(text).not.toMatch(/\p{M}{4}/u);
    }
  });
});

describe.skipIf(reason !== null)(`pages${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it.each([1280, 390])('the stand-in of Discord shows it as Discord would, at %i px', async (width) => {
    for (const [command, options] of COMMANDS) await press(command, options);
    const { page, faults } = await openPage(browser, { width, height: 900, theme: 'dark' });
    await page.goto(`${world.discord.pageUrl}#${world.channel('live-alerts')}`);
    await page.locator('article.message').nth(5).waitFor();
    const log = page.locator('#log');
    expect(await log.locator('script, iframe, svg, [onerror], [onload]').count()).toBe(0);
    expect(await log.locator('a[href*="evil"]').count()).toBe(0);
    expect(await log.locator('.mention', { hasText: /everyone|here/ }).count()).toBe(0);
    expect(await log.locator('.spoiler, s, pre, article.ping').count()).toBe(0);
    expect(await page.title()).not.toContain('hacked');
    if (width > 1000) expect(await findOverflow(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it.each([1440, 390])('the dashboard shows it as text, at %i px', async (width) => {
    const { page, faults } = await openPage(browser, { width, height: 900, theme: 'light' });
    await page.goto(bot.http);
    await page.locator('#alerts li').nth(10).waitFor();
    await expect.poll(() => page.getByText('Chat, live').isVisible()).toBe(true);
    for (const [index, { text }] of HOSTILE.entries())
      world.bilibili.say(ROOM, { viewer: person(index, text), text });
    await page
      .locator('#tail li')
      .nth(HOSTILE.length - 1)
      .waitFor();
    expect(await page.locator('main script, main img, main iframe, [onerror], a[href*="evil"]').count()).toBe(
      0,
    );
    expect(await page.locator('#tail').textContent()).toContain('<script>document.title="hacked"</script>');
    expect(await page.title()).toBe('Livelark');
    expect(await page.evaluate(TURNED_AROUND)).toEqual([]);
    expect(await findOverflow(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});
