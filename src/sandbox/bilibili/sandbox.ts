/**
 * A stand-in for Bilibili's live rooms on loopback: the HTTP calls, the danmaku socket, rooms that are alive by
 * a seeded story, a ledger of what really happened, and faults. Written from the protocol alone; shares no code
 * with the bot.
 */
import type { Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { type Acts, openActs } from './acts.ts';
import { openFaults } from './fault-switches.ts';
import { type FaultOptions, type Faults, openFaultState } from './faults.ts';
import type { WireOptions } from './feed.ts';
import { openHttpServer } from './http/server.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { openRandom } from './random.ts';
import type { RoomScript } from './room-script.ts';
import { openRoom } from './room-state.ts';
import { openFollowUps, openRunner } from './runner.ts';
import { openSocketDoor } from './socket.ts';
import type { Stage } from './stage.ts';
import { tellStory } from './timeline.ts';
import { openTokenBook } from './tokens.ts';
import { drawWbiKeys, type WbiKeys } from './wbi.ts';
import { type Account, type LoggedRequest, type Room, type Rules, roomOf, type World } from './world.ts';

export interface SandboxOptions {
  /** The same seed tells the same story. */
  readonly seed: number;
  readonly rooms: readonly RoomScript[];
  /** 0 (default) takes a free one. */
  readonly port?: number;
  /** Epoch ms; the machine's clock by default. */
  readonly now?: () => number;
  readonly wire?: WireOptions;
  /** Whether anonymous watchers get danmaku without names, where a room's script does not say. */
  readonly masking?: 'off' | 'danmaku';
  /** `speed`: how many times as fast as the clock the story goes. */
  readonly pacing?: { readonly speed?: number; readonly tickMs?: number };
  readonly faults?: FaultOptions;
  readonly accounts?: readonly Account[];
  readonly rules?: Partial<Rules>;
  readonly tokenMsMax?: number;
  readonly ledgerEntriesMax?: number;
  /** The story waits for `resume()`. */
  readonly isPaused?: boolean;
  /** Instead of keys drawn by the seed. */
  readonly wbiKeys?: WbiKeys;
}

export interface BilibiliSandbox extends Acts {
  /** One origin for every HTTP call: use it for BILIBILI_API_URL and BILIBILI_LIVE_URL. */
  readonly url: string;
  readonly port: number;
  readonly rooms: readonly Readonly<Room>[];
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** HTTP calls, refused upgrades and auths, oldest first; the last 10 000. */
  readonly requests: readonly LoggedRequest[];
  /** Watchers that were let in, of one room or all. */
  connections(roomId?: number): number;
  /**
   * Stops the story. What was begun (combos, twins of guards) is finished at once; resolves when everything is
   * written out, so that the ledger is final until `resume()`.
   */
  pause(): Promise<void>;
  resume(): void;
  /** Resolves when everything sent so far has left the process, at the latest after ten seconds. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

const REQUESTS_MAX = 10_000;
const LEDGER_ENTRIES_DEFAULT = 200_000;
const TOKEN_MS_DEFAULT = 6 * 3_600_000;
const DRAIN_MS_MAX = 10_000;
const RULES: Rules = {
  danmuInfoPerSecondMax: Number.POSITIVE_INFINITY,
  blockMs: 60_000,
  authMsMax: 5000,
  silenceMsMax: 65_000,
  wantsBrowser: true,
  thinsWithoutBuvid: true,
  hasAnonymousHistory: false,
};

async function listen(server: Server, port: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  await promise;
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago: whoever connects there is refused. */
async function findDeadPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Event numbers that no other run has, as long as it did not start in the same millisecond. */
function openSerial(now: () => number): () => bigint {
  const base = BigInt(now()) * 1_000_000n;
  let count = 0n;
  return () => {
    count += 1n;
    return base + count;
  };
}

function openWorld(options: SandboxOptions, serial: () => bigint): World & { port: number } {
  const { seed, now = Date.now } = options;
  const wire = { innerMax: 20, outerMax: 3, plainShare: 0.05, ...options.wire };
  const setting = { seed, now, wire, masks: options.masking === 'danmaku', serial };
  const random = openRandom(`${seed} world`);
  const requests: LoggedRequest[] = [];
  const world = {
    now,
    origin: '',
    port: 0,
    deadPort: 0,
    rooms: new Map(options.rooms.map((script) => [script.roomId, openRoom(script, setting)])),
    accounts: options.accounts ?? [],
    faults: openFaultState(options.faults ?? {}),
    ledger: openLedger(options.ledgerEntriesMax ?? LEDGER_ENTRIES_DEFAULT),
    tokens: openTokenBook(options.tokenMsMax ?? TOKEN_MS_DEFAULT),
    keys: options.wbiKeys ?? drawWbiKeys(random),
    rules: { ...RULES, ...options.rules },
    random,
    requests,
    log(request: LoggedRequest) {
      requests.push(request);
      if (requests.length > REQUESTS_MAX) requests.splice(0, REQUESTS_MAX / 10);
    },
  };
  for (const { status, roomId, liveKey, startSecond, title } of world.rooms.values())
    if (status === 1) world.ledger.beginBroadcast({ roomId, liveKey, startSecond, title });
  return world;
}

async function drain(world: World): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS_MAX;
  const isBusy = (room: Room): boolean =>
    room.feed.waiting > 0 ||
    [...room.feed.connections].some(({ ws, isDeaf }) => !isDeaf && ws.bufferedAmount > 0);
  for (const room of world.rooms.values()) room.feed.flush();
  while ([...world.rooms.values()].some(isBusy) && performance.now() < untilMs)
    await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Starts the stand-in. Rejects when the port is in use. */
export async function startBilibiliSandbox(options: SandboxOptions): Promise<BilibiliSandbox> {
  const serial = openSerial(options.now ?? Date.now);
  const world = openWorld(options, serial);
  const pacing = { speed: options.pacing?.speed ?? 1, tickMs: options.pacing?.tickMs ?? 50 };
  const followUps = openFollowUps(pacing.speed);
  const stage: Stage = { world, serial, later: (delayMs, act) => followUps.later(delayMs, act) };
  const delays = new Set<NodeJS.Timeout>();
  const server = openHttpServer(world, delays);
  world.deadPort = await findDeadPort();
  world.port = await listen(server, options.port ?? 0);
  world.origin = `http://127.0.0.1:${world.port}`;
  const stories = [...world.rooms.values()].map(
    (room) =>
      [room, tellStory(room.script, room.crowd, openRandom(`${options.seed} story ${room.roomId}`))] as const,
  );
  const runner = openRunner(stage, new Map(stories), pacing, options.isPaused ?? false);
  const door = openSocketDoor(server, world, (roomId) => runner.begin(roomId));
  return {
    ...openActs(stage),
    url: world.origin,
    port: world.port,
    rooms: [...world.rooms.values()],
    ledger: world.ledger,
    faults: openFaults(world, door.connections),
    requests: world.requests,
    connections: (roomId) =>
      roomId === undefined
        ? [...door.connections].filter(({ isAuthed }) => isAuthed).length
        : roomOf(world, roomId).feed.connections.size,
    async pause() {
      runner.pause();
      followUps.runAll();
      await drain(world);
    },
    resume: () => runner.resume(),
    drain: () => drain(world),
    async close() {
      runner.close();
      followUps.clear();
      for (const timer of delays) clearTimeout(timer);
      for (const { feed } of world.rooms.values()) feed.close();
      door.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
