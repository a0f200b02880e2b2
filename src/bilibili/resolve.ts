/** Finds the room behind an id that somebody typed. */
import { asRoomId } from '#src/events.ts';
import { ApiError, describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Api } from './api.ts';
import type { ResolvedRoom } from './collectors.ts';
import type { RoomBase } from './room-answers.ts';

/** Throws ApiError; `isNoRoom` tells when there is none. */
export async function resolveRoom(api: Api, id: number, log: Log): Promise<ResolvedRoom> {
  const init = await api.roomInit(id);
  const base = await findBase(api, init.room, log);
  const { shortId, uid, liveStatus } = init;
  return {
    room: asRoomId(init.room),
    shortId,
    uid,
    liveStatus,
    // Without its name the room can be watched all the same; a poll tells it later.
    name: base?.name ?? `room ${init.room}`,
    title: base?.title ?? '',
    area: base?.area ?? '',
    coverUrl: base?.coverUrl ?? null,
  };
}

async function findBase(api: Api, room: number, log: Log): Promise<RoomBase | null> {
  try {
    const bases = await api.roomBases([room]);
    return bases.find((base) => base.room === room) ?? null;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log.warn({ room }, `the room's name is not known yet: ${describeError(error)}`);
    return null;
  }
}
