/** Finds watched rooms by what a person types. Pure. */
import { plainText } from '#src/lib/escape.ts';
import { findRoomNumber } from '#src/lib/room-text.ts';
import type { RoomRow } from '#src/sdk.ts';

const fold = (text: string) => text.normalize('NFKC').toLowerCase().trim();

/** Rooms that fit a typed text, best first; all of them, live ones first, for an empty one. */
export function searchRooms(rooms: readonly RoomRow[], text: string): RoomRow[] {
  const wanted = fold(text);
  const number = findRoomNumber(text);
  return rooms
    .map((room) => ({ room, score: scoreOf(room, wanted, number) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || Number(isLive(b.room)) - Number(isLive(a.room)))
    .map(({ room }) => room);
}

const isLive = (room: RoomRow) => room.liveStatus === 'live';

function scoreOf(room: RoomRow, wanted: string, number: number | null): number {
  if (wanted === '') return 1;
  if (number !== null && (room.room === number || room.shortId === number)) return 5;
  const name = fold(room.name);
  if (name === wanted) return 4;
  if (name.startsWith(wanted)) return 3;
  if (name.includes(wanted)) return 2;
  return number !== null && String(room.room).startsWith(String(number)) ? 1 : 0;
}

/**
 * Rooms that a typed text means: the one with that id, else that name, else every name with that part.
 * A number is never a part of a name: the id of a room that is not watched must not find another one.
 */
export function findMeant(rooms: readonly RoomRow[], text: string): RoomRow[] {
  const wanted = fold(text);
  if (wanted === '') return [];
  const number = findRoomNumber(text);
  const scored = rooms.map((room) => ({ room, score: scoreOf(room, wanted, number) }));
  for (const least of number === null ? [4, 2] : [5, 4]) {
    const found = scored.filter(({ score }) => score >= least);
    if (found.length > 0) return found.map(({ room }) => room);
  }
  return [];
}

const CHOICE_NAME_MAX = 100;
/** Isolates round a name from right to left are not counted by `plainText`. */
const ISOLATES_CHARS = 2;

/** How a room is named in a list of choices: at most 100 characters, on one line. */
export function nameChoice(room: RoomRow): string {
  const suffix = ` (${room.room})${isLive(room) ? ' · live' : ''}`;
  return (plainText(room.name, CHOICE_NAME_MAX - ISOLATES_CHARS - suffix.length) || 'room') + suffix;
}
