/** `npm run demo`: the real bot as a process of its own, between stand-ins for Bilibili and Discord on loopback. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { demoRooms } from './bilibili/presets.ts';
import { type BilibiliSandbox, startBilibiliSandbox } from './bilibili/sandbox.ts';
import { type DiscordSandbox, startDiscordSandbox } from './discord/sandbox.ts';

const START_MS_MAX = 60_000;
/** The bot itself needs at most 10 s to flush. */
const STOP_MS_MAX = 12_000;
const LINES_MAX = 50;

export interface DemoOptions {
  /** Absolute path of src/main.ts. */
  readonly entry: string;
  /** The same seed tells the same story. */
  readonly seed: number;
  /** Resolves when the demo is to end. */
  readonly signal: Promise<string>;
}

interface Bot {
  readonly child: ChildProcess;
  /** The page's URL, once it is ready. */
  readonly ready: Promise<string>;
  /** Resolves with what was printed last, when the process ends. */
  readonly ended: Promise<string>;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Starts the bot; shows its warnings and errors. */
function startBot(entry: string, environment: Record<string, string>): Bot {
  const { PATH = '', HOME = '', TZ } = process.env;
  const env = { PATH, HOME, ...(TZ === undefined ? {} : { TZ }), ...environment };
  const child = spawn(process.execPath, [entry], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ready = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<string>();
  const lines: string[] = [];
  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > LINES_MAX) lines.shift();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    keep(line);
    const entryOfLog = readLine(line);
    if (entryOfLog.msg === 'ready') ready.resolve(String(entryOfLog.http));
    if (Number(entryOfLog.level) >= 40) say(`  bot: ${entryOfLog.msg}`);
  });
  createInterface({ input: child.stderr }).on('line', keep);
  child.on('exit', () => ended.resolve(lines.join('\n')));
  return { child, ready: ready.promise, ended: ended.promise };
}

function readLine(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return { msg: line };
  }
}

/** Resolves when Discord's stand-in has got the bot's commands. */
async function waitForCommands(discord: DiscordSandbox): Promise<void> {
  const endMs = Date.now() + START_MS_MAX;
  while (discord.commands().length === 0) {
    if (Date.now() > endMs) throw new Error('the bot did not register its commands');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What an owner would type first: starts in one channel with a role, what costs money in another. */
async function pressWatches(discord: DiscordSandbox, bilibili: BilibiliSandbox): Promise<void> {
  const channel = (name: string) => discord.channels.find((one) => one.name === name)?.id ?? '';
  const role = discord.guild.roles.find((one) => one.name === 'live-fans')?.id;
  for (const room of bilibili.rooms) {
    const options = {
      room: String(room.roomId),
      channel: channel('live-alerts'),
      ...(role === undefined ? {} : { role }),
    };
    await discord.press({ command: 'watch', options, channelId: channel('commands') });
  }
  await discord.press({ command: 'status', channelId: channel('commands') });
}

async function stopBot({ child, ended }: Bot): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

/** Runs until the signal; everything it started is stopped and its folder removed. Resolves with the exit status. */
export async function runDemo({ entry, seed, signal }: DemoOptions): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'livelark-demo-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const bilibili = await startBilibiliSandbox({ seed, rooms: demoRooms(), masking: 'off' });
  stack.defer(() => bilibili.close());
  const discord = await startDiscordSandbox();
  stack.defer(() => discord.close());
  say('Starting the bot between stand-ins for Bilibili and Discord …');
  const bot = startBot(entry, {
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_GUILD_ID: discord.guild.id,
    BILIBILI_API_URL: bilibili.url,
    BILIBILI_LIVE_URL: bilibili.url,
    CONNECT_INTERVAL_MS: '200',
    HTTP_PORT: '0',
    DATA_DIR: folder,
  });
  stack.defer(() => stopBot(bot));
  const died = bot.ended.then((lines) => `The bot has ended:\n${lines}`);
  const first = await Promise.race([signal.then(() => null), died, bot.ready.then((url) => ({ url }))]);
  if (first === null) return 0;
  if (typeof first === 'string') {
    say(first);
    return 1;
  }
  await waitForCommands(discord);
  await pressWatches(discord, bilibili);
  say(`
  Discord, as people see it   ${discord.pageUrl}
  Livelark's own page         ${first.url}

  ${bilibili.rooms.length} rooms are watched; alerts arrive within ten seconds. Type / on the Discord page to use the commands.
  Ctrl-C ends the demo; it keeps nothing.
`);
  const last = await Promise.race([signal.then(() => null), died]);
  if (last !== null) say(last);
  return last === null ? 0 : 1;
}
