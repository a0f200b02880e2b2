/** Finds watched rooms by what a person types. Pure. */
import type { RoomRow } from '#src/sdk.ts';

const ROOM_URL = /^(?:https?:\/\/)?live\.bilibili\.com\/(?:(?:h5|blanc)\/)?(\d{1,16})(?:[/?#].*)?$/iu;

/** The room number in an id or a live.bilibili.com URL (it may be a short id); null for any other text. */
export function readRoomNumber(text: string): number | null {
  const trimmed = text.normalize('NFKC').trim();
  const digits = /^\d{1,16}$/u.test(trimmed) ? trimmed : ROOM_URL.exec(trimmed)?.[1];
  if (digits === undefined) return null;
  const id = Number(digits);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

const fold = (text: string) => text.normalize('NFKC').toLowerCase().trim();

/** Rooms that fit a typed text, best first; all of them, live ones first, for an empty one. */
export function searchRooms(rooms: readonly RoomRow[], text: string): RoomRow[] {
  const wanted = fold(text);
  const number = readRoomNumber(text);
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
  const number = readRoomNumber(text);
  const scored = rooms.map((room) => ({ room, score: scoreOf(room, wanted, number) }));
  for (const least of number === null ? [4, 2] : [5, 4]) {
    const found = scored.filter(({ score }) => score >= least);
    if (found.length > 0) return found.map(({ room }) => room);
  }
  return [];
}

/** Control, format (bidi, zero-width) and unassigned characters: a choice is plain text, so nothing else needs escaping. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]+/gu;
const CHOICE_NAME_MAX = 100;

/** How a room is named in a list of choices: at most 100 characters, on one line. */
export function nameChoice(room: RoomRow): string {
  const suffix = ` (${room.room})${isLive(room) ? ' · live' : ''}`;
  const name = room.name.replace(UNSEEN, '').trim() || 'room';
  return cutChars(name, CHOICE_NAME_MAX - suffix.length) + suffix;
}

function cutChars(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  let cut = '';
  for (const char of text) {
    if (cut.length + char.length > lengthMax - 1) break;
    cut += char;
  }
  return `${cut}…`;
}
