/** The composition root: builds every part, in order, on one stack that takes them down in the other. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { startDiscord } from '#src/app/discord.ts';
import { readHealth } from '#src/app/health.ts';
import { openRoomDirectory } from '#src/app/room-directory.ts';
import { startSettingRooms } from '#src/app/setting-rooms.ts';
import { startVitals, type Vitals } from '#src/app/vitals.ts';
import { openCollectors } from '#src/bilibili/collectors.ts';
import { Bus } from '#src/bus.ts';
import { openCharts } from '#src/charts/charts.ts';
import { type Config, databaseFile } from '#src/config.ts';
import { openHttp } from '#src/http/server.ts';
import { describeError, StartError } from '#src/lib/errors.ts';
import { makeFolder } from '#src/lib/folder.ts';
import type { Log } from '#src/lib/log.ts';
import { milliOfCny } from '#src/lib/money.ts';
import { type Archive, openArchive } from '#src/store/archive.ts';
import { startIntake } from '#src/store/intake.ts';
import { openMemoryHotStore } from '#src/store/memory-hot-store.ts';
import { openQueries } from '#src/store/queries.ts';
import { startSync } from '#src/store/sync.ts';

/** How long `ready` waits for Bilibili to say which rooms the setting means. */
const SETTING_ROOMS_MS_MAX = 3_000;
const TICK_MS = 1_000;
const now = () => Date.now();

export interface App {
  /** Takes everything down, flushed. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly config: Config;
  readonly log: Log;
  /** The project's folder: commands/ and drizzle/ are in it. */
  readonly root: string;
  readonly version: string;
  /** Called when a part is lost that the bot cannot go on without. */
  readonly onFault: (error: Error) => void;
}

function makeDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `DATA_DIR: ${path.resolve(folder)} cannot be written (${(error as NodeJS.ErrnoException).code}); allowed: a folder that this user may write`,
    );
  }
}

function warnOfUnbuilt(config: Config, log: Log): void {
  if (config.redis.url !== null)
    log.warn('REDIS_URL: the Redis hot store is not built yet; what is true now is kept in this process');
  if (config.bilibili.openKey !== null)
    log.warn(
      'BILIBILI_OPEN_KEY: the Open Platform connector is not built yet; rooms are read from the web socket',
    );
}

/** `archive.tick` every second, one at a time. */
function startTicks(archive: Archive, log: Log): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    running = archive
      .tick(now())
      .catch((error: unknown) => log.error(`store: ${describeError(error)}`))
      .finally(() => {
        isRunning = false;
      });
  }, TICK_MS);
  return () => {
    clearInterval(timer);
    return running;
  };
}

async function openStore(
  { config, log, onFault }: AppOptions,
  bus: Bus,
  stack: AsyncDisposableStack,
  onOutbox: () => void,
) {
  const file = databaseFile(config);
  const { journal, alerts } = config;
  const hotStore = openMemoryHotStore({ now, journalEventsMax: journal.eventsMax });
  stack.defer(() => hotStore.close());
  const archive = await openArchive({
    file,
    log,
    pageChannel: config.discord.token === null,
    giftMinMilli: milliOfCny(alerts.giftMinCny),
    endDelayMs: alerts.endDelayMs,
    resumeMs: alerts.resumeMs,
    guardHoldMs: config.bilibili.guardHoldMs,
    onOutbox,
    onFault,
  });
  stack.defer(() => archive.close());
  const queries = await openQueries({ file, hotStore, now, threads: config.readerThreads, log });
  stack.defer(() => queries.close());
  const sync = startSync({
    hotStore,
    archive,
    now,
    log,
    commitMs: journal.commitMs,
    commitEvents: journal.commitEvents,
  });
  stack.defer(() => sync.close());
  const intake = startIntake({
    bus,
    hotStore,
    log,
    flushMs: journal.flushMs,
    flushEvents: journal.flushEvents,
    queueEventsMax: journal.eventsMax,
    onFlushed: (told, events) => sync.poke(told, events),
  });
  stack.defer(() => intake.close());
  return { hotStore, archive, queries, sync };
}

type Store = Awaited<ReturnType<typeof openStore>>;

function noteFaults(log: Log, vitals: Vitals): (error: unknown) => void {
  return (error) => {
    vitals.noteError(describeError(error));
    log.error({ err: error }, `a listener failed: ${describeError(error)}`);
  };
}

/** What watches the rooms: collectors on the bus, and who wants which room. */
async function openRooms({ config, log }: AppOptions, bus: Bus, store: Store, stack: AsyncDisposableStack) {
  const { apiUrl, liveUrl, cookie, roomBudget, connectIntervalMs, pollIntervalMs, guardHoldMs } =
    config.bilibili;
  const collectors = await openCollectors({
    ...{ apiUrl, liveUrl, cookie, roomBudget, connectIntervalMs, pollIntervalMs, guardHoldMs },
    ...{ bus, log, now },
  });
  stack.defer(() => collectors.close());
  const { archive, queries } = store;
  const rooms = await openRoomDirectory({ archive, queries, collectors, bus, log });
  stack.defer(() => rooms.close());
  stack.defer(startTicks(archive, log));
  return { collectors, rooms };
}

async function build(options: AppOptions, stack: AsyncDisposableStack): Promise<void> {
  const { config, log, root, version } = options;
  const startedMs = now();
  makeDataFolder(config.dataDir);
  warnOfUnbuilt(config, log);
  let onFault: (error: unknown) => void = () => {};
  const bus = new Bus((error) => onFault(error));
  const vitals = startVitals(bus, now);
  onFault = noteFaults(log, vitals);
  stack.defer(() => vitals.close());

  let wakeDelivery = () => {};
  const store = await openStore(options, bus, stack, () => wakeDelivery());
  const { archive, queries, hotStore, sync } = store;
  const charts = await openCharts({ quickchartUrl: config.quickchartUrl, log });
  stack.defer(() => charts.close());
  const { collectors, rooms } = await openRooms(options, bus, store, stack);

  // Before the reports, which speak of rooms that are watched; what is not known yet comes later.
  const setting = startSettingRooms({ ids: config.rooms, rooms, archive, log });
  stack.defer(() => setting.close());
  const discord = await startDiscord({
    ...{ config, root, archive, queries, rooms, charts, now, log },
    onFault: (message) => vitals.noteError(message),
    health: () => health(),
  });
  stack.defer(() => discord.close());
  wakeDelivery = discord.wake;
  const health = () =>
    readHealth({
      ...{ version, startedMs, vitals, queries, hotStore, sync, collectors, rooms },
      discordState: discord.state,
      deliveryP99Ms: discord.p99Ms,
    });

  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const http = await openHttp({
    ...config.http,
    queries,
    rooms,
    charts,
    bus,
    health,
    now,
    timeZone,
    version,
    log,
  });
  stack.defer(() => http.close());
  await setting.firstTry(SETTING_ROOMS_MS_MAX);
  await rooms.refresh();
  log.info({ http: http.url, rooms: rooms.all().map((room) => room.room) }, 'ready');
}

/** Opens everything; resolves when `ready` is logged. Throws StartError for what makes a start impossible. */
export async function openApp(options: AppOptions): Promise<App> {
  const stack = new AsyncDisposableStack();
  try {
    await build(options, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { close: () => stack.disposeAsync() };
}
