/** A whole world for end-to-end tests: stand-ins, a folder, and the real bot between them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type BilibiliSandbox,
  type SandboxOptions,
  startBilibiliSandbox,
} from '#src/sandbox/bilibili/sandbox.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import { type Bot, eventually, startBot, temporaryFolder } from '../support/bot.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface World extends AsyncDisposable {
  readonly bilibili: BilibiliSandbox;
  readonly discord: DiscordSandbox;
  readonly folder: string;
  /** Starts the bot on the same folder as before; waits until Discord has its commands. */
  start(more?: Record<string, string>): Promise<Bot>;
  channel(name: string): string;
  /** Presses /watch and waits until the room's socket is up. */
  watch(bot: Bot, roomId: number, channel: string, options?: Record<string, string | number>): Promise<void>;
}

/** Settings that make a test short: ends are told after 1.5 s. */
const SETTINGS = { alerts: { endDelayMs: 1_500, resumeMs: 3_000 }, bilibili: { guardHoldMs: 800 } };

export async function openWorld(options: SandboxOptions): Promise<World> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder()).path;
  const settings = path.join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify(SETTINGS));
  const bilibili = await startBilibiliSandbox(options);
  stack.defer(() => bilibili.close());
  const discord = await startDiscordSandbox();
  stack.defer(() => discord.close());
  const bots = new Set<Bot>();
  stack.defer(async () => {
    for (const bot of bots) if (bot.isRunning()) await bot.stop('SIGKILL');
  });
  const channel = (name: string) => {
    const found = discord.channels.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no channel ${name}`);
    return found.id;
  };
  const owned = stack.move();
  return {
    ...{ bilibili, discord, folder, channel },
    async start(more = {}) {
      const bot = await startBot(
        {
          DISCORD_TOKEN: discord.token,
          DISCORD_API_URL: discord.apiUrl,
          DISCORD_GUILD_ID: discord.guild.id,
          BILIBILI_API_URL: bilibili.url,
          BILIBILI_LIVE_URL: bilibili.url,
          DATA_DIR: folder,
          ...more,
        },
        ['--config', settings],
      );
      bots.add(bot);
      await eventually(async () => discord.commands().length > 0);
      return bot;
    },
    async watch(bot, roomId, name, more = {}) {
      const answer = await discord.press({
        command: 'watch',
        options: { room: String(roomId), channel: channel(name), ...more },
      });
      if (!JSON.stringify(answer.answer?.embeds).includes('Watching'))
        throw new Error(JSON.stringify(answer.answer));
      await eventually(
        async () =>
          (await bot.get<{ connection: string }>(`/api/rooms/${roomId}`)).connection === 'connected',
      );
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Every item of a list, page by page. */
export async function listAll<T>(bot: Bot, to: string): Promise<T[]> {
  const all: T[] = [];
  for (let before = ''; ; ) {
    const page = await bot.get<Page<T>>(`${to}${to.includes('?') ? '&' : '?'}limit=500${before}`);
    all.push(...page.items);
    if (page.next === null) return all;
    before = `&before=${encodeURIComponent(page.next)}`;
  }
}
