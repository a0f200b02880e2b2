import { HttpFault } from '#src/http/fault.ts';
import type { HttpParts } from '#src/http/server.ts';
import type { RoomDirectory, RoomRow } from '#src/sdk.ts';

/** The watched room of a long or short id. Throws HttpFault 404. */
export function findRoom(rooms: RoomDirectory, id: number): RoomRow {
  const found =
    rooms.all().find((room) => room.room === id) ?? rooms.all().find((room) => room.shortId === id);
  if (found === undefined)
    throw new HttpFault(
      404,
      'room-not-watched',
      `Room ${id} is not watched here; POST /api/rooms {"room":${id}} watches it.`,
    );
  return found;
}

/** A room as the API shows it: what is known, what is true now, and the sums of the broadcast that goes on. */
export async function roomView(parts: Pick<HttpParts, 'queries' | 'rooms'>, room: RoomRow) {
  const status = parts.rooms.status(room.room);
  const [snapshot, session] = await Promise.all([
    parts.queries.snapshot(room.room),
    room.liveStatus === 'live' ? parts.queries.lastSession(room.room) : null,
  ]);
  return {
    roomId: room.room,
    shortId: room.shortId,
    uid: room.uid,
    name: room.name,
    title: room.title,
    area: room.area,
    liveStatus: room.liveStatus,
    liveSinceMs: room.liveStatus === 'live' ? (session?.startedMs ?? room.liveSinceMs) : null,
    connection: status?.connection ?? ('waiting' as const),
    reason: status?.reason ?? null,
    pausedChannels: parts.rooms.pausedIn(room.room),
    watched: snapshot?.watched ?? null,
    online: snapshot?.online ?? null,
    danmakuPerMinute: snapshot?.danmakuPerMinute ?? 0,
    activeChatters: snapshot?.activeChatters ?? 0,
    moneyMilliPerMinute: snapshot?.milliPerMinute ?? 0,
    session: session !== null && session.endedMs === null ? session : null,
  };
}
