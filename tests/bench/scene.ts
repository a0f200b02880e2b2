/** The real bot as a process of its own; the stand-ins are in the benchmark's process, so that their work is not the bot's. */
import { readFileSync } from 'node:fs';
import type { RoomScript } from '#src/sandbox/bilibili/room-script.ts';
import { type BilibiliSandbox, startBilibiliSandbox } from '#src/sandbox/bilibili/sandbox.ts';
import { type DiscordSandbox, startDiscordSandbox } from '#src/sandbox/discord/sandbox.ts';
import type { Health } from '#src/sdk.ts';
import { type Bot, eventually, startBot, temporaryFolder } from '../support/bot.ts';

const CONNECT_MS_MAX = 60_000;
const SEED = 2;

export interface Scene extends AsyncDisposable {
  readonly bilibili: BilibiliSandbox;
  readonly discord: DiscordSandbox;
  readonly bot: Bot;
  health(): Promise<Health>;
  /** Resident memory of the bot's process, as the system counts it. */
  rssBytes(): number;
  /** CPU that the bot has used, all threads, in ms. */
  cpuMs(): number;
  /** Watches the first `count` rooms in a channel each press, and waits until all are connected. */
  watch(rooms: readonly RoomScript[]): Promise<void>;
}

export interface SceneOptions {
  readonly rooms: readonly RoomScript[];
  /** More of the bot's environment. */
  readonly environment?: Record<string, string>;
  /** Rooms that only the page watches, by id. */
  readonly onPage?: readonly number[];
  readonly hasDiscord?: boolean;
}

const CLOCK_TICK_MS = 10;

function readCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}

function readRssBytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const { rooms, environment = {}, onPage = [], hasDiscord = true } = options;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(temporaryFolder()).path;
  const bilibili = await startBilibiliSandbox({ seed: SEED, rooms, ledgerEntriesMax: 2_000_000 });
  stack.defer(() => bilibili.close());
  const discord = await startDiscordSandbox();
  stack.defer(() => discord.close());
  const discordEnvironment: Record<string, string> = hasDiscord
    ? {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.apiUrl,
        DISCORD_GUILD_ID: discord.guild.id,
      }
    : {};
  const bot = await startBot({
    ...discordEnvironment,
    BILIBILI_API_URL: bilibili.url,
    BILIBILI_LIVE_URL: bilibili.url,
    DATA_DIR: folder,
    ROOM_BUDGET: '1000',
    ROOMS: onPage.join(','),
    ...environment,
  });
  stack.defer(async () => void (await bot.stop()));
  if (hasDiscord) await eventually(async () => discord.commands().length > 0);
  const owned = stack.move();
  return {
    ...{ bilibili, discord, bot },
    health: () => bot.get<Health>('/api/health'),
    rssBytes: () => readRssBytes(bot.pid),
    cpuMs: () => readCpuMs(bot.pid),
    async watch(watched) {
      const channelId = discord.channels.find((channel) => channel.name === 'gifts')?.id ?? '';
      for (const { roomId } of watched)
        await discord.press({ command: 'watch', options: { room: String(roomId), channel: channelId } });
      const count = watched.length + onPage.length;
      await eventually(async () => bilibili.connections() === count, CONNECT_MS_MAX);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export const sleep = (durationMs: number) => new Promise((resolve) => setTimeout(resolve, durationMs));
