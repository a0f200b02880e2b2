/** Resident memory of the whole bot: idle, busy, and with 300 rooms; and what each of its parts takes. */
import { busyRooms, quietRooms } from '#src/sandbox/bilibili/presets.ts';
import type { RoomScript } from '#src/sandbox/bilibili/room-script.ts';
import { type Bench, type Figure, mib } from './figures.ts';
import { openScene, type SceneOptions, sleep } from './scene.ts';

const BUSY = 20;
const MESSAGES_PER_SECOND = 25;
const QUIET = 280;
const IDLE = 5;
const IDLE_MS = 10_000;
const SAMPLE_MS = 1_000;
const RSS_MIB_MAX = 180;

interface Case extends SceneOptions {
  readonly what: string;
  readonly watched: readonly RoomScript[];
  readonly durationMs: number;
  readonly charts?: boolean;
  readonly mibMax?: number;
}

/** Draws a chart in the channel, so that the drawing thread is up. */
async function measure(one: Case): Promise<Figure> {
  const { what, watched, durationMs, mibMax, charts = false, ...options } = one;
  await using scene = await openScene(options);
  await scene.watch(watched);
  const room = String(watched[0]?.roomId);
  let highest = 0;
  for (const endMs = performance.now() + durationMs; performance.now() < endMs; ) {
    await sleep(SAMPLE_MS);
    if (charts)
      await scene.discord.press({ command: 'chart', options: { room, metric: 'activity', period: '1h' } });
    highest = Math.max(highest, scene.rssBytes());
  }
  const last = scene.rssBytes();
  const reach =
    mibMax === undefined ? {} : { reach: `≤ ${mibMax} MiB`, isReached: last <= mibMax * 1024 * 1024 };
  return { what, value: mib(last), reference: `highest ${mib(highest)}`, ...reach };
}

export const bench: Bench = async ({ seconds }) => {
  const quiet = quietRooms(QUIET);
  const idle = quietRooms(IDLE);
  const busy = busyRooms(BUSY, MESSAGES_PER_SECOND);
  const durationMs = seconds * 1000;
  const onPage = quiet.map(({ roomId }) => roomId);
  const cases: readonly Case[] = [
    { what: 'no rooms, Discord off', rooms: [], watched: [], durationMs: IDLE_MS, hasDiscord: false },
    { what: '5 idle rooms', rooms: idle, watched: idle, durationMs: IDLE_MS },
    { what: '5 idle rooms, a chart a second', rooms: idle, watched: idle, durationMs: IDLE_MS, charts: true },
    { what: `${BUSY} busy rooms`, rooms: busy, watched: busy, durationMs },
    {
      what: `${QUIET + BUSY} rooms, ${BUSY} of them busy`,
      ...{ rooms: [...busy, ...quiet], watched: busy, onPage, durationMs, mibMax: RSS_MIB_MAX },
    },
  ];
  const figures: Figure[] = [];
  for (const one of cases) figures.push(await measure(one));
  return figures;
};
