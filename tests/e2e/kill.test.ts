/** `kill -9` in the middle of a burst: what was older than 250 ms is there, nothing is there or told twice. */
import { afterEach, expect, it } from 'vitest';
import type { LedgerEntry } from '#src/sandbox/bilibili/ledger.ts';
import { type Bot, eventually } from '../support/bot.ts';
import { listAll, openWorld, type World } from './world.ts';

const ROOM = 9_200_001;
/** Promise 10: what may be lost. */
const LOST_MS_MAX = 250;
const KILLS = 3;

let world: World;

afterEach(async () => {
  await world?.[Symbol.asyncDispose]();
});

interface Stats {
  readonly danmaku: number;
  readonly gifts: number;
  readonly revenueMilli: number;
  readonly gaps: readonly { fromMs: number; toMs: number; reason: string }[];
}

interface Life {
  readonly fromMs: number;
  readonly toMs: number;
}

function writtenMs(entry: LedgerEntry): number | null {
  return entry.carriers.find((carrier) => carrier.writtenMs !== null)?.writtenMs ?? null;
}

async function storedIds(bot: Bot): Promise<string[]> {
  const danmaku = await listAll<{ id: string }>(bot, `/api/rooms/${ROOM}/danmaku`);
  const payments = await listAll<{ id: string; kind: string }>(bot, `/api/rooms/${ROOM}/gifts`);
  return [...danmaku.map(({ id }) => `danmaku ${id}`), ...payments.map(({ id, kind }) => `${kind} ${id}`)];
}

/** Lets the bot live for a while in the burst, then kills it in the act. */
async function liveAndDie(bot: Bot, ms: number): Promise<Life> {
  const fromMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  const toMs = Date.now();
  await bot.stop('SIGKILL');
  return { fromMs, toMs };
}

it('loses nothing older than 250 ms, repeats nothing, and says when it was away', async () => {
  world = await openWorld({
    seed: 23,
    rooms: [
      {
        roomId: ROOM,
        uid: 5_200_001,
        name: '弹幕如雨',
        title: '下大雨了',
        status: 1,
        giftDialect: 'both',
        chatter: { perSecond: 300, alertsPerMinute: 40 },
      },
    ],
  });
  let bot = await world.start();
  await world.watch(bot, ROOM, 'gifts', { 'gift-min': 20 });
  const lives: Life[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    lives.push(await liveAndDie(bot, 1_500 + kill * 700 + Math.floor(Math.random() * 300)));
    bot = await world.start();
    const up = bot;
    await eventually(
      async () => (await up.get<{ connection: string }>(`/api/rooms/${ROOM}`)).connection === 'connected',
    );
  }
  const lastMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await world.bilibili.pause();
  const written = world.bilibili.ledger.list().filter((entry) => writtenMs(entry) !== null);
  const must = written.filter((entry) => {
    const atMs = writtenMs(entry) ?? 0;
    return atMs >= lastMs || lives.some((life) => atMs >= life.fromMs && atMs < life.toMs - LOST_MS_MAX);
  });
  expect(must.length).toBeGreaterThan(1_000);

  const ids = await eventually(async () => {
    const now = await storedIds(bot);
    const set = new Set(now);
    const missing = must.filter((entry) => !set.has(`${entry.kind} ${entry.id}`));
    if (missing.length > 0)
      throw new Error(`${missing.length} missing, such as ${JSON.stringify(missing[0])}`);
    return now;
  });
  expect(new Set(ids).size, 'nothing is stored twice').toBe(ids.length);
  const known = new Map(written.map((entry) => [`${entry.kind} ${entry.id}`, entry]));
  expect(
    ids.filter((id) => !known.has(id) && !id.startsWith('guard buy:')),
    'nothing is invented',
  ).toEqual([]);

  const stats = await bot.get<Stats>(`/api/rooms/${ROOM}/stats`);
  const stored = ids.map((id) => known.get(id)).filter((entry) => entry !== undefined);
  expect(stats.danmaku).toBe(stored.filter((entry) => entry.kind === 'danmaku').length);
  expect(stats.gifts).toBe(
    stored.filter((entry) => entry.kind === 'gift').reduce((sum, entry) => sum + entry.count, 0),
  );
  const down = stats.gaps.filter((gap) => gap.reason === 'process-down');
  for (const life of lives)
    expect(down.some((gap) => gap.fromMs <= life.toMs + 50 && gap.toMs > life.toMs)).toBe(true);

  await eventually(
    async () => (await bot.get<{ outbox: { open: number } }>('/api/health')).outbox.open === 0,
    40_000,
  );
  const messages = world.discord
    .messages(world.channel('gifts'))
    .filter((message) => message.interaction === null && !message.deleted);
  expect(messages.length).toBeGreaterThan(5);
  const marks = messages.map((message) => (message.embeds[0] as { url?: string }).url);
  expect(new Set(marks).size, 'no alert twice').toBe(messages.length);
  const texts = messages.map((message) => {
    const { description, timestamp } = message.embeds[0] as { description?: string; timestamp?: string };
    return `${timestamp} ${description}`;
  });
  expect(new Set(texts).size, 'no alert twice under another name').toBe(texts.length);
  expect(await bot.stop('SIGTERM')).toMatchObject({ code: 0 });
});
