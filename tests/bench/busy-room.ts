/** One room that talks as fast as the busiest do: is anything lost, and how soon does Discord get what it is to be told? */
import { startVitals } from '#src/app/vitals.ts';
import { Bus } from '#src/bus.ts';
import type { LedgerTotals } from '#src/sandbox/bilibili/ledger.ts';
import { busyRooms } from '#src/sandbox/bilibili/presets.ts';
import type { LoggedRequest } from '#src/sandbox/discord/sandbox.ts';
import type { Totals } from '#src/shapes.ts';
import { eventually } from '../support/bot.ts';
import { type Bench, type Figure, ms, percentile, perSecond, spread } from './figures.ts';
import { openScene, type Scene, sleep } from './scene.ts';

const MESSAGES_PER_SECOND = 500;
const ALERT_GAP_MS = 2_000;
const HEALTH_GAP_MS = 5_000;
/** The start of the bot leaves its window of the loop delay, and its code is compiled. */
const WARM_UP_MS = 21_000;
const LOOP_DELAY_MS_MAX = 50;
const TO_DISCORD_MS_MAX = 150;
const SETTLE_MS_MAX = 15_000;
const GIFT = { id: 32_000, name: '小火箭', price: 520_000, coin: 'gold' } as const;
const COUNTED = [
  'danmaku',
  'gifts',
  'giftMilli',
  'superChats',
  'guards',
  'revenueMilli',
  'chatters',
] as const;

interface Told {
  readonly name: string;
  writtenMs(): number;
}

/** Gives a rocket every two seconds, each by somebody whose name no one else has. */
async function giveRockets({ bilibili }: Scene, roomId: number, seconds: number): Promise<Told[]> {
  const told: Told[] = [];
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    const name = `bench${String(told.length).padStart(4, '0')}x`;
    const viewer = {
      ...{ uid: 88_000_000 + told.length, name, medal: null, guardLevel: 0 as const },
      ...{ userLevel: 1, wealthLevel: 1, isAdmin: false },
    };
    const { carriers } = bilibili.gift(roomId, { gift: GIFT, viewer, dialect: 'v1' });
    told.push({ name, writtenMs: () => carriers[0]?.writtenMs ?? Number.NaN });
    await sleep(ALERT_GAP_MS);
  }
  return told;
}

function isPost(request: LoggedRequest): boolean {
  return request.method === 'POST' && request.route === '/channels/{channel_id}/messages';
}

/** From the write on the socket to the arrival at Discord, for each that was told. */
function delaysOf(told: readonly Told[], requests: readonly LoggedRequest[]): number[] {
  const posts = requests.filter(isPost).map((post) => ({ post, text: JSON.stringify(post.body) }));
  return told.map(({ name, writtenMs }) => {
    const found = posts.find(({ text }) => text.includes(name));
    return found === undefined ? Number.NaN : found.post.atMs - found.post.ms - writtenMs();
  });
}

const pick = (totals: Totals | LedgerTotals) =>
  COUNTED.map((name) => `${name} ${(totals as unknown as Record<string, number>)[name]}`).join(', ');

async function compare({ bilibili, bot }: Scene, roomId: number): Promise<Figure> {
  await bilibili.pause();
  const sent = pick(bilibili.ledger.totals({ roomId, onlyWritten: true }));
  const read = async () => pick(await bot.get<Totals>(`/api/rooms/${roomId}/stats`));
  await eventually(async () => (await read()) === sent, SETTLE_MS_MAX).catch(() => {});
  const stored = await read();
  const isSame = stored === sent;
  return {
    what: 'stored',
    value: isSame ? 'all' : stored,
    reference: `sent: ${sent}`,
    reach: 'nothing lost',
    isReached: isSame,
  };
}

export const bench: Bench = async ({ seconds }) => {
  const rooms = busyRooms(1, MESSAGES_PER_SECOND, 0);
  const roomId = rooms[0]?.roomId ?? 0;
  await using scene = await openScene({ rooms });
  await scene.watch(rooms);
  await sleep(WARM_UP_MS);
  // The stand-ins' process has little to do: what it waits is the machine's doing.
  const own = startVitals(new Bus(() => {}), Date.now);
  const delays: number[] = [];
  const ownDelays: number[] = [];
  const sample = () =>
    void scene.health().then((health) => {
      delays.push(health.loopDelayP99Ms);
      ownDelays.push(own.loopDelayP99Ms());
    });
  const sampling = setInterval(sample, HEALTH_GAP_MS);
  const [cpuMs, events] = [scene.cpuMs(), (await scene.health()).eventsTotal];
  const told = await giveRockets(scene, roomId, seconds);
  const load = (scene.cpuMs() - cpuMs) / (seconds * 1000);
  const rate = ((await scene.health()).eventsTotal - events) / seconds;
  clearInterval(sampling);
  own.close();
  const stored = await compare(scene, roomId);
  const toDiscord = delaysOf(told, scene.discord.requests);
  const missing = toDiscord.filter(Number.isNaN).length;
  const p99 = percentile(toDiscord, 0.99);
  const loopMs = Math.max(...delays);
  return [
    stored,
    { what: 'events published', value: perSecond(rate) },
    {
      what: 'event-loop delay p99, worst and median of windows of 10 s',
      value: `${ms(loopMs)}, ${ms(percentile(delays, 0.5))}`,
      reference: `stand-ins ${ms(Math.max(...ownDelays))}`,
      reach: `≤ ${LOOP_DELAY_MS_MAX} ms`,
      isReached: loopMs <= LOOP_DELAY_MS_MAX,
    },
    {
      what: 'socket → request at Discord',
      value: spread(toDiscord.filter((delay) => !Number.isNaN(delay))),
      reference: `missing ${missing}`,
      reach: `p99 ≤ ${TO_DISCORD_MS_MAX} ms`,
      isReached: missing === 0 && p99 <= TO_DISCORD_MS_MAX,
    },
    { what: 'CPU of the bot, all threads', value: `${(load * 100).toFixed(0)} % of a core` },
  ];
};
