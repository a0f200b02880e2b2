/** `node tests/support/pictures.ts [FOLDER]`: the README's pictures, of the real bot between its stand-ins. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { demoRooms } from '#src/sandbox/bilibili/presets.ts';
import type { RoomScript } from '#src/sandbox/bilibili/room-script.ts';
import { type BilibiliSandbox, startBilibiliSandbox } from '#src/sandbox/bilibili/sandbox.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { type Bot, eventually, startBot, temporaryFolder } from './bot.ts';
import { openBrowser, openPage } from './browser.ts';
import { openQuickClock } from './quick-clock.ts';

const MINUTE_MS = 60_000;
const SPEED = 24;
const QUICK_MS = 80_000;
const SINGER = 6_710_021;
const PUZZLER = 31_440_225;
/** Not live before: her card is a new one at the end. */
const FLORIST: RoomScript = {
  ...{
    roomId: 24_681_012,
    uid: 412_600_713,
    name: '小巷花店的青禾',
    title: '周末包一束芍药',
    hasCover: true,
  },
  ...{
    area: { id: 376, name: '手工', parentId: 10, parentName: '生活' },
    followers: 20_417,
    chatter: { perSecond: 2 },
  },
};
/** A card and three alerts on 1280 × 800 pixels. */
const DISCORD_VIEW = { width: 1600, height: 1000, scale: 0.8 };
const THEMES = ['dark', 'light'] as const;
const LANTERN = { id: 38_001, name: '孔明灯', price: 52_000, coin: 'gold' } as const;
const LINES = [
  ...['前面的等等我', '这首好听！', '晚上好呀', '哈哈哈哈哈', '来了来了', '主播今天状态不错', '饿了'],
  ...['第一次来，先关注了', '这个和声绝了', '下播早点休息', '好耶 🎉', '再来一首！'],
];

interface Scene {
  readonly bilibili: BilibiliSandbox;
  readonly discord: DiscordSandbox;
  readonly bot: Bot;
  readonly browser: Browser;
  readonly target: string;
}

const channelId = (discord: DiscordSandbox, name: string) =>
  discord.channels.find((channel) => channel.name === name)?.id ?? '';

async function watchAll({ bilibili, discord }: Pick<Scene, 'bilibili' | 'discord'>): Promise<void> {
  await eventually(async () => discord.commands().length > 0);
  const role = discord.guild.roles.find(({ name }) => name === 'live-fans')?.id ?? '';
  for (const { roomId } of bilibili.rooms) {
    await discord.press({
      command: 'watch',
      options: { room: String(roomId), channel: channelId(discord, 'live-alerts'), role },
      channelId: channelId(discord, 'commands'),
    });
  }
}

/** People talk in all rooms until the signal. */
async function talk({ bilibili }: Scene, ending: AbortSignal): Promise<void> {
  for (let turn = 0; !ending.aborted; turn += 1) {
    const room = bilibili.rooms[turn % bilibili.rooms.length];
    if (room !== undefined) bilibili.say(room.roomId, { text: LINES[turn % LINES.length] ?? '' });
    await sleep(150);
  }
}

async function shoot(page: Page, { target }: Scene, name: string): Promise<void> {
  await page.screenshot({ path: path.join(target, `${name}.png`), animations: 'disabled' });
}

async function pictureDashboard(scene: Scene): Promise<void> {
  const ending = new AbortController();
  const talking = talk(scene, ending.signal);
  for (const theme of THEMES) {
    const { page, faults } = await openPage(scene.browser, { width: 1440, height: 900, theme });
    await page.goto(scene.bot.http);
    await page.waitForSelector('.room .spark path');
    await page.locator('#tail li').nth(12).waitFor();
    await shoot(page, scene, `dashboard-${theme}`);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    await page.context().close();
  }
  ending.abort();
  await talking;
}

/** One of each kind, in an order that reads well, after the start of a broadcast. */
async function playAlerts({ bilibili, discord }: Scene): Promise<void> {
  const alerts = channelId(discord, 'live-alerts');
  const has = (text: string) =>
    discord.waitForMessage(alerts, (message) =>
      JSON.stringify([message.content, message.embeds]).includes(text),
    );
  bilibili.live(FLORIST.roomId, { title: FLORIST.title });
  await has('芍药');
  bilibili.superChat(SINGER, { price: 100, text: '生日快乐！想听一首《夜空》，唱给所有加班的人 🎂' });
  await has('夜空');
  bilibili.combo(SINGER, { gift: LANTERN, hits: [1, 2, 7], gapMs: 400 });
  await sleep(2_500);
  bilibili.guard(FLORIST.roomId, { level: 3 });
  await sleep(3_000);
}

async function pictureDiscord(scene: Scene): Promise<void> {
  for (const theme of THEMES) {
    const { page, faults } = await openPage(scene.browser, { ...DISCORD_VIEW, theme });
    await page.goto(`${scene.discord.pageUrl}?theme=${theme}#${channelId(scene.discord, 'live-alerts')}`);
    await page.waitForSelector('article.message');
    await page.waitForLoadState('load');
    await sleep(1_000);
    await shoot(page, scene, `discord-${theme}`);
    if (faults.length > 0) throw new Error(faults.join('\n'));
    await page.context().close();
  }
}

/** Whole minutes only: the first and the last were watched in part. */
async function pictureCharts({ bot, target }: Scene, endMs: number): Promise<void> {
  const toMs = Math.floor(endMs / MINUTE_MS) * MINUTE_MS;
  const fromMs = toMs - Math.floor((QUICK_MS * SPEED) / MINUTE_MS - 2) * MINUTE_MS;
  const charts = { activity: SINGER, revenue: PUZZLER };
  for (const [metric, room] of Object.entries(charts)) {
    const to = `/api/rooms/${room}/chart.png?metric=${metric}&from=${fromMs}&to=${toMs}`;
    const response = await fetch(bot.http + to);
    if (!response.ok) throw new Error(`${metric}: ${response.status} ${await response.text()}`);
    await writeFile(path.join(target, `chart-${metric}.png`), Buffer.from(await response.arrayBuffer()));
  }
}

async function take(target: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  await mkdir(target, { recursive: true });
  const endMs = Date.now() + QUICK_MS;
  const now = openQuickClock(endMs, SPEED);
  const bilibili = await startBilibiliSandbox({
    ...{ seed: 7, rooms: [...demoRooms(), FLORIST], masking: 'off', now, pacing: { speed: SPEED } },
  });
  stack.defer(() => bilibili.close());
  const discord = await startDiscordSandbox({ now });
  stack.defer(() => discord.close());
  const bot = await startBot({
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_ID: discord.guild.id,
    BILIBILI_API_URL: bilibili.url,
    BILIBILI_LIVE_URL: bilibili.url,
    DATA_DIR: stack.use(temporaryFolder()).path,
    TZ: 'Asia/Shanghai',
    NODE_OPTIONS: `--import=${pathToFileURL(path.join(import.meta.dirname, 'quick-clock.ts'))}`,
    QUICK_CLOCK_END_MS: String(endMs),
    QUICK_CLOCK_SPEED: String(SPEED),
  });
  stack.defer(async () => {
    for (const line of bot.log) if (line.level >= 40) process.stdout.write(`bot: ${line.msg}\n`);
    await bot.stop();
  });
  const browser = await openBrowser();
  stack.defer(() => browser.close());
  await watchAll({ bilibili, discord });
  const scene = { bilibili, discord, bot, browser, target };
  process.stdout.write(`${QUICK_MS / 1000} s of story, ${SPEED} times as fast as the clock …\n`);
  await sleep(Math.max(0, endMs - Date.now()));
  await bilibili.pause();
  await pictureDashboard(scene);
  await pictureCharts(scene, endMs);
  await playAlerts(scene);
  await pictureDiscord(scene);
}

const ROOT = path.join(import.meta.dirname, '../..');
await take(path.resolve(process.argv[2] ?? path.join(ROOT, 'docs/images')));
