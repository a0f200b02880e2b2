import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { REST } from 'discord.js';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRoomDirectory } from '#src/app/room-directory.ts';
import type { Collectors } from '#src/bilibili/collectors.ts';
import { Bus } from '#src/bus.ts';
import { type Charts, openCharts } from '#src/charts/charts.ts';
import { startDelivery } from '#src/discord/delivery.ts';
import { startReports } from '#src/discord/reports.ts';
import { asRoomId } from '#src/events.ts';
import {
  type DiscordSandbox,
  type StoredMessage,
  startDiscordSandbox,
} from '#src/sandbox/discord/sandbox.ts';
import { type Archive, openArchive } from '#src/store/archive.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { openQueries } from '#src/store/queries.ts';
import { face, watch } from '../alerts/samples.ts';
import { danmaku } from '../store/archive-fixture.ts';

const SECOND_MS = 1_000;
const CHANNEL = '1100000000000000013';
const OTHER_CHANNEL = '1100000000000000012';
const OTHER_ROOM = asRoomId(9_100_002);
const PNG_MAGIC = '89504e470d0a1a0a';
const log = pino({ level: 'silent' });
const now = Date.now;

/** Everything from the archive to Discord, as the bot puts it together. */
async function startBot(folder: string, discord: DiscordSandbox, charts: Charts) {
  const stack = new AsyncDisposableStack();
  const file = path.join(folder, 'livelark.db');
  let wake = () => {};
  const archive = await openArchive({
    ...{ file, log, pageChannel: false, giftMinMilli: 100_000, guardHoldMs: 5_000 },
    ...{ endDelayMs: 60_000, resumeMs: 120_000, onOutbox: () => wake() },
  });
  stack.defer(() => archive.close());
  const hotStore = openMemoryHotStore({ now, journalEventsMax: 1_000 });
  const queries = await openQueries({ file, hotStore, now, threads: 1, log });
  stack.defer(() => queries.close());
  const collectors = { watch: () => {}, status: () => null } as unknown as Collectors;
  const rooms = await openRoomDirectory({ archive, queries, collectors, bus: new Bus(() => {}), log });
  stack.defer(() => rooms.close());
  const rest = new REST({ api: discord.apiUrl, version: '10' }).setToken(discord.token);
  stack.defer(() => rest.clearHandlerSweeper());
  stack.defer(() => rest.clearHashSweeper());
  const timing = { alertMaxAgeMs: 600_000, foldAfter: 5 };
  const delivery = startDelivery({ ...timing, archive, rest, charts, queries, now, log });
  stack.defer(() => delivery.close());
  wake = () => delivery.wake();
  const startOf = (atMs: number) => Math.floor(atMs / SECOND_MS) * SECOND_MS;
  const reports = await startReports({
    ...{ archive, queries, rooms, now, log, settleMs: 300 },
    scheduleOf: () => ({ startOf, nextStart: (atMs) => startOf(atMs) + SECOND_MS }),
  });
  stack.defer(() => reports.close());
  return { archive, rooms, reports, close: () => stack.disposeAsync() };
}

type Bot = Awaited<ReturnType<typeof startBot>>;

async function addReport(archive: Archive, channelId: string): Promise<number> {
  const { guildId, room } = watch;
  const report = await archive.addReport({ guildId, channelId, room, every: 'hour', createdBy: '1' });
  return report.id;
}

/** Start and end of the period that a report speaks of, in seconds. */
function periodOf({ embeds }: StoredMessage): readonly [number, number] {
  const [from, to] = String(embeds[0]?.description).matchAll(/<t:(\d+):f>/g);
  return [Number(from?.[1]), Number(to?.[1])];
}

describe('periodic reports on their way to Discord', () => {
  let folder: string;
  let discord: DiscordSandbox;
  let charts: Charts;
  let bot: Bot;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'livelark-reports-'));
    discord = await startDiscordSandbox();
    charts = await openCharts({ quickchartUrl: null, log });
    bot = await startBot(folder, discord, charts);
    await bot.archive.putRoom({ ...face, shortId: null, uid: 1 });
    await bot.archive.setWatch({ ...watch, channelId: OTHER_CHANNEL, createdBy: '1' });
    await bot.rooms.refresh();
  });
  afterEach(async () => {
    await bot.close();
    await charts.close();
    await discord.close();
    await rm(folder, { recursive: true });
  });

  const posted = () => discord.messages(CHANNEL);
  const grown = (by: number) => {
    const wanted = posted().length + by;
    return expect
      .poll(() => posted().length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThanOrEqual(wanted);
  };

  it('one message a period, with a picture that is described, and none again after a restart', async () => {
    await bot.archive.commit([danmaku({ room: watch.room, atMs: now() })], null);
    const id = await addReport(bot.archive, CHANNEL);
    await bot.reports.refresh();
    await grown(3);
    await bot.close();
    const before = posted().length;
    bot = await startBot(folder, discord, charts);
    await grown(2);
    const [report] = await bot.archive.reports();
    expect(report?.id).toBe(id);
    const periods = posted().map(periodOf);
    expect(periods.every(([from, to]) => to - from === 1)).toBe(true);
    expect(new Set(periods.map(String)).size).toBe(posted().length);
    expect(periods).toEqual(periods.toSorted(([a], [b]) => a - b));
    expect(posted().length).toBeGreaterThanOrEqual(before + 2);
    for (const { files, embeds } of posted()) {
      const [file] = files;
      expect(file?.data.subarray(0, 8).toString('hex')).toBe(PNG_MAGIC);
      expect(file?.description?.length).toBeGreaterThan(10);
      expect(file?.widthPx).toBeGreaterThan(400);
      expect(embeds[0]?.title).toContain(face.name);
    }
  });

  it('goes quiet when the room is not watched in the server any more', async () => {
    await addReport(bot.archive, CHANNEL);
    await bot.reports.refresh();
    await grown(1);
    await bot.archive.removeWatch(OTHER_CHANNEL, watch.room);
    await bot.rooms.refresh();
    // A report of the same period that is still wanted shows that its time has come.
    await bot.archive.putRoom({ ...face, room: OTHER_ROOM, shortId: null, uid: 2 });
    await bot.archive.setWatch({ ...watch, room: OTHER_ROOM, channelId: OTHER_CHANNEL, createdBy: '1' });
    await bot.rooms.refresh();
    const quiet = (await bot.archive.reports())[0]?.lastPeriodMs ?? 0;
    const { guildId } = watch;
    const other = {
      guildId,
      channelId: OTHER_CHANNEL,
      room: OTHER_ROOM,
      every: 'hour',
      createdBy: '1',
    } as const;
    await bot.archive.addReport(other);
    await bot.reports.refresh();
    const told = () => discord.messages(OTHER_CHANNEL).length;
    await expect.poll(told, { timeout: 20_000, interval: 20 }).toBeGreaterThanOrEqual(2);
    const [first] = await bot.archive.reports();
    expect((first?.lastPeriodMs ?? 0) - quiet).toBeLessThanOrEqual(SECOND_MS);
  });
});
