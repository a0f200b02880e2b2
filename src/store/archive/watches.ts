/** Who watches which room: channels, and the page when Discord is off. */
import { LRUCache } from 'lru-cache';
import type { RoomId } from '#src/events.ts';
import type { WatchRow } from '#src/shapes.ts';
import { PAGE_CHANNEL } from '#src/store/archive.ts';
import type { Db } from './migrate.ts';

const CACHED_MAX = 10_000;

export interface Watches {
  set(watch: Omit<WatchRow, 'id' | 'paused'> & { readonly createdBy: string }, nowMs: number): WatchRow;
  remove(channelId: string, room: RoomId): boolean;
  pause(channelId: string, reason: string | null): void;
  all(): WatchRow[];
  /** Those of a room that want messages, the page's own included. */
  of(room: RoomId): readonly KeptWatch[];
  /** After a change or a rollback: reads them again. */
  clear(): void;
}

/** A watch with the time since when there is one. */
export interface KeptWatch extends WatchRow {
  readonly createdMs: number;
}

interface PageWatch {
  readonly pageChannel: boolean;
  readonly giftMinMilli: number;
}

const COLUMNS = `id, guild_id AS guildId, channel_id AS channelId, room, gift_min_milli AS giftMinMilli,
  role_id AS roleId, paused`;

export function openWatches(db: Db, page: PageWatch): Watches {
  const cache = new LRUCache<RoomId, readonly KeptWatch[]>({ max: CACHED_MAX });
  const upsert = db.prepare<(string | number | null)[], WatchRow>(
    `INSERT INTO watches (guild_id, channel_id, room, gift_min_milli, role_id, created_ms, created_by)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (channel_id, room) DO UPDATE SET guild_id = excluded.guild_id,
       gift_min_milli = excluded.gift_min_milli, role_id = excluded.role_id, paused = NULL
     RETURNING ${COLUMNS}`,
  );
  const remove = db.prepare<[string, number]>('DELETE FROM watches WHERE channel_id = ? AND room = ?');
  const pause = db.prepare<[string | null, string]>('UPDATE watches SET paused = ? WHERE channel_id = ?');
  const resume = db.prepare<[string]>('UPDATE watches SET paused = NULL WHERE channel_id = ?');
  const all = db.prepare<[], WatchRow>(`SELECT ${COLUMNS} FROM watches ORDER BY id`);
  const ofRoom = db.prepare<[number], KeptWatch>(
    `SELECT ${COLUMNS}, created_ms AS createdMs FROM watches WHERE room = ? AND paused IS NULL ORDER BY id`,
  );

  function pageWatch(room: RoomId): KeptWatch[] {
    if (!page.pageChannel) return [];
    const { giftMinMilli } = page;
    const nobody = { id: 0, guildId: '', roleId: null, paused: null, createdMs: 0 };
    return [{ ...nobody, channelId: PAGE_CHANNEL, room, giftMinMilli }];
  }

  return {
    set(watch, nowMs) {
      cache.clear();
      // The channel was lost, not the room: whoever watches in it anew has it back for all its rooms.
      resume.run(watch.channelId);
      const { guildId, channelId, room, giftMinMilli, roleId, createdBy } = watch;
      const row = upsert.get(guildId, channelId, room, giftMinMilli, roleId, nowMs, createdBy);
      if (row === undefined) throw new Error(`the watch of room ${room} was not stored`);
      return row;
    },
    remove(channelId, room) {
      cache.clear();
      return remove.run(channelId, room).changes > 0;
    },
    pause(channelId, reason) {
      cache.clear();
      pause.run(reason, channelId);
    },
    all: () => all.all(),
    of(room) {
      let found = cache.get(room);
      if (found === undefined) {
        found = ofRoom.all(room);
        if (found.length === 0) found = pageWatch(room);
        cache.set(room, found);
      }
      return found;
    },
    clear: () => cache.clear(),
  };
}
