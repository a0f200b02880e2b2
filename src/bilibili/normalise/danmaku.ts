/** DANMU_MSG (protocol §4.1): everything sits at fixed places of nested arrays, any of which may be short. */
import { hash } from 'node:crypto';
import type { Medal } from '#src/events.ts';
import {
  type Fields,
  findInteger,
  findText,
  findTimeMs,
  isFields,
  readCount,
  readText,
  Unreadable,
} from '../fields.ts';
import { type Message, sentAtMs } from '../message.ts';
import { type RoomState, readGuardLevel, readViewer } from './room-state.ts';

type Places = readonly unknown[];

function placesOf(value: unknown): Places {
  return Array.isArray(value) ? value : [];
}

/** `extra` is JSON in a string; in old and in odd messages it is missing or broken. */
function readExtra(value: unknown): Fields {
  if (!isFields(value) || typeof value.extra !== 'string') return {};
  try {
    const extra: unknown = JSON.parse(value.extra);
    return isFields(extra) ? extra : {};
  } catch {
    return {};
  }
}

function readMedal(value: unknown): Medal | null {
  const [level, name] = placesOf(value);
  const text = findText(name);
  return text === null ? null : { name: text, level: readCount(level) };
}

/** The name of the message, or where anonymous connections get it empty, the one in the user's own object. */
function readName(name: unknown, meta: unknown): string {
  const user = isFields(meta) ? meta.user : null;
  const base = isFields(user) ? user.base : null;
  return findText(name) ?? (isFields(base) ? readText(base.name) : '');
}

export function readDanmaku(message: Message, state: RoomState): void {
  const info = message.body.info;
  if (!Array.isArray(info)) throw new Unreadable('info is no list');
  const text: unknown = info[1];
  if (typeof text !== 'string') throw new Unreadable('info[1] is no text');
  const meta = placesOf(info[0]);
  const extra = readExtra(meta[15]);
  // Came from the other room of a link: never this room's.
  if (extra.is_mirror === true) return;

  const who = placesOf(info[2]);
  const ninth: unknown = info[9];
  const seconds = isFields(ninth) ? ninth.ts : null;
  const atMs = findTimeMs(meta[4]) ?? findTimeMs(seconds) ?? sentAtMs(message, state.now());
  const uid = findInteger(who[0]) ?? 0;
  const emoticon = meta[13];
  state.emit({
    kind: 'danmaku',
    id:
      findText(extra.id_str) ?? `${uid}:${atMs}:${String(meta[5] ?? '')}:${hash('sha1', text).slice(0, 16)}`,
    room: state.room,
    atMs,
    viewer: readViewer(uid, readName(who[1], meta[15])),
    text,
    medal: readMedal(info[3]),
    guardLevel: readGuardLevel(info[7]),
    userLevel: readCount(placesOf(info[4])[0]),
    isAdmin: who[2] === 1 || who[2] === true,
    emoticonUrl: isFields(emoticon) ? findText(emoticon.url) : null,
  });
}

/** RECALL_DANMU_MSG names a person, not a danmaku; a masked one (0) is nobody. */
export function readRecall(message: Message, state: RoomState): void {
  const data = message.body.data;
  const uid = isFields(data) ? findInteger(data.target_id) : null;
  if (uid === null) throw new Unreadable('data.target_id');
  if (uid <= 0) return;
  const atMs = sentAtMs(message, state.now());
  state.emit({ kind: 'recalled', id: `${uid}:${atMs}`, room: state.room, atMs, viewerKey: `u:${uid}` });
}
