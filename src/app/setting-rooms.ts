/** The rooms of the setting ROOMS: made real ids, however long Bilibili takes to say which they are. */
import type { OpenRoomDirectory } from '#src/app/room-directory.ts';
import { describeError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Archive } from '#src/store/archive.ts';

const RETRY_MS_MIN = 5_000;
const RETRY_MS_MAX = 300_000;
/** Room pages are asked for politely: this many at a time. */
const PARALLEL_MAX = 4;

export interface SettingRooms {
  /** Resolves when every room has been tried once, or after `waitMs`. */
  firstTry(waitMs: number): Promise<void>;
  close(): void;
}

export interface SettingRoomsOptions {
  readonly ids: readonly number[];
  readonly rooms: OpenRoomDirectory;
  readonly archive: Archive;
  readonly log: Log;
}

/** Tries the ids of the setting until each is a room or known not to be one; a room known from before needs no answer. */
export function startSettingRooms({ ids, rooms, archive, log }: SettingRoomsOptions): SettingRooms {
  let open = ids.filter((id) => {
    const known = rooms.findKnown(id);
    if (known !== null) rooms.addSetting(known.room);
    return known === null;
  });
  let isClosed = false;
  let timer: NodeJS.Timeout | null = null;
  let waitMs = RETRY_MS_MIN;

  /** False when it is worth another try. */
  const isSettled = async (id: number) => {
    try {
      const room = await rooms.resolve(String(id));
      if (isClosed) return true;
      await archive.putRoom(room);
      rooms.addSetting(room.room);
      return true;
    } catch (error) {
      if (error instanceof UserError) log.error(`ROOMS: ${error.message}`);
      else log.warn(`ROOMS: room ${id} is not known yet: ${describeError(error)}; trying again`);
      return error instanceof UserError;
    }
  };

  /** Never rejects. */
  const tryAll = async () => {
    const again: number[] = [];
    for (let first = 0; first < open.length && !isClosed; first += PARALLEL_MAX) {
      const some = open.slice(first, first + PARALLEL_MAX);
      const settled = await Promise.all(some.map(isSettled));
      again.push(...some.filter((_, index) => !settled[index]));
    }
    open = again;
    if (isClosed) return;
    const isRefreshed = await rooms.refresh().then(
      () => true,
      (error: unknown) => {
        log.warn(`ROOMS: ${describeError(error)}; trying again`);
        return false;
      },
    );
    if (isClosed || (open.length === 0 && isRefreshed)) return;
    timer = setTimeout(() => void tryAll(), waitMs);
    waitMs = Math.min(waitMs * 2, RETRY_MS_MAX);
  };

  const first = tryAll();
  return {
    async firstTry(limitMs) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const limit = setTimeout(resolve, limitMs);
      await Promise.race([first, promise]);
      clearTimeout(limit);
    },
    close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
