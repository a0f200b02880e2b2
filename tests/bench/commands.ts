/** How soon a slash command shows its answer (not the defer) while twenty rooms are busy, and while charts are drawn. */
import { busyRooms } from '#src/sandbox/bilibili/presets.ts';
import type { Answered } from '#src/sandbox/discord/handle.ts';
import { type Bench, type Figure, ms, percentile, spread } from './figures.ts';
import { openScene, type Scene, sleep } from './scene.ts';

const ROOMS = 20;
const MESSAGES_PER_SECOND = 25;
const ANSWER_MS_MAX = 1_000;
/** A busy server's pace; ten a second and more run into the stand-in's limit of interaction callbacks. */
const PRESS_GAP_MS = 150;

interface Press {
  readonly command: string;
  readonly subcommand?: string;
  readonly options?: Record<string, string | number>;
}

function pressesFor(room: string, userId: string): Press[] {
  return [
    { command: 'rooms' },
    { command: 'status' },
    { command: 'help' },
    { command: 'stats', options: { room } },
    { command: 'stats', options: { room, period: '24h' } },
    { command: 'top-gifters', options: { room, limit: 25 } },
    { command: 'history', options: { room } },
    { command: 'search', options: { room, text: '晚安', period: 'all' } },
    { command: 'search', options: { room, text: '没有人这样说', period: 'all', user: userId } },
    { command: 'chart', options: { room, metric: 'activity', period: '1h' } },
    { command: 'chart', options: { room, metric: 'revenue' } },
    { command: 'settings', options: { 'time-zone': 'Asia/Shanghai' } },
    { command: 'report', subcommand: 'add', options: { room, every: 'day' } },
    { command: 'report', subcommand: 'list' },
    { command: 'report', subcommand: 'remove', options: { report: 1 } },
    { command: 'watch', options: { room, 'gift-min': 200 } },
    { command: 'unwatch', options: { room } },
  ];
}

interface Timed {
  readonly command: string;
  readonly answeredMs: number;
}

/** What a person would call a failure: no words of the answer, or words of a fault. */
function requireAnswer(press: Press, { answer }: Answered): void {
  const text = JSON.stringify([answer?.content, answer?.embeds]);
  if (text.length < 20 || /went wrong|could not be|cannot be|too many/i.test(text))
    throw new Error(`/${press.command}: ${text.slice(0, 300)}`);
}

async function pressOne(scene: Scene, press: Press): Promise<Timed> {
  const channelId = scene.discord.channels.find((channel) => channel.name === 'commands')?.id ?? '';
  const answered = await scene.discord.press({ ...press, channelId });
  requireAnswer(press, answered);
  return { command: press.command, answeredMs: answered.answeredMs };
}

/** Presses one after the other until the time is over; each round asks about another room. */
async function pressFor(scene: Scene, rooms: readonly number[], durationMs: number): Promise<Timed[]> {
  const timed: Timed[] = [];
  const endMs = performance.now() + durationMs;
  for (let round = 0; performance.now() < endMs; round += 1) {
    const roomId = rooms[round % rooms.length] ?? 0;
    for (const press of pressesFor(String(roomId), '70000001')) {
      timed.push(await pressOne(scene, press));
      await sleep(PRESS_GAP_MS);
    }
  }
  return timed;
}

/** Draws without a break; the pictures go to nobody. The window moves, so that no picture is a cached one. */
async function drawUntil(scene: Scene, rooms: readonly number[], signal: AbortSignal): Promise<number> {
  let drawn = 0;
  for (; !signal.aborted; drawn += 1) {
    const toMs = Date.now();
    const query = `metric=activity&from=${toMs - 3_600_000}&to=${toMs}`;
    const response = await fetch(
      `${scene.bot.http}/api/rooms/${rooms[drawn % rooms.length]}/chart.png?${query}`,
    );
    await response.arrayBuffer();
    if (response.status === 404) return 0;
    if (!response.ok) throw new Error(`chart.png: ${response.status}`);
  }
  return drawn;
}

function figuresOf(what: string, timed: readonly Timed[]): Figure[] {
  const all = timed.map(({ answeredMs }) => answeredMs);
  const highest = Math.max(...all);
  const slowest = timed.find(({ answeredMs }) => answeredMs === highest);
  return [
    {
      what,
      value: spread(all),
      reference: `slowest: /${slowest?.command}`,
      reach: `max ≤ ${ANSWER_MS_MAX} ms`,
      isReached: highest <= ANSWER_MS_MAX,
    },
  ];
}

export const bench: Bench = async ({ seconds }) => {
  const rooms = busyRooms(ROOMS, MESSAGES_PER_SECOND);
  const ids = rooms.map(({ roomId }) => roomId);
  await using scene = await openScene({ rooms });
  await scene.watch(rooms);
  const firstChart = { command: 'chart', options: { room: String(ids[0]), metric: 'activity' } };
  const first = await pressOne(scene, firstChart);
  const quiet = await pressFor(scene, ids, (seconds / 2) * 1000);
  const stop = new AbortController();
  const drawing = drawUntil(scene, ids, stop.signal);
  const busy = await pressFor(scene, ids, (seconds / 2) * 1000).finally(() => stop.abort());
  const drawn = await drawing;
  const byCommand = Map.groupBy([...quiet, ...busy], ({ command }) => command);
  const slowest = [...byCommand]
    .map(([command, own]) => ({
      command,
      p99: percentile(
        own.map(({ answeredMs }) => answeredMs),
        0.99,
      ),
    }))
    .sort((a, b) => b.p99 - a.p99)
    .slice(0, 4);
  return [
    {
      what: 'first chart of the process',
      value: ms(first.answeredMs),
      reach: `≤ ${ANSWER_MS_MAX} ms`,
      isReached: first.answeredMs <= ANSWER_MS_MAX,
    },
    ...figuresOf(`one at a time, ${ROOMS} × ${MESSAGES_PER_SECOND} messages/s`, quiet),
    ...figuresOf(`the same while charts are drawn (${drawn})`, busy),
    {
      what: 'slowest commands, p99',
      value: slowest.map(({ command, p99 }) => `/${command} ${ms(p99)}`).join(', '),
    },
    { what: 'event-loop delay p99', value: ms((await scene.health()).loopDelayP99Ms) },
  ];
};
