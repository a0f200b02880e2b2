/** Which rooms are watched and by whom: channels, the page, and the operator's setting. */
import type { Collectors, ResolvedRoom } from '#src/bilibili/collectors.ts';
import type { Bus } from '#src/bus.ts';
import type { RoomId } from '#src/events.ts';
import { describeError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import { findRoomNumber, ROOM_TEXT_ALLOWED } from '#src/lib/room-text.ts';
import type { RoomDirectory, RoomRow } from '#src/sdk.ts';
import type { WatchRow } from '#src/shapes.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

const RELOAD_MS = 400;
/** What the archive has of a room changes with these. */
const CHANGING = new Set(['room-polled', 'room-changed', 'live-started', 'live-ended']);

export interface OpenRoomDirectory extends RoomDirectory {
  /** Adds rooms of the setting once Bilibili has said which they are. */
  addSetting(room: RoomId): void;
  /** A room of the archive by its long or short id. */
  findKnown(id: number): RoomRow | null;
  watches(): readonly WatchRow[];
  close(): void;
}

export interface RoomDirectoryOptions {
  readonly archive: Archive;
  readonly queries: Queries;
  readonly collectors: Collectors;
  readonly bus: Bus;
  readonly log: Log;
}

/** What was loaded last; answers come from it, at once. */
interface Known {
  rooms: ReadonlyMap<RoomId, RoomRow>;
  watches: readonly WatchRow[];
}

function watchedRooms(known: Known, setting: ReadonlySet<RoomId>): RoomId[] {
  const onPage = [...known.rooms.values()].filter((room) => room.onPage).map((room) => room.room);
  return [...new Set([...setting, ...onPage, ...known.watches.map((watch) => watch.room)])];
}

async function resolveText(collectors: Collectors, text: string): Promise<ResolvedRoom> {
  const id = findRoomNumber(text);
  if (id === null)
    throw new UserError(`"${text.slice(0, 100)}" is not a room; allowed: ${ROOM_TEXT_ALLOWED}`);
  return collectors.resolve(id);
}

/** Loads what is watched and keeps the memory of it fresh. */
export async function openRoomDirectory(options: RoomDirectoryOptions): Promise<OpenRoomDirectory> {
  const { archive, queries, collectors, bus, log } = options;
  const setting = new Set<RoomId>();
  const known: Known = { rooms: new Map(), watches: [] };

  const load = async () => {
    const [rooms, watches] = await Promise.all([queries.rooms(), archive.watches()]);
    known.rooms = new Map(rooms.map((room) => [room.room, room]));
    known.watches = watches;
  };
  const refresh = async () => {
    await load();
    collectors.watch(watchedRooms(known, setting));
  };
  await load();

  let reload: NodeJS.Timeout | null = null;
  const unsubscribe = bus.subscribe((event) => {
    if (reload !== null || !CHANGING.has(event.kind)) return;
    reload = setTimeout(() => {
      reload = null;
      load().catch((error: unknown) => log.warn(`rooms: ${describeError(error)}`));
    }, RELOAD_MS);
  });

  const rowsOf = (ids: readonly RoomId[]) =>
    ids.map((id) => known.rooms.get(id)).filter((room) => room !== undefined);
  const isOperatorRoom = (room: RoomId) => setting.has(room) || (known.rooms.get(room)?.onPage ?? false);

  return {
    inGuild(guildId, isOperator) {
      const here = new Set(
        known.watches.filter((watch) => watch.guildId === guildId).map((watch) => watch.room),
      );
      return rowsOf(
        watchedRooms(known, setting).filter((room) => here.has(room) || (isOperator && isOperatorRoom(room))),
      );
    },
    all: () => rowsOf(watchedRooms(known, setting)),
    find: (room) => known.rooms.get(room) ?? null,
    status: (room) => collectors.status(room),
    resolve: (text) => resolveText(collectors, text),
    refresh,
    isOperatorRoom,
    keeperOf(room) {
      if (known.watches.some((watch) => watch.room === room))
        return `Room ${room} is watched by a Discord channel; /unwatch there takes it back.`;
      return setting.has(room) ? `Room ${room} is watched by the setting ROOMS.` : null;
    },
    pausedIn: (room) =>
      known.watches.flatMap((watch) =>
        watch.room === room && watch.paused !== null
          ? [{ channelId: watch.channelId, reason: watch.paused }]
          : [],
      ),
    async addOnPage(room) {
      await archive.putRoom(room);
      await archive.setOnPage(room.room, true);
      await refresh();
    },
    async removeFromPage(room) {
      await archive.setOnPage(room, false);
      await refresh();
    },
    addSetting: (room) => void setting.add(room),
    findKnown: (id) =>
      [...known.rooms.values()].find((room) => room.room === id || room.shortId === id) ?? null,
    watches: () => known.watches,
    close() {
      unsubscribe();
      if (reload !== null) clearTimeout(reload);
    },
  };
}
