/** The real process when the world around it is wrong or ends it: it goes on, says so once, and loses nothing. */
import { afterEach, describe, expect, it } from 'vitest';
import { quietRooms } from '#src/sandbox/bilibili/presets.ts';
import { type BilibiliSandbox, startBilibiliSandbox } from '#src/sandbox/bilibili/sandbox.ts';
import { startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { type Bot, eventually, startBot, temporaryFolder } from '../support/bot.ts';
import { pick, type Totals } from './story.ts';

const ROOM = 8_000_001;
const NOWHERE = 999_999_999;
const WARN = 40;

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function openBilibili(options: { port?: number; perSecond?: number } = {}): Promise<BilibiliSandbox> {
  const { port, perSecond } = options;
  const rooms = quietRooms(1).map((room) => ({
    ...room,
    ...(perSecond === undefined ? {} : { chatter: { perSecond, alertsPerMinute: 60 } }),
  }));
  const bilibili = await startBilibiliSandbox({ seed: 5, rooms, ...(port === undefined ? {} : { port }) });
  stack.defer(() => bilibili.close());
  return bilibili;
}

async function openDiscord() {
  const discord = await startDiscordSandbox();
  stack.defer(() => discord.close());
  const environment = {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_ID: discord.guild.id,
  };
  return { discord, environment };
}

const bilibiliUrls = (url: string) => ({ BILIBILI_API_URL: url, BILIBILI_LIVE_URL: url });
const makeFolder = () => stack.use(temporaryFolder()).path;

async function start(environment: Record<string, string>): Promise<Bot> {
  const bot = await startBot(environment);
  stack.defer(async () => {
    if (bot.isRunning()) await bot.stop('SIGKILL');
  });
  return bot;
}

const isConnected = async (bot: Bot) =>
  (await bot.get<{ connection: string }>(`/api/rooms/${ROOM}`)).connection === 'connected';

/** Nothing in the log is a stack trace, to whoever reads the line. */
function expectNoTraces(bot: Bot): void {
  expect(bot.log.filter((line) => line.msg.includes('    at '))).toEqual([]);
}

describe('a token that Discord refuses', () => {
  it.each(['wrong-token', 'not.a.token'])('%s: one clear line, and collecting goes on', async (token) => {
    const bilibili = await openBilibili();
    const { environment } = await openDiscord();
    const bot = await start({
      ...{ ...environment, ...bilibiliUrls(bilibili.url), DISCORD_TOKEN: token },
      ...{ DATA_DIR: makeFolder(), ROOMS: String(ROOM) },
    });
    await eventually(() => isConnected(bot));
    await eventually(async () => bot.log.some((line) => line.msg.includes('DISCORD_TOKEN')));
    bilibili.say(ROOM, { text: '有人吗' });
    await eventually(async () => (await bot.get<Totals>(`/api/rooms/${ROOM}/stats`)).danmaku === 1);
    const readiness = await fetch(`${bot.http}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.text()).toContain('discord');
    const told = bot.log.filter((line) => line.level >= WARN);
    expect(told.map((line) => line.msg)).toEqual([expect.stringContaining('does not accept DISCORD_TOKEN')]);
    expect(JSON.stringify(bot.log)).not.toContain(token);
    expectNoTraces(bot);
    expect((await bot.stop()).code).toBe(0);
  });
});

describe('a room that does not exist', () => {
  it('is named in the log, on the page and in Discord; the others are watched', async () => {
    const bilibili = await openBilibili();
    const { discord, environment } = await openDiscord();
    const bot = await start({
      ...{ ...environment, ...bilibiliUrls(bilibili.url) },
      ...{ DATA_DIR: makeFolder(), ROOMS: `${NOWHERE},${ROOM}` },
    });
    await eventually(() => isConnected(bot));
    const told = bot.log.filter((line) => line.level >= WARN).map((line) => line.msg);
    expect(told).toEqual([expect.stringMatching(new RegExp(`ROOMS: .*${NOWHERE}`))]);

    const ask = async (room: string) => {
      const response = await fetch(`${bot.http}/api/rooms`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ room }),
      });
      return { status: response.status, body: (await response.json()) as { error?: { message: string } } };
    };
    const refused = await ask(String(NOWHERE));
    expect(refused.status).toBe(404);
    expect(refused.body.error?.message).toContain(String(NOWHERE));
    const nonsense = await ask('https://evil.example/6');
    expect(nonsense.status).toBe(400);
    expect(nonsense.body.error?.message).toContain('live.bilibili.com');

    await eventually(async () => discord.commands().length > 0);
    const { answer, ephemeral } = await discord.press({
      command: 'watch',
      options: { room: String(NOWHERE) },
    });
    expect(ephemeral).toBe(true);
    expect(JSON.stringify(answer)).toContain(String(NOWHERE));
    expect(await bot.get('/api/rooms')).toMatchObject({ items: [{ roomId: ROOM }] });
    expectNoTraces(bot);
  });
});

describe('a service that is away at the start', () => {
  it('Bilibili: the bot is ready all the same, and connects when it is back', async () => {
    const first = await startBilibiliSandbox({ seed: 5, rooms: quietRooms(1) });
    const { port, url } = first;
    await first.close();
    const bot = await start({ ...bilibiliUrls(url), DATA_DIR: makeFolder(), ROOMS: String(ROOM) });
    expect(bot.log.some((line) => line.level === WARN && line.msg.includes('does not answer'))).toBe(true);
    const bilibili = await openBilibili({ port });
    await eventually(() => isConnected(bot), 60_000);
    bilibili.say(ROOM, { text: '回来了' });
    await eventually(async () => (await bot.get<Totals>(`/api/rooms/${ROOM}/stats`)).danmaku === 1);
    expectNoTraces(bot);
  });

  it.each(['cut', 'unavailable'] as const)('Discord (%s): commands come when it is back', async (how) => {
    const bilibili = await openBilibili();
    const { discord, environment } = await openDiscord();
    await discord.away(2_000, how);
    const bot = await start({
      ...{ ...environment, ...bilibiliUrls(bilibili.url) },
      ...{ DATA_DIR: makeFolder(), ROOMS: String(ROOM) },
    });
    await eventually(() => isConnected(bot));
    await eventually(async () => discord.commands().length > 0, 60_000);
    expect((await fetch(`${bot.http}/readyz`)).status).toBe(200);
    expectNoTraces(bot);
  });
});

/** Resolves when the page's feed has shown a danmaku of that text: the bot has it, and nothing more is known. */
async function waitForChat(bot: Bot, text: string, say: () => void): Promise<void> {
  const ending = new AbortController();
  const response = await fetch(`${bot.http}/api/events`, { signal: ending.signal });
  say();
  let seen = '';
  for await (const chunk of response.body ?? []) {
    seen += Buffer.from(chunk).toString('utf8');
    if (seen.includes(text)) break;
  }
  ending.abort();
}

describe('a signal that comes twice', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s: everything that was read is kept', async (signal) => {
    const bilibili = await openBilibili({ perSecond: 200 });
    const environment = { ...bilibiliUrls(bilibili.url), DATA_DIR: makeFolder(), ROOMS: String(ROOM) };
    const bot = await start(environment);
    await eventually(async () => bilibili.ledger.totals({ roomId: ROOM }).danmaku > 300);
    await bilibili.pause();
    await waitForChat(bot, '最后一句', () => bilibili.say(ROOM, { text: '最后一句' }));
    process.kill(bot.pid, signal);
    const { code } = await bot.stop(signal);
    expect(code).toBe(0);
    expect(bot.log.at(-1)?.msg).toBe('everything is flushed');
    expect(bot.log.filter((line) => line.msg.includes('flushing'))).toHaveLength(1);
    expectNoTraces(bot);
    const again = await start(environment);
    const stored = pick(await again.get<Totals>(`/api/rooms/${ROOM}/stats`));
    expect(stored).toEqual(pick(bilibili.ledger.totals({ roomId: ROOM })));
  });
});
