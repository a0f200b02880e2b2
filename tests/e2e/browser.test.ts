/** The dashboard in Chromium against the real bot: what a person sees, on a desk and on a phone, dark and light. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bot } from '../support/bot.ts';
import { findOverflow, openBrowser, openPage, type PageOptions, type Watched } from '../support/browser.ts';
import { skipReason } from '../support/needs.ts';
import { openWorld, type World } from './world.ts';

const reason = await skipReason('chromium');
const TALKATIVE = 9_200_001;
const BY_HAND = 9_200_002;
const BY_FORM = 9_200_003;
const ADMIN_TOKEN = 'a-token-for-the-page';
const SIZES: PageOptions[] = [
  { width: 1440, height: 900, theme: 'dark' },
  { width: 1440, height: 900, theme: 'light' },
  { width: 390, height: 844, theme: 'dark' },
  { width: 390, height: 844, theme: 'light' },
];

describe.skipIf(reason !== null)(`the dashboard${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let world: World;
  let bot: Bot;
  let browser: Browser;

  beforeAll(async () => {
    const script = { status: 1 as const, hasCover: true };
    world = await openWorld({
      seed: 21,
      rooms: [
        {
          ...{ ...script, roomId: TALKATIVE, uid: 5_200_001, name: '说个不停的阿橘' },
          ...{ title: '一起聊天', chatter: { perSecond: 20, alertsPerMinute: 30 } },
        },
        { ...script, roomId: BY_HAND, uid: 5_200_002, name: '安静的书店', title: '读书' },
        { ...script, roomId: BY_FORM, shortId: 92, uid: 5_200_003, name: '新来的小夜', title: '第一次' },
      ],
    });
    bot = await world.start();
    await world.watch(bot, TALKATIVE, 'live-alerts', { 'gift-min': 1 });
    await world.watch(bot, BY_HAND, 'live-alerts', { 'gift-min': 1 });
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await world?.[Symbol.asyncDispose]();
  });

  async function open(options: PageOptions): Promise<Watched> {
    const watched = await openPage(browser, options);
    await watched.page.goto(bot.http);
    await watched.page.getByText('安静的书店').first().waitFor();
    return watched;
  }

  const card = ({ page }: Watched, name: string) => page.locator('.room', { hasText: name });

  it.each(SIZES)('is alive at $width px, $theme, and nothing is wider than it', async (options) => {
    const watched = await open(options);
    const { page, faults } = watched;
    const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const [red = 0] = (/\d+/.exec(ground) ?? []).map(Number);
    expect(options.theme === 'dark' ? red < 60 : red > 200, ground).toBe(true);

    const session = card(watched, '说个不停的阿橘').locator('.session');
    await session.getByText(/This broadcast: [\d,]+ danmaku/).waitFor();
    const before = await session.textContent();
    await expect.poll(() => session.textContent(), { timeout: 15_000 }).not.toBe(before);
    await expect
      .poll(() => card(watched, '说个不停的阿橘').locator('.chat').textContent(), { timeout: 15_000 })
      .toMatch(/^[1-9]/);
    await page.locator('#alerts li', { hasText: 'posted' }).first().waitFor();
    expect(await page.locator('#alerts li').first().textContent()).toContain('说个不停的阿橘');
    await page.locator('#tail li').nth(5).waitFor();
    await page.getByText('Discord ready').waitFor();
    expect(await findOverflow(page)).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  it('shows what is said and paid at once, and the sums of the broadcast', async () => {
    const watched = await open({ width: 1440, height: 900, theme: 'dark' });
    world.bilibili.say(BY_HAND, { text: '这本好看' });
    await watched.page.locator('#tail li', { hasText: '这本好看' }).waitFor();
    world.bilibili.superChat(BY_HAND, { price: 30, text: '推荐一本' });
    await watched.page.locator('#tail li', { hasText: '推荐一本' }).getByText('¥30').waitFor();
    await watched.page.locator('#alerts li', { hasText: '推荐一本' }).getByText('¥30').waitFor();
    await card(watched, '安静的书店')
      .getByText(/1 danmaku by 1 · ¥30 by 1/)
      .waitFor();
    expect(watched.faults).toEqual([]);
    await watched.page.context().close();
  });

  it('takes a room by its form, and says what a wrong one lacks', async () => {
    const watched = await open({ width: 390, height: 844, theme: 'light' });
    const { page, faults } = watched;
    const say = async (room: string) => {
      await page.getByLabel('Room to watch').fill(room);
      await page.getByRole('button', { name: 'Watch' }).click();
    };
    for (const wrong of ['not a room', '999999999', 'https://evil.example/6']) {
      await say(wrong);
      await page
        .getByRole('alert')
        .filter({ hasText: wrong === '999999999' ? wrong : 'live.bilibili.com' })
        .waitFor();
      expect(await page.getByLabel('Room to watch').inputValue()).toBe(wrong);
    }
    // The browser itself notes the refusals; nothing else is wrong.
    expect(faults.filter((fault) => !/status of 40[04]/.test(fault))).toEqual([]);
    await say('https://live.bilibili.com/92?from=search');
    await card(watched, '新来的小夜').getByRole('img', { name: 'connected' }).waitFor();
    await expect.poll(() => page.getByRole('alert').isHidden()).toBe(true);
    expect(await findOverflow(page)).toEqual([]);
    await page.context().close();
  });

  it('asks for ADMIN_TOKEN when there is one', async () => {
    await bot.stop();
    bot = await world.start({ ADMIN_TOKEN });
    const { page, faults } = await openPage(browser, { width: 390, height: 844, theme: 'dark' });
    await page.goto(bot.http);
    expect(new URL(page.url()).pathname).toBe('/login');
    expect(await findOverflow(page)).toEqual([]);
    await page.getByLabel('ADMIN_TOKEN').fill('something else');
    await page.getByRole('button').click();
    await page.getByText('This is not the ADMIN_TOKEN.').waitFor();
    await page.getByLabel('ADMIN_TOKEN').fill(ADMIN_TOKEN);
    await page.getByRole('button').click();
    await page.getByText('安静的书店').first().waitFor();
    await page.locator('#tail li').first().waitFor();
    const cookies = await page.context().cookies();
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict' })]);
    expect(faults.filter((fault) => !/status of 401/.test(fault))).toEqual([]);
    await page.context().close();
  });
});
