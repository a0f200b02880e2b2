/** Small stand-ins for the store, the rooms and the charts, as the commands see them. */
import { pino } from 'pino';
import { asRoomId, type RoomId } from '#src/events.ts';
import { UserError } from '#src/lib/errors.ts';
import type {
  Archive,
  Charts,
  GuildSettings,
  Health,
  Queries,
  ReportRow,
  RoomDirectory,
  RoomRow,
  SessionRow,
  Totals,
  WatchRow,
} from '#src/sdk.ts';

export const NOW_MS = Date.UTC(2026, 6, 1, 12);

export const TOTALS: Totals = {
  danmaku: 1_200,
  chatters: 300,
  gifts: 45,
  giftMilli: 120_500,
  superChats: 2,
  superChatMilli: 60_000,
  guards: 1,
  guardMilli: 138_000,
  revenueMilli: 318_500,
  payers: 12,
  gaps: [],
  maskedDanmaku: 0,
  maskedMilli: 0,
};

export function roomRow(room: number, name: string, rest: Partial<RoomRow> = {}): RoomRow {
  return {
    ...{
      room: asRoomId(room),
      shortId: null,
      uid: room * 10,
      name,
      title: `${name}'s evening`,
      area: 'Singing',
    },
    ...{ coverUrl: null, liveStatus: 'live', liveSinceMs: NOW_MS - 3_600_000 },
    ...{ firstSeenMs: NOW_MS - 86_400_000, onPage: false },
    ...rest,
  };
}

export function sessionRow(room: RoomId, rest: Partial<SessionRow> = {}): SessionRow {
  return {
    ...TOTALS,
    ...{
      id: '7',
      room,
      title: 'Evening songs',
      area: 'Singing',
      startedMs: NOW_MS - 3_600_000,
      endedMs: null,
    },
    ...{ peakOnline: 800, peakWatched: 12_345 },
    ...rest,
  };
}

/** Everything a test may look at or change. */
export interface World {
  rooms: RoomRow[];
  operatorRooms: RoomRow[];
  watches: WatchRow[];
  reports: ReportRow[];
  settings: GuildSettings;
  session: SessionRow | null;
  totals: Totals;
  readonly calls: { name: string; args: readonly unknown[] }[];
  queries: Partial<Queries>;
  health: Health;
}

const HEALTH: Health = {
  ...{ version: '0.1.0', startedMs: NOW_MS - 60_000, rssBytes: 150 * 2 ** 20, loopDelayP99Ms: 12.34 },
  ...{ eventsTotal: 123_456, eventsPerSecond: 25.04, storeBytes: 3 * 2 ** 20, deliveryP99Ms: 80.4 },
  rooms: { connected: 1, connecting: 0, waiting: 1, failed: 0 },
  outbox: { open: 2, oldestMs: 1500, failed: 0 },
  journal: { events: 10, dropped: 0 },
  ...{
    discord: 'ready',
    bilibili: null,
    unknownCommands: { SOME_NEW_THING: 5 },
    lastErrors: [],
    notReady: [],
  },
};

export function createWorld(guildId: string): World {
  return {
    rooms: [roomRow(1001, 'Hoshino'), roomRow(1002, '星野 Mio', { shortId: 12, liveStatus: 'offline' })],
    operatorRooms: [],
    watches: [],
    reports: [],
    settings: { guildId, language: 'en', timeZone: 'Asia/Shanghai', moneyFor: 'everyone' },
    session: sessionRow(asRoomId(1001)),
    totals: TOTALS,
    calls: [],
    queries: {},
    health: HEALTH,
  };
}

/** An object that has only these members; any other throws, naming itself. */
function only<T extends object>(what: string, members: Partial<T>): T {
  return new Proxy(members as T, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key);
      throw new Error(`the test's ${what} has no ${String(key)}`);
    },
  });
}

export function partsOf(world: World) {
  const note = (name: string, ...args: unknown[]) => void world.calls.push({ name, args });
  return {
    queries: only<Queries>('queries', {
      lastSession: async (room) => (world.session?.room === room ? world.session : null),
      totals: async (room, range) => {
        note('totals', room, range);
        return world.totals;
      },
      snapshot: async () => null,
      ...world.queries,
    }),
    archive: archiveOf(world, note),
    rooms: directoryOf(world, note),
    charts: only<Charts>('charts', {
      draw: async (request) => {
        note('draw', request);
        return { png: Buffer.from('a picture'), description: 'Danmaku from 12:00 to 13:00.' };
      },
    }),
    health: async () => world.health,
    planReports: async () => note('planReports'),
    now: () => NOW_MS,
    log: pino({ level: 'silent' }),
  };
}

type Note = (name: string, ...args: unknown[]) => void;

function archiveOf(world: World, note: Note): Archive {
  return only<Archive>('archive', {
    guildSettings: async () => world.settings,
    setGuildSettings: async (settings, changedBy) => {
      note('setGuildSettings', settings, changedBy);
      world.settings = settings;
    },
    watches: async () => world.watches,
    setWatch: async ({ createdBy: _by, ...watch }) => {
      const row: WatchRow = { ...watch, id: 1, paused: null };
      world.watches = [...world.watches.filter((other) => other.channelId !== row.channelId), row];
      return row;
    },
    removeWatch: async (channelId, room) => {
      const before = world.watches.length;
      world.watches = world.watches.filter((watch) => watch.channelId !== channelId || watch.room !== room);
      return world.watches.length < before;
    },
    putRoom: async (room) => note('putRoom', room),
    reports: async () => world.reports,
    addReport: async ({ createdBy: _by, ...report }) => {
      const row: ReportRow = { ...report, id: world.reports.length + 1, lastPeriodMs: null };
      world.reports = [...world.reports, row];
      return row;
    },
    removeReport: async (guildId, id) => {
      const before = world.reports.length;
      world.reports = world.reports.filter((report) => report.guildId !== guildId || report.id !== id);
      return world.reports.length < before;
    },
  });
}

function directoryOf(world: World, note: Note): RoomDirectory {
  return only<RoomDirectory>('rooms', {
    inGuild: (_guild, isOperator) => (isOperator ? [...world.rooms, ...world.operatorRooms] : world.rooms),
    find: (room) => world.rooms.find((row) => row.room === room) ?? null,
    status: (room) => ({
      room,
      ...(room === 1001
        ? { connection: 'connected' as const, reason: null }
        : { connection: 'waiting' as const, reason: 'no socket is free' }),
      ...{ connectedSinceMs: null, lastMessageMs: null, reconnects: 0 },
    }),
    resolve: async (text) => {
      note('resolve', text);
      if (text !== '2002') throw new UserError('There is no such live room.');
      const { firstSeenMs: _seen, liveSinceMs: _since, onPage: _page, ...room } = roomRow(2002, 'Newcomer');
      return room;
    },
    refresh: async () => note('refresh'),
  });
}
